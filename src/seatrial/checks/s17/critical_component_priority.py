"""Every critical platform component runs at the critical priority or higher.

Why: When nodes are full, what everything else depends on must be the last to go.

What proves it: The priority in effect of the pods of each component that the profile declares critical, against the value
of the critical class. The classes of Kubernetes itself stand above all others.

What it does not prove: That the component has room: requests decide that.

How to fix: Set ``priorityClassName`` in the component's pod template and restart it.

References: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Annotated,
    Change,
    Fix,
    Given,
    Judgement,
    Limits,
    PriorityClasses,
    Workload,
    Workloads,
    World,
    add,
    check,
    decided,
    failed,
    limit,
    passed,
    patch,
    profile,
    refuse,
    remove,
    trap,
    unknown,
)

GOOD = World(
    """
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
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: infra, generation: 1}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress}}
  template:
    metadata: {labels: {app: ingress}}
    spec: {containers: [{name: main, image: "shop/ingress:1", resources: {requests: {cpu: 50m, memory: 64Mi}}}]}
status: {observedGeneration: 1, replicas: 2, readyReplicas: 2}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: ingress-5d
  namespace: infra
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: ingress, uid: 7a, controller: true}]
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress}}
  template:
    metadata: {labels: {app: ingress}}
    spec: {containers: [{name: main, image: "shop/ingress:1"}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: ingress-5d-a
  namespace: infra
  labels: {app: ingress}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: ingress-5d, uid: 8b, controller: true}]
spec: {priorityClassName: critical, priority: 100000, containers: [{name: main, image: "shop/ingress:1"}]}
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: ingress-5d-b
  namespace: infra
  labels: {app: ingress}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: ingress-5d, uid: 8b, controller: true}]
spec: {priorityClassName: critical, priority: 100000, containers: [{name: main, image: "shop/ingress:1"}]}
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
""",
    profile="""
declares:
  criticalComponents:
  - {kind: Deployment, namespace: infra, name: ingress, owner: platform, reason: all traffic passes it}
""",
)

ONE, TWO = "Pod infra/ingress-5d-a", "Pod infra/ingress-5d-b"


def runs_at(name: str | None, value: int, *pods: str) -> tuple[Change, ...]:
    return tuple(
        patch(pod, {"spec": {"priorityClassName": name, "priority": value}}) for pod in pods or (ONE,)
    )


def critical(kind: str, name: str) -> tuple[Change, ...]:
    """Another component is declared critical, and only that."""
    row = {"kind": kind, "namespace": "infra", "name": name, "owner": "platform", "reason": "traffic"}
    return profile({"declares": None}), profile({"declares": {"criticalComponents": [row]}})


ROLLOUT = (
    remove("ReplicaSet infra/ingress-5d"),
    remove("Deployment infra/ingress"),
    add("""
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: ingress-5d
  namespace: infra
  ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: edge, uid: 9c, controller: true}]
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress}}
  template:
    metadata: {labels: {app: ingress}}
    spec: {containers: [{name: main, image: "shop/ingress:1"}]}
"""),
)
TRAPS = (
    trap("one of its pods is older than the class", FAIL, *runs_at(None, 0)),
    trap("it runs at the standard priority", FAIL, *runs_at("standard", 1000)),
    trap("its template names the class, and its pods are older", FAIL,
         patch("Deployment infra/ingress", {"spec": {"template": {"spec": {"priorityClassName": "critical"}}}}), *runs_at(None, 0, ONE, TWO)),
    trap("its class was made anew with a higher value, and its pods are older", FAIL, *runs_at("critical", 5000)),
    trap("a class of Kubernetes itself is higher", PASS, *runs_at("system-cluster-critical", 2000000000)),
    trap("a class of one's own that is higher still", PASS, *runs_at("edge", 200000), add("""
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: edge}
value: 200000
preemptionPolicy: PreemptLowerPriority
""")),
    trap("the declared component is not there", FAIL, *critical("Deployment", "gateway")),
    trap("the declared component is of another kind", FAIL, *critical("DaemonSet", "ingress")),
    trap("the declared component has no pods", FAIL, remove(ONE), remove(TWO)),
    trap("a component of a foreign kind", PASS, *ROLLOUT, *critical("Rollout", "edge")),
    trap("a component of a foreign kind at the standard priority", FAIL,
         *ROLLOUT, *critical("Rollout", "edge"), *runs_at("standard", 1000)),
    trap("there is no critical class to compare with", UNKNOWN, remove("PriorityClass critical")),
    trap("the profile names the critical class", PASS, *runs_at("standard", 1000),
         profile({"limits": {"critical-component-priority": {"critical": "standard"}}})),
    trap("nothing is declared critical", UNKNOWN, profile({"declares": None})),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
    trap("the owners of pods cannot be listed", UNKNOWN, refuse("replicasets")),
    trap("classes cannot be listed", UNKNOWN, refuse("priorityclasses")),
)  # fmt: skip


class Critical(Limits, frozen=True):
    """Which class is the critical one."""

    critical: Annotated[
        str,
        limit(
            "the PriorityClass of critical components",
            unit="name",
            source="17.6: tiers critical, default, batch",
        ),
    ] = "critical"


def fix(component: Workload, given: Given) -> Fix:  # noqa: ARG001  # a pod's class is its owner's
    return Fix(
        pod={"priorityClassName": decided(given, "critical-class", "the class of critical components")}
    )


@check(answers="critical-component-priority", route="kube+profile", version=2)
def critical_component_priority(
    component: Workload, workloads: Workloads, classes: PriorityClasses, limits: Critical
) -> Judgement:
    if not workloads.members(component.subject):
        return failed("it has no running pod", "the declared component, running")
    least = classes.find("", limits.critical)
    if least is None:
        return unknown(
            f"there is no class {limits.critical}",
            "name yours in limits.critical-component-priority.critical",
        )
    value, name = min(
        (classes.value_of(group.pod.spec), group.pod.spec.priority_class_name) for group in component.groups
    )
    says = f"priority {value} ({name or 'no class'})"
    if value < least.value:
        return failed(says, f"{least.value} ({limits.critical}) or higher")
    return passed(says)
