"""At least 95% of application pods resolve to a declared priority class.

Why: Pods without a class are all equal, and the first to be pushed aside by any that has one.

What proves it: ``priorityClassName`` of each running pod, as admission resolved it (a global default counts), and that
class, which is not one of Kubernetes' own: applications have no place among those. The pod's priority is that of the class;
it is not where the class was made anew after the pod.

What it does not prove: That the class fits the application.

How to fix: Set ``priorityClassName`` in the pod template, or make one class the global default, and restart old pods.

References: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Fix,
    Given,
    Judgement,
    PodGroup,
    PriorityClasses,
    World,
    add,
    check,
    decided,
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
MORE = """
apiVersion: v1
kind: Pod
metadata: {name: more-%d, namespace: shop}
spec: {priorityClassName: standard, priority: 1000, containers: [{name: main, image: "shop/more:1"}]}
status: {phase: Running}
"""
CLASSLESS = patch(ONE, {"spec": {"priorityClassName": None, "priority": 0}})
TRAPS = (
    trap("a pod older than the global default has none", FAIL,
         CLASSLESS, patch("PriorityClass standard", {"globalDefault": True})),
    trap("a pod that the global default found", PASS, patch("PriorityClass standard", {"globalDefault": True})),
    trap("classes are there, and no pod uses them", FAIL,
         CLASSLESS, patch("Pod shop/web-5d-b", {"spec": {"priorityClassName": None, "priority": 0}})),
    trap("an application among Kubernetes' own", FAIL,
         patch(ONE, {"spec": {"priorityClassName": "system-node-critical", "priority": 2000001000}})),
    trap("a class that is gone", FAIL, patch(ONE, {"spec": {"priorityClassName": "gold"}})),
    trap("a class that was made anew, and the pod is older", FAIL, patch(ONE, {"spec": {"priority": 0}})),
    trap("the profile asks for less", PASS, CLASSLESS, profile({"limits": {"pod-priority": {"share": 0.5}}})),
    trap("one pod of twenty-two is within the share", PASS, CLASSLESS, *(add(MORE % at) for at in range(20))),
    trap("two pods of twenty-two are not", FAIL, CLASSLESS,
         patch("Pod shop/web-5d-b", {"spec": {"priorityClassName": None, "priority": 0}}), *(add(MORE % at) for at in range(20))),
    trap("a pod that is done counts no more", PASS, CLASSLESS, patch(ONE, {"status": {"phase": "Succeeded"}})),
    trap("a pod of the platform is not an application's", PASS, add("""
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: kube-system}
spec: {containers: [{name: agent, image: "agent/agent:1.0"}]}
status: {phase: Running}
""")),
    trap("classes cannot be listed", UNKNOWN, refuse("priorityclasses")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


def fix(pod: PodGroup, given: Given) -> Fix:  # noqa: ARG001  # a pod's class is its owner's
    return Fix(
        pod={"priorityClassName": decided(given, "priority-class", "which of your PriorityClasses it has")}
    )


@check(answers="pod-priority", version=2)
def pod_priority(pod: PodGroup, classes: PriorityClasses) -> Judgement:
    spec = pod.pod.spec
    name = spec.priority_class_name
    at = "/spec/priorityClassName"
    expected = "a PriorityClass of one's own"
    if not name and pod.pod.status is None and any(row.global_default for row in classes.all()):
        return passed("the global default, once it is admitted")
    if not name:
        return failed(f"no priority class (priority {spec.priority or 0})", expected, at="/spec")
    if name.startswith("system-"):
        return failed(f"{name}, which is for Kubernetes itself", expected, at=at)
    found = classes.find("", name)
    if found is None:
        return failed(f"{name}, which does not exist", expected, at=at)
    if spec.priority is not None and spec.priority != found.value:
        observed = f"priority {spec.priority}, and {name} has {found.value}: the pod is older than the class"
        return failed(observed, f"priority {found.value}", at="/spec/priority")
    return passed(name, at=at)
