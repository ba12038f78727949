"""At least 95% of application pods resolve to a declared priority class.

Why: Pods without a class are all equal, and the first to be pushed aside by any that has one.

What proves it: ``priorityClassName`` of each running pod, as admission resolved it (a global default counts), and that
class, which is not one of Kubernetes' own: applications have no place among those.

What it does not prove: That the class fits the application.

How to fix: Set ``priorityClassName`` in the pod template, or make one class the global default, and restart old pods.

References: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Judgement,
    PodGroup,
    PriorityClasses,
    World,
    check,
    failed,
    passed,
    patch,
    profile,
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
preemptionPolicy: PreemptLowerPriority
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, generation: 1}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "shop/web:1", resources: {requests: {cpu: 50m, memory: 64Mi}}}]}
status: {observedGeneration: 1, replicas: 2, readyReplicas: 2}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: web-5d
  namespace: shop
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: 7a, controller: true}]
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "shop/web:1"}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: web-5d-a
  namespace: shop
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d, uid: 8b, controller: true}]
spec: {priorityClassName: standard, priority: 1000, containers: [{name: main, image: "shop/web:1"}]}
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: web-5d-b
  namespace: shop
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d, uid: 8b, controller: true}]
spec: {priorityClassName: standard, priority: 1000, containers: [{name: main, image: "shop/web:1"}]}
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
""")

ONE = "Pod shop/web-5d-a"
TRAPS = (
    trap(
        "a pod older than the global default has none",
        FAIL,
        patch(ONE, {"spec": {"priorityClassName": None, "priority": 0}}),
        patch("PriorityClass standard", {"globalDefault": True}),
    ),
    trap(
        "an application among Kubernetes' own",
        FAIL,
        patch(ONE, {"spec": {"priorityClassName": "system-node-critical", "priority": 2000001000}}),
    ),
    trap("a class that is gone", FAIL, patch(ONE, {"spec": {"priorityClassName": "gold"}})),
    trap(
        "the profile asks for less",
        PASS,
        patch(ONE, {"spec": {"priorityClassName": None}}),
        profile({"limits": {"pod-priority": {"share": 0.5}}}),
    ),
    trap(
        "a pod that is done counts no more",
        PASS,
        patch(ONE, {"spec": {"priorityClassName": None}, "status": {"phase": "Succeeded"}}),
    ),
    trap("classes cannot be listed", UNKNOWN, refuse("priorityclasses")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)


@check(answers="pod-priority")
def pod_priority(pod: PodGroup, classes: PriorityClasses) -> Judgement:
    name = pod.pod.spec.priority_class_name
    at = "/spec/priorityClassName"
    expected = "a PriorityClass of one's own"
    if not name and pod.pod.status is None and any(row.global_default for row in classes.all()):
        return passed("the global default, once it is admitted")
    if not name:
        return failed("no priority class", expected)
    if name.startswith("system-"):
        return failed(f"{name}, which is for Kubernetes itself", expected, at=at)
    if classes.find("", name) is None:
        return failed(f"{name}, which does not exist", expected, at=at)
    return passed(name, at=at)
