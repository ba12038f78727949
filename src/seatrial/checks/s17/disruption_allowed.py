"""Every PodDisruptionBudget of a replicated workload allows at least 1 disruption when all its pods are healthy.

Why: A budget that allows none stops every drain, and with it every upgrade of a node.

What proves it: The controller's count of allowed disruptions; and the budget's own arithmetic with every pod healthy, for
the pods it expects and for the fewest that an autoscaler may leave.

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
    DisruptionBudget,
    DisruptionBudgets,
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
NONE = {"status": {"disruptionsAllowed": 0, "desiredHealthy": 2}}


def spec(**fields: object) -> dict[str, object]:
    return {"spec": {"maxUnavailable": None, **fields}, **NONE}


TRAPS = (
    trap("maxUnavailable 0", FAIL, patch(BUDGET, spec(maxUnavailable=0))),
    trap("maxUnavailable 0%", FAIL, patch(BUDGET, spec(maxUnavailable="0%"))),
    trap("minAvailable 100%", FAIL, patch(BUDGET, spec(minAvailable="100%"))),
    trap("minAvailable as many as there are", FAIL, patch(BUDGET, spec(minAvailable=2))),
    trap("a percentage that rounds up to all", FAIL, patch(BUDGET, spec(minAvailable="51%"))),
    trap(
        "a small percentage rounds up to one",
        PASS,
        patch(BUDGET, {"spec": {"maxUnavailable": "1%"}, "status": {"disruptionsAllowed": 1}}),
    ),
    trap(
        "enough now, but not when the autoscaler leaves the fewest",
        FAIL,
        patch(BUDGET, {"spec": {"maxUnavailable": None, "minAvailable": 1}}),
        add("""
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 1, maxReplicas: 4}
"""),
    ),
    trap(
        "the controller cannot work it out",
        FAIL,
        patch(
            BUDGET,
            {
                "status": {
                    "disruptionsAllowed": 0,
                    "conditions": [
                        {
                            "type": "DisruptionAllowed",
                            "status": "False",
                            "reason": "SyncFailed",
                            "message": "no scale",
                            "lastTransitionTime": "2026-01-01T00:00:00Z",
                        }
                    ],
                }
            },
        ),
    ),
    trap(
        "none allowed while a pod is unhealthy",
        UNKNOWN,
        patch(BUDGET, {"status": {"disruptionsAllowed": 0, "currentHealthy": 1}}),
    ),
    trap("a crash-looping pod blocks the drain by default", PASS, patch(BUDGET, {}), note="AlwaysAllow"),
    trap(
        "unhealthy pods may always go",
        PASS,
        patch(BUDGET, {"spec": {"unhealthyPodEvictionPolicy": "AlwaysAllow"}}),
    ),
    trap(
        "a budget of one pod is not asked",
        NOT_APPLICABLE,
        remove("Pod shop/web-5d-b"),
        patch(BUDGET, {"status": {"expectedPods": 1}}),
    ),
    trap(
        "the controller has not seen its newest spec",
        UNKNOWN,
        patch("PodDisruptionBudget shop/web", {"metadata": {"generation": 2}}),
    ),
    trap("budgets cannot be listed", UNKNOWN, refuse("poddisruptionbudgets")),
    trap("autoscalers cannot be listed", UNKNOWN, refuse("horizontalpodautoscalers")),
)


@check(answers="disruption-allowed")
def disruption_allowed(
    budget: DisruptionBudget, budgets: DisruptionBudgets, autoscalers: Autoscalers
) -> Judgement:
    found = budget.object
    groups = budgets.pods_of(found)
    pods = sum(len(group.pods) for group in groups)
    if pods < 2:
        return not_applicable("no workload of 2 pods or more")
    expected = "at least 1 disruption allowed when all pods are healthy"
    try:
        fewest = [least for owner in {group.owner for group in groups} if (least := autoscalers.least(owner))]
        for total, when in [
            (pods, f"{pods} healthy pods"),
            *((least, f"the autoscaler's {least}") for least in fewest),
        ]:
            if disruption.allowed(found.spec, total) < 1:
                return failed(f"allows no disruption of {when}", expected, at="/spec")
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
    blocks = found.spec.unhealthy_pod_eviction_policy != "AlwaysAllow"
    note = (
        "unhealthyPodEvictionPolicy is not AlwaysAllow: pods that crash may block a drain" if blocks else ""
    )
    return passed(f"allows {status.disruptions_allowed}", at="/status/disruptionsAllowed", note=note)
