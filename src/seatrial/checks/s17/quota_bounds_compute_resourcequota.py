"""Every application namespace has quotas that bound the CPU requests, memory requests and number of all its pods.

Why: A namespace without bounds can take the whole cluster, by a loop that makes pods or by one typing error.

What proves it: The ResourceQuotas of the namespace together bound requests.cpu (or cpu), requests.memory (or memory) and
pods (or count/pods) of all pods: a quota with scopes bounds those of its scopes only.

What it does not prove: That the bounds are sensible, or that the controller applied them: the next claims ask that.

How to fix: Put a ResourceQuota without scopes into the namespace's template.

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

QUOTA = "ResourceQuota shop/compute"
TRAPS = (
    trap(
        "only counts of objects",
        FAIL,
        patch(
            QUOTA,
            {
                "spec": {
                    "hard": {"requests.cpu": None, "requests.memory": None, "pods": None, "configmaps": "50"}
                }
            },
        ),
    ),
    trap("no bound for memory", FAIL, patch(QUOTA, {"spec": {"hard": {"requests.memory": None}}})),
    trap("no bound for the number of pods", FAIL, patch(QUOTA, {"spec": {"hard": {"pods": None}}})),
    trap(
        "scoped to jobs only",
        FAIL,
        patch(QUOTA, {"spec": {"scopes": ["Terminating"], "hard": {"requests.storage": None}}}),
    ),
    trap(
        "scoped to pods without requests only",
        FAIL,
        patch(
            QUOTA,
            {
                "spec": {
                    "scopes": ["BestEffort"],
                    "hard": {
                        "requests.cpu": None,
                        "requests.memory": None,
                        "limits.memory": None,
                        "requests.storage": None,
                    },
                }
            },
        ),
    ),
    trap(
        "scoped to one priority class",
        FAIL,
        patch(
            QUOTA,
            {
                "spec": {
                    "hard": {"requests.storage": None},
                    "scopeSelector": {
                        "matchExpressions": [
                            {"scopeName": "PriorityClass", "operator": "In", "values": ["standard"]}
                        ]
                    },
                }
            },
        ),
    ),
    trap(
        "the old names mean requests",
        PASS,
        patch(
            QUOTA,
            {
                "spec": {
                    "hard": {
                        "requests.cpu": None,
                        "requests.memory": None,
                        "pods": None,
                        "cpu": "8",
                        "memory": "16Gi",
                        "count/pods": "60",
                    }
                }
            },
        ),
    ),
    trap(
        "two quotas that share the bounds",
        PASS,
        patch(QUOTA, {"spec": {"hard": {"pods": None}}}),
        add("""
apiVersion: v1
kind: ResourceQuota
metadata: {name: counts, namespace: shop}
spec: {hard: {pods: "60"}}
"""),
    ),
    trap(
        "jobs in one quota and all others in a second",
        PASS,
        patch(QUOTA, {"spec": {"scopes": ["NotTerminating"], "hard": {"requests.storage": None}}}),
        add("""
apiVersion: v1
kind: ResourceQuota
metadata: {name: jobs, namespace: shop}
spec: {hard: {requests.cpu: "4", requests.memory: 8Gi, pods: "20"}, scopes: [Terminating]}
"""),
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


@check(answers="quota-bounds-compute", via="resourcequota")
def quota_bounds_compute(namespace: Namespace, found: ResourceQuotas) -> Judgement:
    here = found.all(namespace.name)
    missing = [
        what for what in ("CPU requests", "memory requests", "pods") if not quotas.bounds_all(here, what)
    ]
    if missing:
        return failed(
            f"{quotas.named(here)}; no bound for all of {', '.join(missing)}", "bounds for all pods"
        )
    return passed(f"bounded by {', '.join(sorted(row.name for row in here))}")
