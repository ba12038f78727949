"""Every application namespace has quotas that bound the CPU requests, memory requests and number of all its pods.

Why: A namespace without bounds can take the whole cluster, by a loop that makes pods or by one typing error.

What proves it: The ResourceQuotas of the namespace together bound requests.cpu (or cpu), requests.memory (or memory) and
pods (or count/pods) of all pods: a quota with scopes bounds those of its scopes only, and every kind of pods that scopes
tell apart must be in those of one. Pods of BestEffort request nothing. A bound above what all nodes can give is remarked:
it is none in effect. A namespace that is being deleted is not asked.

What it does not prove: That the bounds are sensible, or that the controller applied them: the next claims ask that.

How to fix: Put a ResourceQuota without scopes into the namespace's template.

References: https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Change,
    Judgement,
    Namespace,
    Nodes,
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
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {allocatable: {cpu: "16", memory: 64Gi, pods: "110"}, conditions: [{type: Ready, status: "True"}]}
""")

QUOTA = "ResourceQuota shop/compute"
NONE = {
    "requests.cpu": None,
    "requests.memory": None,
    "limits.memory": None,
    "pods": None,
    "requests.storage": None,
}
COMPUTE = {"requests.cpu": "8", "requests.memory": "16Gi", "pods": "60"}


def hard(**amounts: object) -> Change:
    """Changed bounds; dots are written as ``__``."""
    return patch(
        QUOTA, {"spec": {"hard": {name.replace("__", "."): amount for name, amount in amounts.items()}}}
    )


def only(*scopes: str) -> Change:
    """The quota is for these scopes only; it bounds no storage then, as the API asks."""
    return patch(QUOTA, {"spec": {"scopes": list(scopes), "hard": {"requests.storage": None}}})


def priority(operator: str, *values: str) -> dict[str, object]:
    row: dict[str, object] = {"scopeName": "PriorityClass", "operator": operator}
    return {"matchExpressions": [{**row, "values": list(values)} if values else row]}


def by_class(operator: str, *values: str) -> Change:
    return patch(
        QUOTA, {"spec": {"hard": {"requests.storage": None}, "scopeSelector": priority(operator, *values)}}
    )


def second(name: str, bounds: str, more: str = "") -> Change:
    """A quota more of the namespace."""
    return add(
        f"""
---
apiVersion: v1
kind: ResourceQuota
metadata: {{name: {name}, namespace: shop}}
spec: {{hard: {{{bounds}}}{more}}}
"""
    )


ALL = 'requests.cpu: "4", requests.memory: 8Gi, pods: "20"'
TRAPS = (
    trap("only counts of objects", FAIL, hard(requests__cpu=None, requests__memory=None, pods=None, configmaps="50", services="9")),
    trap("no bound for CPU", FAIL, hard(requests__cpu=None)),
    trap("no bound for memory", FAIL, hard(requests__memory=None)),
    trap("no bound for the number of pods", FAIL, hard(pods=None)),
    trap("bounds of limits are none of requests", FAIL, hard(requests__cpu=None, limits__cpu="9")),
    trap("scoped to jobs only", FAIL, only("Terminating")),
    trap("scoped to all but jobs", FAIL, only("NotTerminating")),
    trap("scoped to pods without requests only", FAIL,
         patch(QUOTA, {"spec": {"scopes": ["BestEffort"], "hard": {**NONE, "pods": "60"}}})),
    trap("scoped to pods with requests, and pods without are free in number", FAIL, only("NotBestEffort")),
    trap("scoped to pods with requests, and all are counted", PASS, only("NotBestEffort"), second("counts", 'pods: "60"')),
    trap("scoped to pods with requests, and the others are counted beside", PASS,
         only("NotBestEffort"), second("counts", 'pods: "9"', ", scopes: [BestEffort]")),
    trap("scoped to one priority class", FAIL, by_class("In", "standard")),
    trap("one priority class, and all others", PASS, by_class("In", "standard"),
         second("rest", ALL, ", scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: NotIn, values: [standard]}]}")),
    trap("two priority classes, each on its own", FAIL, by_class("In", "standard"),
         second("rest", ALL, ", scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [critical]}]}")),
    trap("any priority class, and pods without one are free", FAIL, by_class("Exists")),
    trap("any priority class, and none", PASS, by_class("Exists"),
         second("rest", ALL, ", scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: DoesNotExist}]}")),
    trap("all but one priority class", FAIL, by_class("NotIn", "standard")),
    trap("jobs in one quota and all others in a second", PASS, only("NotTerminating"), second("jobs", ALL, ", scopes: [Terminating]")),
    trap("jobs with requests in one quota and all others in a second", FAIL,
         only("NotTerminating"), second("jobs", 'pods: "20"', ", scopes: [Terminating, NotBestEffort]")),
    trap("jobs in one quota, and pods without requests in a second", FAIL,
         only("Terminating"), second("rest", 'pods: "20"', ", scopes: [BestEffort]")),
    trap("every one of four kinds has a quota of its own", PASS, only("NotTerminating", "NotBestEffort"),
         second("jobs", ALL, ", scopes: [Terminating, NotBestEffort]"),
         second("idle", 'pods: "9"', ", scopes: [NotTerminating, BestEffort]"),
         second("idle-jobs", 'pods: "9"', ", scopes: [Terminating, BestEffort]")),
    trap("only for pods with affinity to those of other namespaces", FAIL,
         patch(QUOTA, {"spec": {"scopes": ["CrossNamespacePodAffinity"], "hard": {**NONE, **COMPUTE}}})),
    trap("the old names mean requests", PASS,
         patch(QUOTA, {"spec": {"hard": {**NONE, "cpu": "8", "memory": "16Gi", "count/pods": "60"}}})),
    trap("two quotas that share the bounds", PASS, hard(pods=None), second("counts", 'pods: "60"')),
    trap("more than the cluster can give is remarked", PASS, hard(requests__memory="65Gi"), note="memory requests"),
    trap("more pods than the cluster can run are remarked", PASS, hard(pods="500"), note="pods"),
    trap("a new namespace without any", FAIL, add("{apiVersion: v1, kind: Namespace, metadata: {name: cart}}")),
    trap("the quota of another namespace", FAIL, remove(QUOTA), add(f"""
---
apiVersion: v1
kind: ResourceQuota
metadata: {{name: compute, namespace: kube-system}}
spec: {{hard: {{{ALL}}}}}
""")),
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


@check(answers="quota-bounds-compute", via="resourcequota", version=2)
def quota_bounds_compute(namespace: Namespace, found: ResourceQuotas, nodes: Nodes) -> Judgement:
    if namespace.terminating:
        return not_applicable("it is being deleted")
    here = found.all(namespace.name)
    missing = [what for what in quotas.ROOM if not quotas.bounds_all(here, what)]
    if missing:
        return failed(
            f"{quotas.named(here)}; no bound for all of {', '.join(missing)}", "bounds for all pods"
        )
    beyond = [
        f"{row.name}: {what} above what all nodes can give"
        for row in here
        for what, resource in quotas.ROOM.items()
        if (bound := quotas.bound(row, what)) is not None
        and (room := nodes.total(resource)) is not None
        and bound > room
    ]
    return passed(f"bounded by {', '.join(sorted(row.name for row in here))}", note="; ".join(beyond))
