"""Every application namespace has a quota that bounds the memory limits of all its pods.

Why: Requests bound what is set aside; limits bound what may be used before the node is out of memory.

What proves it: ``limits.memory`` in ResourceQuotas of the namespace that hold for all its pods, those without requests and
limits (BestEffort) among them. A namespace that is being deleted is not asked.

What it does not prove: That the nodes bear all limits at once.

How to fix: Add ``limits.memory`` to the namespace's quota.

References: https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Change,
    Judgement,
    Namespace,
    ResourceQuotas,
    World,
    add,
    check,
    failed,
    not_applicable,
    passed,
    patch,
    profile,
    refuse,
    remove,
    serve,
    trap,
)
from seatrial.semantics import quotas

GOOD = World("""
apiVersion: v1
kind: ResourceQuota
metadata: {name: compute, namespace: shop}
spec: {hard: {requests.cpu: "8", requests.memory: 16Gi, limits.memory: 32Gi, pods: "60", requests.storage: 100Gi}}
status:
  hard: {requests.cpu: "8", requests.memory: 16Gi, limits.memory: 32Gi, pods: "60", requests.storage: 100Gi}
  used: {requests.cpu: "1", requests.memory: 2Gi, limits.memory: 4Gi, pods: "9", requests.storage: 10Gi}
---
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: shop}
spec: {limits: [{type: Container, default: {cpu: 500m, memory: 256Mi}, defaultRequest: {cpu: 50m, memory: 64Mi}}]}
""")

QUOTA = "ResourceQuota shop/compute"
SECOND = """
apiVersion: v1
kind: ResourceQuota
metadata: {name: more, namespace: shop}
spec: {hard: {limits.memory: 8Gi}, scopes: [%s]}
"""


def only(scope: str) -> Change:
    """The quota is for one scope only; it bounds no storage then, as the API asks."""
    return patch(QUOTA, {"spec": {"scopes": [scope], "hard": {"requests.storage": None}}})


TRAPS = (
    trap("requests only", FAIL, patch(QUOTA, {"spec": {"hard": {"limits.memory": None}}})),
    trap("for a part of the pods only", FAIL, only("NotTerminating")),
    trap("for pods with requests only: those without have no limit, and use what they like", FAIL, only("NotBestEffort")),
    trap("both parts in two quotas", PASS, only("NotTerminating"), add(SECOND % "Terminating")),
    trap("both quotas for the same part", FAIL, only("NotTerminating"), add(SECOND % "NotTerminating")),
    trap("memory means requests, not limits", FAIL,
         patch(QUOTA, {"spec": {"hard": {"limits.memory": None, "requests.memory": None, "memory": "16Gi"}}})),
    trap("limits of CPU are none of memory", FAIL, patch(QUOTA, {"spec": {"hard": {"limits.memory": None, "limits.cpu": "9"}}})),
    trap("a new namespace without any", FAIL, add("{apiVersion: v1, kind: Namespace, metadata: {name: cart}}")),
    trap("a namespace of the platform is not asked", PASS, add("{apiVersion: v1, kind: Namespace, metadata: {name: infra}}"),
         profile({"scope": {"platformNamespaces": ["default", "infra"]}})),
    trap("a namespace that is being deleted is not asked", PASS, add("""
apiVersion: v1
kind: Namespace
metadata: {name: old, deletionTimestamp: "2026-06-01T11:59:00Z"}
spec: {finalizers: [kubernetes]}
status: {phase: Terminating}
""")),
    trap("another implementation, which this version cannot judge, may bound it", UNKNOWN,
         remove(QUOTA), serve("capsule.clastix.io/v1beta2", "tenants")),
    trap("quotas cannot be listed", UNKNOWN, refuse("resourcequotas")),
    trap("namespaces cannot be listed", UNKNOWN, refuse("namespaces")),
)  # fmt: skip


@check(answers="quota-bounds-memory-limits", via="resourcequota", version=2)
def quota_bounds_memory_limits(namespace: Namespace, found: ResourceQuotas) -> Judgement:
    if namespace.terminating:
        return not_applicable("it is being deleted")
    here = found.all(namespace.name)
    if quotas.bounds_all(here, "memory limits"):
        return passed("limits.memory is bounded for all pods")
    return failed(
        f"{quotas.named(here)}; no limits.memory for all pods", "limits.memory in a quota for all pods"
    )
