"""Every application namespace has a LimitRange with default requests and limits.

Why: With a quota in force, a pod without requests is refused; defaults let it in, bounded.

What proves it: A LimitRange item of type Container with default requests and default limits for CPU and memory. A default
limit is a default request too, and a maximum a default limit, as the API server has it. Items of type Pod or
PersistentVolumeClaim set no defaults. A namespace that is being deleted is not asked.

What it does not prove: That the defaults fit anybody.

How to fix: Put a LimitRange with ``default`` and ``defaultRequest`` into the namespace's template.

References: https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Judgement,
    LimitRanges,
    Namespace,
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
    trap,
)
from seatrial.semantics.limit_ranges import default_limits, default_requests

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

RANGE = "LimitRange shop/defaults"


def item(**fields: object) -> dict[str, object]:
    return {"spec": {"limits": [{"type": "Container", **fields}]}}


BOTH = {"cpu": "500m", "memory": "256Mi"}
TRAPS = (
    trap("there is none", FAIL, remove(RANGE)),
    trap("it bounds pods and sets no defaults", FAIL, patch(RANGE, {"spec": {"limits": [{"type": "Pod", "max": BOTH}]}})),
    trap("it bounds claims and sets no defaults", FAIL,
         patch(RANGE, {"spec": {"limits": [{"type": "PersistentVolumeClaim", "max": {"storage": "9Gi"}}]}})),
    trap("only a minimum, which is a default request, not a limit", FAIL, patch(RANGE, item(min={"cpu": "10m", "memory": "1Mi"}))),
    trap("a maximum is a default limit too", PASS, patch(RANGE, item(max=BOTH))),
    trap("a maximum of CPU only", FAIL, patch(RANGE, item(max={"cpu": "2"}))),
    trap("default requests without limits", FAIL, patch(RANGE, item(defaultRequest=BOTH))),
    trap("no default for memory", FAIL, patch(RANGE, item(default={"cpu": "1"}, defaultRequest={"cpu": "1"}))),
    trap("default limits are default requests too", PASS, patch(RANGE, item(default=BOTH))),
    trap("two ranges that share the defaults", PASS, patch(RANGE, item(default={"cpu": "500m"})), add("""
apiVersion: v1
kind: LimitRange
metadata: {name: memory, namespace: shop}
spec: {limits: [{type: Container, default: {memory: 256Mi}}]}
""")),
    trap("the range of another namespace", FAIL, remove(RANGE), add("""
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: kube-system}
spec: {limits: [{type: Container, default: {cpu: 500m, memory: 256Mi}}]}
""")),
    trap("a new namespace without one", FAIL, add("{apiVersion: v1, kind: Namespace, metadata: {name: cart}}")),
    trap("a namespace of the platform is not asked", PASS, add("{apiVersion: v1, kind: Namespace, metadata: {name: infra}}"),
         profile({"scope": {"platformNamespaces": ["default", "infra"]}})),
    trap("a namespace that is being deleted is not asked", PASS, add("""
apiVersion: v1
kind: Namespace
metadata: {name: old, deletionTimestamp: "2026-06-01T11:59:00Z"}
spec: {finalizers: [kubernetes]}
status: {phase: Terminating}
""")),
    trap("limit ranges cannot be listed", UNKNOWN, refuse("limitranges")),
    trap("namespaces cannot be listed", UNKNOWN, refuse("namespaces")),
)  # fmt: skip


@check(answers="limit-range-defaults", version=2)
def limit_range_defaults(namespace: Namespace, ranges: LimitRanges) -> Judgement:
    if namespace.terminating:
        return not_applicable("it is being deleted")
    here = ranges.all(namespace.name)
    items = [item for row in here for item in row.spec.limits]
    limits = {name for item in items for name in default_limits(item)}
    requests = {name for item in items for name in default_requests(item)}
    missing = [f"request for {name}" for name in ("cpu", "memory") if name not in requests]
    missing += [f"limit for {name}" for name in ("cpu", "memory") if name not in limits]
    if missing:
        observed = f"no default {', '.join(missing)}" if here else "no LimitRange"
        return failed(observed, "default requests and limits for cpu and memory")
    return passed(f"defaults from {', '.join(sorted(row.name for row in here))}")
