"""Every application pod is isolated by policy for both ingress and egress.

Why: A pod that no policy selects for a direction is open in that direction.

What proves it: For each running pod, a NetworkPolicy of its namespace that selects it, for each direction. Pods in the
network of their node are not covered by policies at all, and fail.

What it does not prove: What the policies then let through (claim no-allow-all), or that anything enforces them (claim
network-policy-enforced). Where policies are served that come before NetworkPolicy (Calico's, ClusterNetworkPolicy),
this is unknown; Cilium's can add isolation, but take none away.

How to fix: A default-deny policy in the namespace's template; take pods out of the node's network.

References: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Change,
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

WEB = "Pod shop/web"
DENY = "NetworkPolicy shop/default-deny"


def only_policy(**spec: object) -> tuple[Change, ...]:
    """The other policies gone, and this one changed."""
    gone = (remove("NetworkPolicy shop/allow-dns"), remove("NetworkPolicy shop/allow-web"))
    return (*gone, patch(DENY, {"spec": spec}))


DB = """
apiVersion: v1
kind: Pod
metadata:
  name: db-0
  namespace: shop
  labels: {app: db, statefulset.kubernetes.io/pod-name: db-0}
  ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: "1", controller: true}]
spec: {containers: [{name: db, image: "shop/db:5"}]}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata:
  name: db-1
  namespace: shop
  labels: {app: db, statefulset.kubernetes.io/pod-name: db-1}
  ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: "1", controller: true}]
spec: {containers: [{name: db, image: "shop/db:5"}]}
status: {phase: Running}
"""
ONE_OF_TWO = {"matchExpressions": [
    {"key": "statefulset.kubernetes.io/pod-name", "operator": "NotIn", "values": ["db-1"]}]}  # fmt: skip

TRAPS = (
    trap("no policy selects it", FAIL,
         remove(DENY), remove("NetworkPolicy shop/allow-dns"), remove("NetworkPolicy shop/allow-web")),
    trap("egress is open", FAIL, *only_policy(policyTypes=["Ingress"])),
    trap("policyTypes left out means ingress only", FAIL, *only_policy(policyTypes=None)),
    trap("ingress is open", FAIL, *only_policy(policyTypes=["Egress"])),
    trap("the policy selects other pods", FAIL, *only_policy(podSelector={"matchLabels": {"app": "cart"}})),
    trap("the policy selects all but this one", FAIL,
         *only_policy(podSelector={"matchExpressions": [
             {"key": "app", "operator": "NotIn", "values": ["web"]}]})),
    trap("a pod in its node's network is not covered", FAIL, patch(WEB, {"spec": {"hostNetwork": True}})),
    trap("a policy of another namespace does not count", FAIL, add("""
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: cart, labels: {app: web}}
spec: {containers: [{name: cart, image: "shop/cart:1"}]}
status: {phase: Running}
""")),
    trap("a pod that is not ready yet counts", FAIL,
         *only_policy(podSelector={"matchLabels": {"app": "cart"}}), patch(WEB, {"status": {"phase": "Pending"}})),
    trap("a policy for one pod of a set does not isolate the others", UNKNOWN,
         *only_policy(podSelector=ONE_OF_TWO), add(DB)),
    trap("a policy for all pods isolates every pod of a set", PASS, *only_policy(), add(DB)),
    trap("one policy for each direction", PASS,
         *only_policy(policyTypes=["Ingress"]),
         add("""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web-egress, namespace: shop}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}
""")),
    trap("egress rules without policyTypes isolate egress", PASS,
         patch("NetworkPolicy shop/allow-dns", {"spec": {"policyTypes": None}}),
         patch(DENY, {"spec": {"policyTypes": ["Ingress"]}})),
    trap("ingress alone, which the profile accepts", PASS,
         *only_policy(policyTypes=["Ingress"]), INGRESS_ONLY),
    trap("a declared agent in its node's network is apart", NOT_APPLICABLE,
         patch(WEB, {"spec": {"hostNetwork": True}}),
         profile({"declares": {"platformWorkloads": [
             {"kind": "Pod", "namespace": "shop", "name": "web", "owner": "ops", "reason": "node agent"}]}})),
    trap("another dialect may isolate it", UNKNOWN,
         *only_policy(policyTypes=["Ingress"]), serve("cilium.io/v2", "ciliumnetworkpolicies")),
    trap("Cilium's policies take no isolation away", PASS, serve("cilium.io/v2", "ciliumnetworkpolicies")),
    trap("policies that are asked first may let everything through", UNKNOWN,
         serve("crd.projectcalico.org/v1", "globalnetworkpolicies")),
    trap("no other dialect covers the node's network", FAIL,
         patch(WEB, {"spec": {"hostNetwork": True}}), serve("cilium.io/v2", "ciliumnetworkpolicies")),
    trap("a pod that is done counts no more", NOT_APPLICABLE,
         patch(WEB, {"spec": {"hostNetwork": True}, "status": {"phase": "Succeeded"}})),
    trap("policies cannot be listed", UNKNOWN, refuse("networkpolicies")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


@check(answers="pods-isolated")
def pods_isolated(pod: PodGroup, policies: NetworkPolicies, profile: Profile) -> Judgement:
    if pod.pod.spec.host_network:
        says = "in the network of its node, which no policy covers"
        return failed(says, "a network of its own", at="/spec/hostNetwork")
    directions = [rules.INGRESS] if profile.accepted("ingress-only") else [rules.INGRESS, rules.EGRESS]
    found = {direction: policies.isolating(pod, direction) for direction in directions}
    missing = [direction.lower() for direction, policy in found.items() if policy is None]
    policies.refuse_other_dialects(tiered_only=not missing)
    if missing:
        return failed(f"no policy isolates it for {' and '.join(missing)}", "isolation in both directions")
    return passed(", ".join(f"{way.lower()} by {row.name}" for way, row in found.items() if row is not None))
