"""Every application namespace has a quota that bounds the memory limits of all its pods.

Why: Requests bound what is set aside; limits bound what may be used before the node is out of memory.

What proves it: ``limits.memory`` in ResourceQuotas of the namespace that hold for all its pods.

What it does not prove: That the nodes bear all limits at once.

How to fix: Add ``limits.memory`` to the namespace's quota.

References: https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from seatrial.kit import (
    FAIL,
    UNKNOWN,
    Judgement,
    Namespace,
    ResourceQuotas,
    World,
    add,
    check,
    failed,
    passed,
    patch,
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

TRAPS = (
    trap(
        "requests only",
        FAIL,
        patch("ResourceQuota shop/compute", {"spec": {"hard": {"limits.memory": None}}}),
    ),
    trap(
        "for a part of the pods only",
        FAIL,
        patch(
            "ResourceQuota shop/compute",
            {"spec": {"scopes": ["NotTerminating"], "hard": {"requests.storage": None}}},
        ),
    ),
    trap(
        "memory means requests, not limits",
        FAIL,
        patch(
            "ResourceQuota shop/compute",
            {"spec": {"hard": {"limits.memory": None, "requests.memory": None, "memory": "16Gi"}}},
        ),
    ),
    trap(
        "a new namespace without any", FAIL, add("{apiVersion: v1, kind: Namespace, metadata: {name: cart}}")
    ),
    trap(
        "another implementation, which this version cannot judge, may bound it",
        UNKNOWN,
        remove("ResourceQuota shop/compute"),
        serve("capsule.clastix.io/v1beta2", "tenants"),
    ),
    trap("quotas cannot be listed", UNKNOWN, refuse("resourcequotas")),
    trap("namespaces cannot be listed", UNKNOWN, refuse("namespaces")),
)


@check(answers="quota-bounds-memory-limits", via="resourcequota")
def quota_bounds_memory_limits(namespace: Namespace, found: ResourceQuotas) -> Judgement:
    here = found.all(namespace.name)
    if quotas.bounds_all(here, "memory limits"):
        return passed("limits.memory is bounded for all pods")
    return failed(
        f"{quotas.named(here)}; no limits.memory for all pods", "limits.memory in a quota for all pods"
    )
