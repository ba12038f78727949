"""At least 2 priority classes exist besides the built-in system classes.

Why: When nodes are full, priority decides who stays; with one class for all there is no order.

What proves it: The PriorityClasses of the cluster less those named ``system-``, which Kubernetes makes itself; at least
two different values among them, and among the pods that run, less those of the ``system-`` classes. A class for batch
work that may push others aside is remarked.

What it does not prove: That each pod has the class that fits it, or that tenants may not use the highest: a quota scoped
to that class, or a policy, would say so.

How to fix: Create classes for critical, default and batch workloads.

References: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Annotated,
    Cluster,
    Judgement,
    Limits,
    PrioritiesInUse,
    PriorityClasses,
    World,
    add,
    check,
    failed,
    limit,
    passed,
    patch,
    refuse,
    remove,
    trap,
)

GOOD = World("""
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: critical}
value: 100000
preemptionPolicy: PreemptLowerPriority
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: standard}
value: 1000
preemptionPolicy: PreemptLowerPriority
""")

CRITICAL = "PriorityClass critical"
RUNNING = """
---
apiVersion: v1
kind: Pod
metadata: {name: %s, namespace: %s}
spec: {priorityClassName: %s, priority: %d, containers: [{name: main, image: "shop/web:1"}]}
status: {phase: Running}
"""
WEB = RUNNING % ("web", "shop", "standard", 1000)
CART = RUNNING % ("cart", "shop", "standard", 1000)
TRAPS = (
    trap("only one of one's own", FAIL, remove(CRITICAL)),
    trap("none of one's own", FAIL, remove(CRITICAL), remove("PriorityClass standard")),
    trap("all of the same value, so there is no order", FAIL, patch(CRITICAL, {"value": 1000})),
    trap("every workload runs at the same value, so there is no order", FAIL, add(WEB + CART)),
    trap("every workload runs at 0, and nobody uses the classes", FAIL,
         add("".join(RUNNING.replace("priorityClassName: %s, ", "") % (name, "shop", 0) for name in ("web", "cart")))),
    trap("Kubernetes' own pods make no order among the others", FAIL,
         add(WEB + CART + RUNNING % ("dns", "kube-system", "system-cluster-critical", 2000000000))),
    trap("one workload runs above the others", PASS, add(WEB + CART + RUNNING % ("edge", "ingress", "critical", 100000))),
    trap("one workload alone is no disorder", PASS, add(WEB)),
    trap("a class for batch that pushes others aside", PASS, add("""
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: batch}
value: 100
preemptionPolicy: PreemptLowerPriority
"""), note="preemptionPolicy"),
    trap("a class for batch that waits its turn", PASS, add("""
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: batch}
value: 100
preemptionPolicy: Never
""")),
    trap("classes cannot be listed", UNKNOWN, refuse("priorityclasses")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


class Tiers(Limits, frozen=True):
    """How many classes there must be."""

    least: Annotated[int, limit("classes besides Kubernetes' own", unit="classes", source="17.6", ge=1)] = 2


@check(answers="priority-classes", version=2)
def priority_classes(
    _: Cluster, classes: PriorityClasses, in_use: PrioritiesInUse, limits: Tiers
) -> Judgement:
    own = sorted(classes.own(), key=lambda row: -row.value)
    named = ", ".join(f"{row.name} {row.value}" for row in own[:6]) or "none"
    if len({row.value for row in own}) < limits.least:
        return failed(f"classes: {named}", f"{limits.least} classes of different values")
    owners = in_use.all()
    if len(owners) == 1 and len(next(iter(owners.values()))) > 1:
        return failed(
            f"every workload runs at {min(owners)}; classes: {named}", "workloads at different values"
        )
    eager = [row.name for row in own if "batch" in row.name and row.preemption_policy != "Never"]
    note = f"{', '.join(eager)} without preemptionPolicy Never: it pushes others aside" if eager else ""
    return passed(f"classes: {named}", note=note)
