"""Every application namespace has a policy that selects all pods and denies ingress and egress by default.

Why: Without it every pod may talk to every other and to the world; a new pod is open from its first second.

What proves it: A NetworkPolicy with an empty podSelector which speaks of both directions and has no rule of its own for
them (two policies, one each, will do).

What it does not prove: That no other policy undoes it (claim no-allow-all), or that anything enforces policies (claim
network-policy-enforced). Pods in the network of their node are not covered (claim pods-isolated).

How to fix: Put a policy ``podSelector: {}, policyTypes: [Ingress, Egress]`` into the namespace's template.

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


def deny(**spec: object) -> Change:
    return patch("NetworkPolicy shop/default-deny", {"spec": spec})


TRAPS = (
    trap("policyTypes left out means ingress only", FAIL, deny(policyTypes=None)),
    trap("ingress alone is denied", FAIL, deny(policyTypes=["Ingress"])),
    trap("egress alone is denied", FAIL, deny(policyTypes=["Egress"])),
    trap("it selects one application only", FAIL, deny(podSelector={"matchLabels": {"app": "web"}})),
    trap("it selects no pod at all", FAIL, deny(podSelector={"matchLabels": {"app": "nothing"}})),
    trap("it selects all pods but some", FAIL,
         deny(podSelector={"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]})),
    trap("an empty rule in it allows everything", FAIL, deny(ingress=[{}])),
    trap("a rule whose peers are an empty list allows everything", FAIL, deny(ingress=[{"from": []}])),
    trap("it lets through what it should stop", FAIL, deny(ingress=[{"from": [{"podSelector": {}}]}])),
    trap("policies that allow do not stand for one that denies", FAIL,
         remove("NetworkPolicy shop/default-deny")),
    trap("a namespace that was made later has none", FAIL,
         add("{apiVersion: v1, kind: Namespace, metadata: {name: cart}}")),
    trap("the policy of another namespace does not count", FAIL,
         remove("NetworkPolicy shop/default-deny"),
         add("""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: kube-system}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
""")),
    trap("two policies, one for each direction", PASS,
         deny(policyTypes=["Ingress"]),
         add("""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-egress, namespace: shop}
spec: {podSelector: {}, policyTypes: [Egress]}
""")),
    trap("a namespace of the platform is apart", PASS,
         add("{apiVersion: v1, kind: Namespace, metadata: {name: infra}}"),
         profile({"scope": {"platformNamespaces": ["default", "infra"]}})),
    trap("ingress only, which the profile accepts", PASS, deny(policyTypes=["Ingress"]), INGRESS_ONLY),
    trap("egress only, although ingress only is accepted", FAIL, deny(policyTypes=["Egress"]), INGRESS_ONLY),
    trap("another dialect is served, and may deny by default", UNKNOWN,
         remove("NetworkPolicy shop/default-deny"), serve("cilium.io/v2", "ciliumnetworkpolicies")),
    trap("a policy for the whole cluster may deny by default", UNKNOWN,
         remove("NetworkPolicy shop/default-deny"),
         serve("policy.networking.k8s.io/v1alpha2", "clusternetworkpolicies")),
    trap("another dialect beside it takes nothing away", PASS,
         serve("cilium.io/v2", "ciliumnetworkpolicies")),
    trap("policies cannot be listed", UNKNOWN, refuse("networkpolicies")),
    trap("policies of the namespace cannot be listed", UNKNOWN, refuse("networkpolicies", "shop")),
    trap("namespaces cannot be listed", UNKNOWN, refuse("namespaces")),
)  # fmt: skip


@check(answers="default-deny", via="kubernetes")
def default_deny(namespace: Namespace, policies: NetworkPolicies, profile: Profile) -> Judgement:
    directions = [rules.INGRESS] if profile.accepted("ingress-only") else [rules.INGRESS, rules.EGRESS]
    found = policies.all(namespace.name)
    denying = {
        direction: [row.name for row in found if rules.denies_by_default(row, direction)]
        for direction in directions
    }
    missing = [direction.lower() for direction, names in denying.items() if not names]
    if missing:
        return failed(
            f"none of {len(found)} policies denies {' and '.join(missing)} by default",
            "a policy that selects all pods and has no rule, for each direction",
        )
    return passed(
        ", ".join(f"{direction.lower()} denied by {names[0]}" for direction, names in denying.items())
    )
