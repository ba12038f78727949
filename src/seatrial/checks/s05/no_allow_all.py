"""No policy in effect in an application namespace allows all peers on all ports.

Why: Policies add up: one that lets everything through undoes every default deny beside it.

What proves it: The rules of every NetworkPolicy of the namespace. A rule allows all where it has neither peers nor ports,
where its peers are the whole address space or every pod of every namespace, or its ports all those of TCP.

What it does not prove: What kinds of policy other than NetworkPolicy allow; where one is served, this is unknown. Rules
for every address but some exceptions pass, with a remark.

How to fix: Remove the policy, or name the peers and ports that are needed.

References: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Change,
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


def allow(**spec: object) -> Change:
    return patch("NetworkPolicy shop/allow-web", {"spec": spec})


def block(cidr: str, *excluded: str) -> dict[str, object]:
    return {"ipBlock": {"cidr": cidr, "except": list(excluded)} if excluded else {"cidr": cidr}}


TRAPS = (
    trap("an empty rule is every peer on every port", FAIL, allow(ingress=[{}])),
    trap("an empty list of peers is every peer", FAIL, allow(ingress=[{"from": []}])),
    trap("the whole address space", FAIL, allow(ingress=[{"from": [block("0.0.0.0/0")]}])),
    trap("the whole address space, in two halves", FAIL,
         allow(ingress=[{"from": [block("0.0.0.0/1"), block("128.0.0.0/1")]}])),
    trap("the whole address space of IPv6", FAIL, allow(ingress=[{"from": [block("::/0")]}])),
    trap("every pod of every namespace", FAIL, allow(ingress=[{"from": [{"namespaceSelector": {}}]}])),
    trap("every port of TCP", FAIL, allow(ingress=[{"ports": [{"protocol": "TCP"}]}])),
    trap("every port of TCP, as a range", FAIL,
         allow(ingress=[{"ports": [{"protocol": "TCP", "port": 1, "endPort": 65535}]}])),
    trap("an open rule beside a narrow one", FAIL,
         allow(ingress=[{"from": [{"podSelector": {}}], "ports": [{"port": 8080}]}, {}])),
    trap("an empty egress rule", FAIL, allow(policyTypes=["Egress"], ingress=None, egress=[{}])),
    trap("a rule for a direction that the policy does not speak of does nothing", PASS,
         allow(policyTypes=["Ingress"], egress=[{}])),
    trap("no rule at all allows nothing", PASS, allow(ingress=None)),
    trap("every peer, but one port", PASS, allow(ingress=[{"ports": [{"protocol": "TCP", "port": 8080}]}])),
    trap("every port, but of its own namespace", PASS, allow(ingress=[{"from": [{"podSelector": {}}]}])),
    trap("the address space less some of it", PASS,
         allow(ingress=[{"from": [block("0.0.0.0/0", "198.51.100.0/24")]}]), note="every address but"),
    trap("a namespace of the platform is apart", PASS, add("""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open, namespace: kube-system}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{}]}
""")),
    trap("another dialect is served, and may allow everything", UNKNOWN,
         serve("projectcalico.org/v3", "globalnetworkpolicies")),
    trap("another dialect cannot mend what is seen", FAIL,
         allow(ingress=[{}]), serve("projectcalico.org/v3", "globalnetworkpolicies")),
    trap("egress is not asked where ingress alone is accepted", PASS,
         allow(policyTypes=["Egress"], ingress=None, egress=[{}]), INGRESS_ONLY),
    trap("policies cannot be listed", UNKNOWN, refuse("networkpolicies")),
    trap("namespaces cannot be listed", UNKNOWN, refuse("namespaces")),
)  # fmt: skip


@check(answers="no-allow-all")
def no_allow_all(namespace: Namespace, policies: NetworkPolicies, profile: Profile) -> Judgement:
    directions = [rules.INGRESS] if profile.accepted("ingress-only") else [rules.INGRESS, rules.EGRESS]
    allowing = [
        (row.name, direction.lower(), rule)
        for row in policies.known(namespace.name)
        for direction in directions
        for rule in rules.rules(row, direction)
    ]
    broad = sorted({f"{name} ({way})" for name, way, rule in allowing if rules.allows_everything(rule)})
    if broad:
        return failed(f"all is allowed by {', '.join(broad[:5])}", "peers or ports named in every rule")
    count = len(policies.all(namespace.name))
    policies.refuse_other_dialects()
    nearly = sorted({f"{name} ({way})" for name, way, rule in allowing if rules.allows_all_but(rule)})
    note = f"every address but some exceptions on all ports: {', '.join(nearly[:5])}" if nearly else ""
    return passed(f"none of {count} policies allows all peers on all ports", note=note)
