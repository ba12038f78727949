"""Every application namespace has a quota that bounds its requested storage or its number of PVCs.

Why: Claims outlive their pods; unbounded, they fill the storage that all share.

What proves it: ``requests.storage``, ``persistentvolumeclaims`` or ``count/persistentvolumeclaims`` in a ResourceQuota of
the namespace. A bound for one storage class, or one class of attributes, is no bound for all. A namespace that is being
deleted is not asked.

What it does not prove: That the storage behind it holds as much.

How to fix: Add ``requests.storage`` to the namespace's quota.

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


def instead(**amounts: object) -> Change:
    """Other bounds in place of requested storage."""
    return patch(QUOTA, {"spec": {"hard": {"requests.storage": None, **amounts}}})


TRAPS = (
    trap("no bound for storage", FAIL, instead()),
    trap("a bound for one storage class only", FAIL,
         instead(**{"fast.storageclass.storage.k8s.io/requests.storage": "10Gi"})),
    trap("a count for one storage class only", FAIL,
         instead(**{"fast.storageclass.storage.k8s.io/persistentvolumeclaims": "10"})),
    trap("a bound for what pods keep on their nodes", FAIL, instead(**{"requests.ephemeral-storage": "10Gi"})),
    trap("a bound for one class of attributes only", FAIL, instead(), add("""
apiVersion: v1
kind: ResourceQuota
metadata: {name: fast, namespace: shop}
spec:
  hard: {persistentvolumeclaims: "10"}
  scopeSelector: {matchExpressions: [{scopeName: VolumeAttributesClass, operator: In, values: [fast]}]}
""")),
    trap("a count of claims", PASS, instead(persistentvolumeclaims="10")),
    trap("the same by its newer name", PASS, instead(**{"count/persistentvolumeclaims": "10"})),
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


@check(answers="quota-bounds-storage", via="resourcequota", version=2)
def quota_bounds_storage(namespace: Namespace, found: ResourceQuotas) -> Judgement:
    if namespace.terminating:
        return not_applicable("it is being deleted")
    here = found.all(namespace.name)
    if quotas.bounds_all(here, "storage"):
        return passed("requested storage or the number of claims is bounded")
    return failed(
        f"{quotas.named(here)}; none bounds storage", "requests.storage or persistentvolumeclaims in a quota"
    )
