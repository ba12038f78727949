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
    Judgement,
    Limits,
    PriorityClasses,
    Workload,
    Workloads,
    World,
    check,
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

ONE = "Pod infra/ingress-5d-a"
TRAPS = (
    trap(
        "one of its pods is older than the class",
        FAIL,
        patch(ONE, {"spec": {"priorityClassName": None, "priority": 0}}),
    ),
    trap(
        "it runs at the standard priority",
        FAIL,
        patch(ONE, {"spec": {"priorityClassName": "standard", "priority": 1000}}),
    ),
    trap(
        "a class of Kubernetes itself is higher",
        PASS,
        patch(ONE, {"spec": {"priorityClassName": "system-cluster-critical", "priority": 2000000000}}),
    ),
    trap(
        "the declared component is not there",
        FAIL,
        profile(
            {
                "declares": {
                    "criticalComponents": [
                        {
                            "kind": "Deployment",
                            "namespace": "infra",
                            "name": "gateway",
                            "owner": "platform",
                            "reason": "traffic",
                        }
                    ]
                }
            }
        ),
    ),
    trap("there is no critical class to compare with", UNKNOWN, remove("PriorityClass critical")),
    trap(
        "the profile names the critical class",
        PASS,
        profile({"limits": {"critical-component-priority": {"critical": "standard"}}}),
        patch(ONE, {"spec": {"priorityClassName": "standard", "priority": 1000}}),
    ),
    trap("nothing is declared critical", UNKNOWN, profile({"declares": None})),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
    trap("classes cannot be listed", UNKNOWN, refuse("priorityclasses")),
)


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


@check(answers="critical-component-priority", route="kube+profile")
def critical_component_priority(
    component: Workload, workloads: Workloads, classes: PriorityClasses, limits: Critical
) -> Judgement:
    groups = [group for group in workloads.all(component.namespace) if group.owner == component.subject]
    if not groups:
        return failed("it has no running pod", "the declared component, running")
    least = classes.find("", limits.critical)
    if least is None:
        return unknown(
            f"there is no class {limits.critical}",
            "name yours in limits.critical-component-priority.critical",
        )
    lowest = min(groups, key=lambda group: group.pod.spec.priority or 0).pod.spec
    says = f"priority {lowest.priority or 0} ({lowest.priority_class_name or 'no class'})"
    if (lowest.priority or 0) < least.value:
        return failed(says, f"{least.value} ({limits.critical}) or higher")
    return passed(says)
