"""Every application namespace has a quota that bounds its requested storage or its number of PVCs.

Why: Claims outlive their pods; unbounded, they fill the storage that all share.

What proves it: ``requests.storage``, ``persistentvolumeclaims`` or ``count/persistentvolumeclaims`` in a ResourceQuota of
the namespace. A bound for one storage class is no bound for all.

What it does not prove: That the storage behind it holds as much.

How to fix: Add ``requests.storage`` to the namespace's quota.

References: https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from seatrial.kit import (
    FAIL,
    PASS,
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

NONE = {"requests.storage": None}
TRAPS = (
    trap("no bound for storage", FAIL, patch("ResourceQuota shop/compute", {"spec": {"hard": NONE}})),
    trap(
        "a bound for one storage class only",
        FAIL,
        patch(
            "ResourceQuota shop/compute",
            {"spec": {"hard": {**NONE, "fast.storageclass.storage.k8s.io/requests.storage": "10Gi"}}},
        ),
    ),
    trap(
        "a count of claims",
        PASS,
        patch("ResourceQuota shop/compute", {"spec": {"hard": {**NONE, "persistentvolumeclaims": "10"}}}),
    ),
    trap(
        "the same by its newer name",
        PASS,
        patch(
            "ResourceQuota shop/compute", {"spec": {"hard": {**NONE, "count/persistentvolumeclaims": "10"}}}
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


@check(answers="quota-bounds-storage", via="resourcequota")
def quota_bounds_storage(namespace: Namespace, found: ResourceQuotas) -> Judgement:
    here = found.all(namespace.name)
    if quotas.bounds_all(here, "storage"):
        return passed("requested storage or the number of claims is bounded")
    return failed(
        f"{quotas.named(here)}; none bounds storage", "requests.storage or persistentvolumeclaims in a quota"
    )
