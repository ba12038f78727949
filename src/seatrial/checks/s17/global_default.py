"""At most one priority class is the global default.

Why: With two, which one a pod gets is the smaller, and nobody means that.

What proves it: ``globalDefault`` of every PriorityClass; and that the one which is the default is not the highest of several,
since pods that say nothing would then outrank those that do.

What it does not prove: That the default is a sensible one.

How to fix: Set ``globalDefault: false`` on all but one, which is not the highest.

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
globalDefault: true
preemptionPolicy: PreemptLowerPriority
""")

CRITICAL, STANDARD = "PriorityClass critical", "PriorityClass standard"
TRAPS = (
    trap("two are", FAIL, patch(CRITICAL, {"globalDefault": True})),
    trap("none is", PASS, patch(STANDARD, {"globalDefault": None})),
    trap("the default for all is the highest", FAIL,
         patch(CRITICAL, {"globalDefault": True}), patch(STANDARD, {"globalDefault": None})),
    trap("the default for all is the only one", PASS, remove(CRITICAL)),
    trap("classes cannot be listed", UNKNOWN, refuse("priorityclasses")),
)  # fmt: skip


@check(answers="global-default", version=2)
def global_default(_: Cluster, classes: PriorityClasses) -> Judgement:
    defaults = sorted((row for row in classes.all() if row.global_default), key=lambda row: row.name)
    if not defaults:
        return passed("no class is the global default")
    if len(defaults) > 1:
        return failed(f"{len(defaults)} are: {', '.join(row.name for row in defaults)}", "one at most")
    (default,) = defaults
    values = [row.value for row in classes.own()]
    if any(value < default.value for value in values) and default.value >= max(values):
        observed = f"{default.name} is the global default and the highest: pods that say nothing outrank all"
        return failed(observed, "a global default below the highest class")
    return passed(f"{default.name} is the global default")
