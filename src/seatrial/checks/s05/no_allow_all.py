"""No policy in effect in an application namespace allows all peers on all ports.

Why: Policies add up: one that lets everything through undoes every default deny beside it.

What proves it: The rules of every NetworkPolicy of the namespace: a rule with neither peers nor ports, or with every
address or every pod of every namespace as peer and no ports.

What it does not prove: What kinds of policy other than NetworkPolicy allow; where one is served, this is unknown.

How to fix: Remove the policy, or name the peers and ports that are needed.

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
    check,
    failed,
    passed,
    patch,
    profile,
    refuse,
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


def allow(**spec: object) -> Change:
    return patch("NetworkPolicy shop/allow-web", {"spec": spec})


TRAPS = (
    trap("an empty rule is every peer on every port", FAIL, allow(ingress=[{}])),
    trap("an empty list of peers is every peer", FAIL, allow(ingress=[{"from": []}])),
    trap("the whole address space", FAIL, allow(ingress=[{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}])),
    trap("every pod of every namespace", FAIL, allow(ingress=[{"from": [{"namespaceSelector": {}}]}])),
    trap("an empty egress rule", FAIL, allow(policyTypes=["Egress"], ingress=None, egress=[{}])),
    trap(
        "a rule for a direction that the policy does not speak of does nothing",
        PASS,
        allow(policyTypes=["Ingress"], egress=[{}]),
    ),
    trap("every peer, but one port", PASS, allow(ingress=[{"ports": [{"port": 8080}]}])),
    trap("every pod of its own namespace", PASS, allow(ingress=[{"from": [{"podSelector": {}}]}])),
    trap(
        "the address space less some of it",
        PASS,
        allow(ingress=[{"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["198.51.100.0/24"]}}]}]),
    ),
    trap("another dialect is served", UNKNOWN, serve("projectcalico.org/v3", "globalnetworkpolicies")),
    trap(
        "another dialect cannot mend what is seen",
        FAIL,
        allow(ingress=[{}]),
        serve("projectcalico.org/v3", "globalnetworkpolicies"),
    ),
    trap(
        "egress is not asked where ingress alone is accepted",
        PASS,
        allow(policyTypes=["Egress"], ingress=None, egress=[{}]),
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


@check(answers="no-allow-all")
def no_allow_all(namespace: Namespace, policies: NetworkPolicies, profile: Profile) -> Judgement:
    directions = [rules.INGRESS] if profile.accepted("ingress-only") else [rules.INGRESS, rules.EGRESS]
    open_ones = sorted(
        f"{row.name} ({direction.lower()})"
        for row in policies.known(namespace.name)
        for direction in directions
        if any(rules.allows_everything(rule) for rule in rules.rules(row, direction))
    )
    if open_ones:
        return failed(
            f"{', '.join(open_ones[:5])} lets everything through", "named peers or ports in every rule"
        )
    found = policies.all(namespace.name)
    policies.refuse_other_dialects()
    return passed(f"none of {len(found)} policies lets everything through")
