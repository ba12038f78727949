"""Every application namespace explicitly allows egress to the cluster's DNS.

Why: With egress denied, nothing resolves; teams then open everything in haste.

What proves it: A policy for all pods of the namespace (or policies that together select each of its pods) with an
egress rule that names the DNS port over UDP, or the DNS pods, and lets the one through to the other.

What it does not prove: That DNS answers. Where other kinds of policy are served, which may deny it again, this is unknown.

How to fix: Put a policy into the namespace's template that allows port 53, UDP and TCP, to the DNS pods. Where DNS runs
elsewhere (OpenShift: openshift-dns, port 5353), say so under ``limits: {dns-egress-allowed: ...}``.

References: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Annotated,
    Change,
    Judgement,
    Limits,
    Namespace,
    NetworkPolicies,
    Profile,
    Workloads,
    World,
    add,
    check,
    failed,
    limit,
    passed,
    patch,
    profile,
    refuse,
    remove,
    serve,
    trap,
    unknown,
)
from seatrial.semantics import network_policy as rules


class Server(Limits, frozen=True):
    """Where the cluster's DNS runs."""

    namespace: Annotated[
        str, limit("the namespace of the DNS pods", unit="name", source="CoreDNS as kubeadm installs it")
    ] = "kube-system"
    label: Annotated[
        str,
        limit("the key of the DNS pods' label", unit="label key", source="CoreDNS as kubeadm installs it"),
    ] = "k8s-app"
    value: Annotated[
        str, limit("the value of that label", unit="label value", source="CoreDNS as kubeadm installs it")
    ] = "kube-dns"
    port: Annotated[
        int, limit("the port that the DNS pods listen on", unit="port", source="RFC 1035", ge=1, le=65535)
    ] = 53


GOOD = World("""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-dns, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - to:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
      podSelector: {matchLabels: {k8s-app: kube-dns}}
    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: cart}}}], ports: [{protocol: TCP, port: 8080}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: "shop/web:2.1"}]}
status: {phase: Running}
""")
INGRESS_ONLY = profile(
    {"accepts": [{"reading": "ingress-only", "owner": "net", "reason": "egress goes through a proxy"}]}
)


def dns(*rule: object) -> Change:
    return patch("NetworkPolicy shop/allow-dns", {"spec": {"egress": list(rule)}})


def to(*peers: object) -> dict[str, object]:
    return {"to": list(peers), "ports": [{"protocol": "UDP", "port": 53}]}


KUBE_SYSTEM = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
DNS_PODS = KUBE_SYSTEM | {"podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
WEB_ONLY = patch("NetworkPolicy shop/allow-dns", {"spec": {"podSelector": {"matchLabels": {"app": "web"}}}})

TRAPS = (
    trap("no policy allows it", FAIL, remove("NetworkPolicy shop/allow-dns")),
    trap("TCP alone, over which no resolver asks first", FAIL, dns({"ports": [{"protocol": "TCP", "port": 53}]})),
    trap("to another port", FAIL, dns({"ports": [{"protocol": "UDP", "port": 5353}]})),
    trap("to the namespace's own pods only", FAIL, dns(to({"podSelector": {}}))),
    trap("to other pods of the namespace of DNS", FAIL,
         dns(to(KUBE_SYSTEM | {"podSelector": {"matchLabels": {"k8s-app": "metrics-server"}}}))),
    trap("to DNS pods of another namespace", FAIL,
         dns(to({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "dns"}}}))),
    trap("only another application may", FAIL,
         patch("NetworkPolicy shop/allow-dns", {"spec": {"podSelector": {"matchLabels": {"app": "cart"}}}})),
    trap("one of two applications may", FAIL, WEB_ONLY, add("""
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart}}
spec: {containers: [{name: cart, image: "shop/cart:1"}]}
status: {phase: Running}
""")),
    trap("the policy has the rule but does not speak of egress", FAIL,
         patch("NetworkPolicy shop/allow-dns", {"spec": {"policyTypes": ["Ingress"]}})),
    trap("everything is allowed, and nothing explicitly", FAIL, dns({})),
    trap("a namespace without policies", FAIL, add("{apiVersion: v1, kind: Namespace, metadata: {name: cart}}")),
    trap("to anywhere on port 53", PASS, dns({"ports": [{"protocol": "UDP", "port": 53}]})),
    trap("to the port by its name", PASS, dns({"to": [DNS_PODS], "ports": [{"protocol": "UDP", "port": "dns"}]})),
    trap("within a range of ports", PASS, dns({"ports": [{"protocol": "UDP", "port": 50, "endPort": 60}]})),
    trap("to all of the namespace of DNS", PASS, dns(to(KUBE_SYSTEM))),
    trap("to the DNS pods on any port", PASS, dns({"to": [DNS_PODS]})),
    trap("an address block may hold the DNS pods or not", UNKNOWN, dns(to({"ipBlock": {"cidr": "10.0.0.0/8"}}))),
    trap("each of its pods is selected by a policy that allows it", PASS, WEB_ONLY),
    trap("a pod in its node's network asks as the node does", PASS, WEB_ONLY, add("""
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop, labels: {app: agent}}
spec: {hostNetwork: true, containers: [{name: agent, image: "shop/agent:1"}]}
status: {phase: Running}
""")),
    trap("DNS runs where the profile says", PASS,
         dns({"to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "openshift-dns"}}}],
              "ports": [{"protocol": "UDP", "port": 5353}]}),
         profile({"limits": {"dns-egress-allowed": {"namespace": "openshift-dns", "port": 5353}}})),
    trap("another dialect may allow it", UNKNOWN,
         remove("NetworkPolicy shop/allow-dns"), serve("cilium.io/v2", "ciliumnetworkpolicies")),
    trap("another dialect may deny it again", UNKNOWN, serve("cilium.io/v2", "ciliumnetworkpolicies")),
    trap("egress is open, which the profile accepts", PASS,
         remove("NetworkPolicy shop/allow-dns"),
         patch("NetworkPolicy shop/default-deny", {"spec": {"policyTypes": ["Ingress"]}}), INGRESS_ONLY),
    trap("egress is denied to one application, which may ask DNS", PASS,
         WEB_ONLY, patch("NetworkPolicy shop/default-deny", {"spec": {"policyTypes": ["Ingress"]}}), INGRESS_ONLY,
         add("""
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart}}
spec: {containers: [{name: cart, image: "shop/cart:1"}]}
status: {phase: Running}
""")),
    trap("egress need not be denied, but is", FAIL, remove("NetworkPolicy shop/allow-dns"), INGRESS_ONLY),
    trap("policies cannot be listed", UNKNOWN, refuse("networkpolicies")),
    trap("pods that policies must select cannot be listed", UNKNOWN, WEB_ONLY, refuse("pods")),
)  # fmt: skip


@check(answers="dns-egress-allowed")
def dns_egress_allowed(
    namespace: Namespace, policies: NetworkPolicies, workloads: Workloads, profile: Profile, limits: Server
) -> Judgement:
    place = {"kubernetes.io/metadata.name": limits.namespace} | policies.labels_of(limits.namespace)
    server = rules.Dns({limits.label: limits.value}, place, limits.port)
    found = policies.all(namespace.name)
    policies.refuse_other_dialects()
    allowing = {row.name for row in found if rules.allows_dns(row, server)}
    for row in found:
        if row.name in allowing and rules.selects_every_pod(row):
            return passed(f"policy {row.name} allows it for all pods")
    pods = [group for group in workloads.all(namespace.name) if not group.pod.spec.host_network]
    if profile.accepted("ingress-only") is not None:
        pods = [group for group in pods if policies.isolating(group, rules.EGRESS)]
        if not pods:
            return passed("egress of its pods is open; that ingress alone is isolated is accepted")
    if pods and all(policies.isolating(group, rules.EGRESS, allowing) for group in pods):
        return passed(f"{len(allowing)} policies allow it for each of its pods")
    expected = (
        f"egress to port {limits.port}/UDP of the pods {limits.label}={limits.value} in {limits.namespace}"
    )
    if any(rules.may_allow_dns(row, server) for row in found):
        cure = "name the DNS pods by namespaceSelector and podSelector"
        return unknown("whether an address block holds the DNS pods cannot be told", cure, expected=expected)
    says = f"{len(allowing)} policies allow it, and not for all pods" if allowing else "no policy allows it"
    return failed(says, expected)
