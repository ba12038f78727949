"""Every application pod is isolated by policy for both ingress and egress.

Why: A pod that no policy selects for a direction is open in that direction.

What proves it: For each running pod, a NetworkPolicy of its namespace that selects it, for each direction. Pods in the
network of their node are not covered by policies at all, and fail.

What it does not prove: What the policies then let through, or that anything enforces them.

How to fix: A default-deny policy in the namespace's template; take pods out of the node's network.

References: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Judgement,
    NetworkPolicies,
    PodGroup,
    Profile,
    World,
    add,
    check,
    failed,
    passed,
    patch,
    profile,
    refuse,
    remove,
    serve,
    trap,
)
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

WEB = "Pod shop/web"
TRAPS = (
    trap(
        "no policy selects it",
        FAIL,
        remove("NetworkPolicy shop/default-deny"),
        remove("NetworkPolicy shop/allow-dns"),
        remove("NetworkPolicy shop/allow-web"),
    ),
    trap(
        "egress is open",
        FAIL,
        patch("NetworkPolicy shop/default-deny", {"spec": {"policyTypes": ["Ingress"]}}),
        remove("NetworkPolicy shop/allow-dns"),
    ),
    trap(
        "the policy selects another application",
        FAIL,
        patch(
            "NetworkPolicy shop/default-deny",
            {
                "spec": {
                    "podSelector": {
                        "matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]
                    }
                }
            },
        ),
        remove("NetworkPolicy shop/allow-dns"),
    ),
    trap("a pod in its node's network is not covered", FAIL, patch(WEB, {"spec": {"hostNetwork": True}})),
    trap(
        "a policy of another namespace does not count",
        FAIL,
        add("""
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: cart, labels: {app: web}}
spec: {containers: [{name: cart, image: "shop/cart:1"}]}
status: {phase: Running}
"""),
    ),
    trap(
        "egress rules without policyTypes isolate egress",
        PASS,
        patch("NetworkPolicy shop/allow-dns", {"spec": {"policyTypes": None}}),
        patch("NetworkPolicy shop/default-deny", {"spec": {"policyTypes": ["Ingress"]}}),
    ),
    trap(
        "ingress alone, which the profile accepts",
        PASS,
        patch("NetworkPolicy shop/default-deny", {"spec": {"policyTypes": ["Ingress"]}}),
        remove("NetworkPolicy shop/allow-dns"),
        profile(
            {
                "accepts": [
                    {"reading": "ingress-only", "owner": "net", "reason": "egress goes through a proxy"}
                ]
            }
        ),
    ),
    trap(
        "another dialect may isolate it",
        UNKNOWN,
        remove("NetworkPolicy shop/default-deny"),
        remove("NetworkPolicy shop/allow-dns"),
        serve("cilium.io/v2", "ciliumnetworkpolicies"),
    ),
    trap(
        "a pod that is done counts no more",
        NOT_APPLICABLE,
        patch(WEB, {"spec": {"hostNetwork": True}, "status": {"phase": "Succeeded"}}),
    ),
    trap("policies cannot be listed", UNKNOWN, refuse("networkpolicies")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)


@check(answers="pods-isolated")
def pods_isolated(pod: PodGroup, policies: NetworkPolicies, profile: Profile) -> Judgement:
    if pod.pod.spec.host_network:
        return failed(
            "in the network of its node, which no policy covers",
            "a network of its own",
            at="/spec/hostNetwork",
        )
    directions = [rules.INGRESS] if profile.accepted("ingress-only") else [rules.INGRESS, rules.EGRESS]
    found = policies.all(pod.namespace)
    isolating = {row: rules.isolating(found, pod.pod.labels, row) for row in directions}
    missing = [direction for direction, rows in isolating.items() if not rows]
    if missing:
        policies.refuse_other_dialects()
        return failed(
            f"no policy isolates it for {' and '.join(missing).lower()}", "isolation in both directions"
        )
    names = sorted({row.name for rows in isolating.values() for row in rows})
    return passed(f"isolated by {', '.join(names[:4])}")
