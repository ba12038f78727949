"""What is known of kinds without asking a server."""

from seatrial.model.evidence import Need
from seatrial.needs import kube

OF_THE_CLUSTER = {
    (need.group, need.kind)
    for need in vars(kube).values()
    if isinstance(need, Need) and need.kind and not need.namespaced
} | {
    ("", "PersistentVolume"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("storage.k8s.io", "StorageClass"),
    ("networking.k8s.io", "IngressClass"),
    ("apiregistration.k8s.io", "APIService"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
}  # custom resources of the cluster get a namespace that no need asks for
"""Kinds of the cluster, by group and kind; all others stand in a namespace. Custom ones are not asked for."""

BUILT_IN = frozenset(
    {
        "", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "storage.k8s.io",
        "scheduling.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io",
        "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "node.k8s.io", "flowcontrol.apiserver.k8s.io",
        "resource.k8s.io", "events.k8s.io", "extensions",
    }
)  # fmt: skip
"""Kubernetes' own API groups: none of their objects brings pods but by a template that is read."""

BRINGS_NO_PODS = frozenset(
    {
        "ServiceMonitor", "PodMonitor", "PrometheusRule", "Probe", "ScrapeConfig", "AlertmanagerConfig",  # Prometheus operator
        "Certificate", "Issuer", "ClusterIssuer",  # cert-manager
        "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "ReferenceGrant", "BackendTLSPolicy",  # Gateway API
        "VirtualService", "DestinationRule", "ServiceEntry", "AuthorizationPolicy", "PeerAuthentication",  # Istio
        "RequestAuthentication", "Sidecar", "EnvoyFilter", "Telemetry",
        "ExternalSecret", "SecretStore", "ClusterSecretStore", "SealedSecret",
        "NetworkPolicy", "GlobalNetworkPolicy", "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy",
        "Rollout",  # its template is read
    }
)  # fmt: skip
"""Custom kinds that are settings of something else."""
