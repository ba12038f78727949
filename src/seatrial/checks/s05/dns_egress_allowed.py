"""Every application namespace explicitly allows egress to the cluster's DNS.

Why: With egress denied, nothing resolves; teams then open everything in haste.

What proves it: A policy for all pods of the namespace (or policies that together select each of its pods) with an
egress rule to port 53 over UDP, whose peers, where it names any, hold the DNS pods.

What it does not prove: That DNS answers.

How to fix: Put a policy into the namespace's template that allows port 53, UDP and TCP, to the DNS pods.

References: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Annotated,
    Judgement,
    Limits,
    Namespace,
    NetworkPolicies,
    Profile,
    Workloads,
    World,
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
)
from seatrial.kit.worlds import Change
from seatrial.semantics import network_policy as rules

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
  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]
    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: cart}}}], ports: [{port: 8080}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: "shop/web:2.1"}]}
status: {phase: Running}
""")


def dns(rule: object) -> Change:
    return patch("NetworkPolicy shop/allow-dns", {"spec": {"egress": [rule]}})


TRAPS = (
    trap("no policy allows it", FAIL, remove("NetworkPolicy shop/allow-dns")),
    trap("TCP alone, over which no resolver asks first", FAIL, dns({"ports": [{"port": 53}]})),
    trap("to another port", FAIL, dns({"ports": [{"protocol": "UDP", "port": 5353}]})),
    trap(
        "to the namespace's own pods only",
        FAIL,
        dns({"to": [{"podSelector": {}}], "ports": [{"protocol": "UDP", "port": 53}]}),
    ),
    trap(
        "only one application may",
        FAIL,
        patch("NetworkPolicy shop/allow-dns", {"spec": {"podSelector": {"matchLabels": {"app": "cart"}}}}),
    ),
    trap(
        "the policy has the rule but does not speak of egress",
        FAIL,
        patch("NetworkPolicy shop/allow-dns", {"spec": {"policyTypes": ["Ingress"]}}),
    ),
    trap("to anywhere on port 53", PASS, dns({"ports": [{"protocol": "UDP", "port": 53}]})),
    trap("within a range of ports", PASS, dns({"ports": [{"protocol": "UDP", "port": 50, "endPort": 60}]})),
    trap(
        "to all of the namespace of DNS",
        PASS,
        dns(
            {
                "to": [
                    {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
                ],
                "ports": [{"protocol": "UDP", "port": 53}],
            }
        ),
    ),
    trap(
        "each of its pods is selected by a policy that does",
        PASS,
        patch("NetworkPolicy shop/allow-dns", {"spec": {"podSelector": {"matchLabels": {"app": "web"}}}}),
    ),
    trap(
        "another dialect may allow it",
        UNKNOWN,
        remove("NetworkPolicy shop/allow-dns"),
        serve("cilium.io/v2", "ciliumnetworkpolicies"),
    ),
    trap(
        "egress is not asked where ingress alone is accepted",
        PASS,
        remove("NetworkPolicy shop/allow-dns"),
        profile(
            {
                "accepts": [
                    {"reading": "ingress-only", "owner": "net", "reason": "egress goes through a proxy"}
                ]
            }
        ),
    ),
    trap("policies cannot be listed", UNKNOWN, refuse("networkpolicies")),
)


class Server(Limits, frozen=True):
    """Where the cluster's DNS runs."""

    namespace: Annotated[
        str,
        limit(
            "the namespace of the DNS pods",
            unit="name",
            source="CoreDNS and kube-dns as Kubernetes installs them",
        ),
    ] = "kube-system"
    app: Annotated[
        str,
        limit(
            "the label k8s-app of the DNS pods",
            unit="label",
            source="CoreDNS and kube-dns, in all common installers",
        ),
    ] = "kube-dns"


@check(answers="dns-egress-allowed")
def dns_egress_allowed(
    namespace: Namespace, policies: NetworkPolicies, workloads: Workloads, profile: Profile, limits: Server
) -> Judgement:
    if profile.accepted("ingress-only") is not None:
        return passed("isolation of ingress alone is accepted")
    server = {"k8s-app": limits.app}
    place = {"kubernetes.io/metadata.name": limits.namespace} | policies.labels_of(limits.namespace)
    allowing = [row for row in policies.all(namespace.name) if rules.allows_dns(row, server, place)]
    for row in allowing:
        if rules.selects_every_pod(row):
            return passed(f"policy {row.name} allows it for all pods")
    pods = [group for group in workloads.all(namespace.name) if not group.pod.spec.host_network]
    if pods and all(rules.isolating(allowing, group.pod.labels, rules.EGRESS) for group in pods):
        return passed(f"{len(allowing)} policies allow it for each of its pods")
    policies.refuse_other_dialects()
    return failed(
        f"{len(allowing)} policies allow it, and not for all pods" if allowing else "no policy allows it",
        f"egress to port 53/UDP of {limits.app} in {limits.namespace}",
    )
