"""Every application namespace has a policy that selects all pods and denies ingress and egress by default.

Why: Without it every pod may talk to every other and to the world; a new pod is open from its first second.

What proves it: A NetworkPolicy with an empty podSelector which speaks of both directions and has no rule of its own for
them (two policies, one each, will do).

What it does not prove: That anything enforces policies: that is claim network-policy-enforced.

How to fix: Put a policy ``podSelector: {}, policyTypes: [Ingress, Egress]`` into the namespace's template.

References: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Judgement,
    Namespace,
    NetworkPolicies,
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

TRAPS = (
    trap(
        "policyTypes left out means ingress only",
        FAIL,
        patch("NetworkPolicy shop/default-deny", {"spec": {"policyTypes": ["Ingress"]}}),
    ),
    trap(
        "it selects one application only",
        FAIL,
        patch("NetworkPolicy shop/default-deny", {"spec": {"podSelector": {"matchLabels": {"app": "web"}}}}),
    ),
    trap(
        "it lets through what it should stop",
        FAIL,
        patch("NetworkPolicy shop/default-deny", {"spec": {"ingress": [{"from": [{"podSelector": {}}]}]}}),
    ),
    trap("a namespace without any", FAIL, add("{apiVersion: v1, kind: Namespace, metadata: {name: cart}}")),
    trap(
        "two policies, one for each direction",
        PASS,
        patch("NetworkPolicy shop/default-deny", {"spec": {"policyTypes": ["Ingress"]}}),
        add("""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-egress, namespace: shop}
spec: {podSelector: {}, policyTypes: [Egress]}
"""),
    ),
    trap(
        "ingress only, which the profile accepts",
        PASS,
        patch("NetworkPolicy shop/default-deny", {"spec": {"policyTypes": ["Ingress"]}}),
        profile(
            {
                "accepts": [
                    {"reading": "ingress-only", "owner": "net", "reason": "egress goes through a proxy"}
                ]
            }
        ),
    ),
    trap(
        "another dialect is served, and may deny by default",
        UNKNOWN,
        remove("NetworkPolicy shop/default-deny"),
        serve("cilium.io/v2", "ciliumnetworkpolicies"),
    ),
    trap("policies cannot be listed", UNKNOWN, refuse("networkpolicies")),
    trap("namespaces cannot be listed", UNKNOWN, refuse("namespaces")),
)


@check(answers="default-deny", via="kubernetes")
def default_deny(namespace: Namespace, policies: NetworkPolicies, profile: Profile) -> Judgement:
    directions = [rules.INGRESS] if profile.accepted("ingress-only") else [rules.INGRESS, rules.EGRESS]
    found = policies.all(namespace.name)
    missing = [
        direction
        for direction in directions
        if not any(rules.denies_by_default(row, direction) for row in found)
    ]
    if missing:
        return failed(
            f"no policy denies {' and '.join(missing).lower()} by default ({len(found)} policies)",
            "a policy for all pods without rules, for each direction",
        )
    return passed(f"all pods are denied {' and '.join(directions).lower()} by default")
