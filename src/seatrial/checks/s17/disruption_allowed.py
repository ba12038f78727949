"""Every PodDisruptionBudget of a replicated workload allows at least 1 disruption when all its pods are healthy.

Why: A budget that allows none stops every drain, and with it every upgrade of a node.

What proves it: The controller's count of allowed disruptions; and the budget's own arithmetic with every pod healthy, for
the pods that its workload wants (not those that a rollout adds) and for the fewest that an autoscaler may leave. Where the
image's name is that of a database that lives by its majority, a budget that lets more than a minority go is a question.
Pods that an operator keeps by its own budget are the operator's to move.

What it does not prove: Whether it allowed any in the past days: with pods unhealthy now, that needs a history.

How to fix: ``maxUnavailable: 1``, or a ``minAvailable`` below the number of replicas.

References: https://kubernetes.io/docs/concepts/workloads/pods/disruptions/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Autoscalers,
    Change,
    DisruptionBudget,
    DisruptionBudgets,
    Fix,
    Given,
    Judgement,
    World,
    add,
    check,
    failed,
    not_applicable,
    passed,
    patch,
    refuse,
    remove,
    seen,
    trap,
    unknown,
)
from seatrial.semantics import disruption

GOOD = World("""
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
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop, generation: 1}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
status: {observedGeneration: 1, expectedPods: 2, currentHealthy: 2, desiredHealthy: 1, disruptionsAllowed: 1, conditions: [{type: DisruptionAllowed, status: "True", reason: SufficientPods, message: "", lastTransitionTime: "2026-01-01T00:00:00Z", observedGeneration: 1}]}
""")

BUDGET = "PodDisruptionBudget shop/web"
MORE = """
apiVersion: v1
kind: Pod
metadata:
  name: %s
  namespace: shop
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d, uid: 8b, controller: true}]
spec: {priorityClassName: standard, priority: 1000, containers: [{name: main, image: "shop/web:1"}]}
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
"""
SCALER = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: %d, maxReplicas: 4}
"""
OWNED = """
---
apiVersion: v1
kind: Pod
metadata:
  name: db-%s
  namespace: shop
  labels: {app: db, role: %s}
  ownerReferences: [{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, name: db, uid: 9d, controller: true}]
spec: {containers: [{name: main, image: "shop/db:1"}]}
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
"""
PRIMARY = """
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: db-primary, namespace: shop, generation: 1, ownerReferences: %s}
spec: {minAvailable: 1, selector: {matchLabels: {role: primary}}}
status: {observedGeneration: 1, expectedPods: 1, currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0}
"""
BY_OPERATOR = "[{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, name: db, uid: 9d, controller: true}]"
DATABASE = "".join(OWNED % (role, role) for role in ("primary", "replica"))
FAILED = {"type": "DisruptionAllowed", "status": "False", "reason": "SyncFailed", "message": "no scale", "lastTransitionTime": "2026-01-01T00:00:00Z"}  # fmt: skip


def spec(*, allows: int = 0, **fields: object) -> Change:
    """Another ``minAvailable`` or ``maxUnavailable``, and how many disruptions its controller then allows."""
    return patch(
        BUDGET, {"spec": {"maxUnavailable": None, **fields}, "status": {"disruptionsAllowed": allows}}
    )


def replicas(count: int, image: str = "shop/web:1") -> tuple[Change, ...]:
    """That many replicas of an image, all healthy."""
    names = [f"web-5d-{letter}" for letter in "abcdefg"[:count]]
    main = {"spec": {"containers": [{"name": "main", "image": image}]}}
    return (
        *(add(MORE % name) for name in names[2:]),
        *(patch(f"Pod shop/{name}", main) for name in names),
        patch("Deployment shop/web", {"spec": {"replicas": count, "template": main}}),
        patch(BUDGET, {"status": {"expectedPods": count, "currentHealthy": count}}),
    )


TRAPS = (
    trap("maxUnavailable 0", FAIL, spec(maxUnavailable=0)),
    trap("maxUnavailable 0%", FAIL, spec(maxUnavailable="0%")),
    trap("minAvailable 100%", FAIL, spec(minAvailable="100%")),
    trap("minAvailable as many as there are", FAIL, spec(minAvailable=2)),
    trap("minAvailable more than there are", FAIL, spec(minAvailable=5)),
    trap("a percentage that rounds up to all", FAIL, spec(minAvailable="51%")),
    trap("half of two leaves one", PASS, spec(minAvailable="50%", allows=1)),
    trap("a small percentage rounds up to one", PASS, spec(maxUnavailable="1%", allows=1)),
    trap("minAvailable as many as are wanted, and a pod more while it rolls out", FAIL,
         spec(minAvailable=2, allows=1), add(MORE % "web-5d-c"),
         patch(BUDGET, {"status": {"expectedPods": 3, "currentHealthy": 3, "desiredHealthy": 2}})),
    trap("minAvailable as many as are wanted, and one of them is not there", FAIL,
         spec(minAvailable=2), remove("Pod shop/web-5d-b")),
    trap("enough now, but not when the autoscaler leaves the fewest", FAIL, spec(minAvailable=1, allows=1), add(SCALER % 1)),
    trap("enough, even when the autoscaler leaves the fewest", PASS, spec(minAvailable=1, allows=1), add(SCALER % 2)),
    trap("the controller cannot work it out", FAIL,
         patch(BUDGET, {"status": {"disruptionsAllowed": 0, "conditions": [FAILED]}})),
    trap("none allowed while a pod is unhealthy", UNKNOWN,
         patch(BUDGET, {"status": {"disruptionsAllowed": 0, "currentHealthy": 1}})),
    trap("one allowed although a pod is unhealthy", PASS, *replicas(3), spec(maxUnavailable=2, allows=1),
         patch(BUDGET, {"status": {"currentHealthy": 2}})),
    trap("a crash-looping pod blocks the drain by default", PASS, note="AlwaysAllow"),
    trap("unhealthy pods may always go", PASS,
         patch(BUDGET, {"spec": {"unhealthyPodEvictionPolicy": "AlwaysAllow"}})),
    trap("two of three may go, and the image is of one that lives by its majority", UNKNOWN,
         *replicas(3, "registry.example/etcd:3.6"), spec(maxUnavailable=2, allows=2)),
    trap("one of three may go, and the majority stays", PASS, *replicas(3, "registry.example/etcd:3.6")),
    trap("two of three may go, and any one can do the work", PASS, *replicas(3), spec(maxUnavailable=2, allows=2)),
    trap("a workload of one replica is not asked", NOT_APPLICABLE, remove("Pod shop/web-5d-b"),
         patch("Deployment shop/web", {"spec": {"replicas": 1}}), patch(BUDGET, {"status": {"expectedPods": 1}})),
    trap("a workload of one replica is not asked while it rolls out", NOT_APPLICABLE, spec(minAvailable=2),
         patch("Deployment shop/web", {"spec": {"replicas": 1}})),
    trap("a workload scaled to zero is not asked", NOT_APPLICABLE, spec(maxUnavailable=0),
         patch("Deployment shop/web", {"spec": {"replicas": 0}}), remove("Pod shop/web-5d-a"), remove("Pod shop/web-5d-b")),
    trap("an operator keeps its primary by its own budget", PASS, add(DATABASE + PRIMARY % BY_OPERATOR)),
    trap("a budget like an operator's that it did not make", FAIL, add(DATABASE + PRIMARY % "[]")),
    trap("the controller has not seen its newest spec", UNKNOWN, patch(BUDGET, {"metadata": {"generation": 2}})),
    trap("budgets cannot be listed", UNKNOWN, refuse("poddisruptionbudgets")),
    trap("autoscalers cannot be listed", UNKNOWN, refuse("horizontalpodautoscalers")),
    trap("deployments cannot be listed", UNKNOWN, refuse("deployments")),
)  # fmt: skip

QUORUM = frozenset({"etcd", "zookeeper", "kafka", "rabbitmq", "mongo", "mongodb", "cockroach", "cockroachdb"})
"""What lives by the majority of its members; an image's name may raise the question, and decides nothing."""


def fix(budget: DisruptionBudget, given: Given) -> Fix:  # noqa: ARG001  # there is one right value
    spec = budget.object.spec
    gone = {"minAvailable": None} if spec.min_available is not None else {}
    return Fix(
        object={"spec": {**gone, "maxUnavailable": 1}}, note="at most one pod of it is moved at a time"
    )


@check(answers="disruption-allowed", version=2)
def disruption_allowed(
    budget: DisruptionBudget, budgets: DisruptionBudgets, autoscalers: Autoscalers
) -> Judgement:
    found = budget.object
    asked = [row for row in budgets.workloads_of(found) if not budgets.unasked(row)]
    if not asked:
        return not_applicable("no workload that needs a budget")
    expected = "at least 1 disruption allowed when all pods are healthy"
    total = budgets.expected(found)
    fewest = {least for row in asked if (least := autoscalers.least(row.subject))}
    try:
        may_go = disruption.allowed(found.spec, total)
        if may_go < 1 and budgets.is_operators(found):
            return not_applicable(f"made by {asked[0].subject}, which moves these pods itself")
        for size in sorted(fewest if fewest and total < 2 else fewest | {total}):
            if disruption.allowed(found.spec, size) < 1:
                return failed(f"allows no disruption of {size} healthy pods", expected, at="/spec")
    except disruption.Malformed as error:
        return failed(str(error), expected, at="/spec")
    status = seen(found.status, "the status of PodDisruptionBudgets")
    if status.observed_generation < found.metadata.generation:
        return unknown(
            "the controller has not seen its newest spec", "wait for the controller, then run again"
        )
    if any(row.reason == "SyncFailed" for row in status.conditions):
        return failed("the controller cannot work it out (SyncFailed)", expected, at="/status/conditions")
    if status.disruptions_allowed < 1:
        healthy = f"{status.current_healthy} of {status.expected_pods} pods are healthy"
        return unknown(f"none is allowed now; {healthy}", "run again when all pods are healthy")
    if total > 2 and may_go > (total - 1) // 2 and (hints := QUORUM & budgets.database_hints(found)):
        why = (
            f"{may_go} of {total} pods may go, and the image looks like {min(hints)}, which needs a majority"
        )
        return unknown(why, "let the budget keep a majority: maxUnavailable 1")
    blocks = found.spec.unhealthy_pod_eviction_policy != "AlwaysAllow"
    note = (
        "unhealthyPodEvictionPolicy is not AlwaysAllow: pods that crash may block a drain" if blocks else ""
    )
    return passed(f"allows {status.disruptions_allowed}", at="/status/disruptionsAllowed", note=note)
