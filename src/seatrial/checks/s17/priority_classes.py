"""At least 2 priority classes exist besides the built-in system classes.

Why: When nodes are full, priority decides who stays; with one class for all there is no order.

What proves it: The PriorityClasses of the cluster less those named ``system-``, which Kubernetes makes itself; at least
two different values among them.

What it does not prove: That pods use them: claim pod-priority asks that.

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
    PriorityClasses,
    World,
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

TRAPS = (
    trap("only one of one's own", FAIL, remove("PriorityClass critical")),
    trap("none of one's own", FAIL, remove("PriorityClass critical"), remove("PriorityClass standard")),
    trap(
        "all of the same value, so there is no order", FAIL, patch("PriorityClass critical", {"value": 1000})
    ),
    trap(
        "the default for all is the highest",
        PASS,
        patch("PriorityClass critical", {"globalDefault": True}),
        note="global default",
    ),
    trap("classes cannot be listed", UNKNOWN, refuse("priorityclasses")),
)


class Tiers(Limits, frozen=True):
    """How many classes there must be."""

    least: Annotated[int, limit("classes besides Kubernetes' own", unit="classes", source="17.6", ge=1)] = 2


@check(answers="priority-classes")
def priority_classes(_: Cluster, classes: PriorityClasses, limits: Tiers) -> Judgement:
    own = sorted(classes.own(), key=lambda row: -row.value)
    named = ", ".join(f"{row.name} {row.value}" for row in own[:6]) or "none"
    if len({row.value for row in own}) < limits.least:
        return failed(f"classes: {named}", f"{limits.least} classes of different values")
    note = f"{own[0].name}, the highest, is the global default" if own[0].global_default else ""
    return passed(f"classes: {named}", note=note)
