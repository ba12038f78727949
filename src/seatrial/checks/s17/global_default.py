"""At most one priority class is the global default.

Why: With two, which one a pod gets is the smaller, and nobody means that.

What proves it: ``globalDefault`` of every PriorityClass.

What it does not prove: That the default is a sensible one.

How to fix: Set ``globalDefault: false`` on all but one.

References: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Cluster,
    Judgement,
    PriorityClasses,
    World,
    check,
    failed,
    passed,
    patch,
    refuse,
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
globalDefault: true
preemptionPolicy: PreemptLowerPriority
""")

TRAPS = (
    trap("two are", FAIL, patch("PriorityClass critical", {"globalDefault": True})),
    trap("none is", PASS, patch("PriorityClass standard", {"globalDefault": None})),
    trap("classes cannot be listed", UNKNOWN, refuse("priorityclasses")),
)


@check(answers="global-default")
def global_default(_: Cluster, classes: PriorityClasses) -> Judgement:
    names = sorted(row.name for row in classes.all() if row.global_default)
    if len(names) > 1:
        return failed(f"{len(names)} are: {', '.join(names)}", "one at most")
    return passed(f"{names[0]} is the global default" if names else "no class is the global default")
