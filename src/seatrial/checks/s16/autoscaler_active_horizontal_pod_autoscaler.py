"""Every horizontal autoscaler of an eligible workload has AbleToScale and ScalingActive true.

Why: An autoscaler that gets no metric looks like one until the load comes.

What proves it: The conditions that its controller wrote: AbleToScale and ScalingActive. A target that does not exist, and a
metric that cannot be read, show there.

What it does not prove: That the metric says anything about load.

How to fix: ``kubectl describe hpa`` names the cause: often metrics-server is missing, or containers have no requests.

References: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Autoscaler,
    Judgement,
    World,
    check,
    failed,
    not_applicable,
    passed,
    patch,
    refuse,
    seen,
    trap,
    unknown,
)

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
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 6
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]
status:
  currentReplicas: 2
  desiredReplicas: 2
  currentMetrics: [{type: Resource, resource: {name: cpu, current: {averageUtilization: 40, averageValue: 20m}}}]
  conditions:
  - {type: AbleToScale, status: "True", reason: ReadyForNewScale, lastTransitionTime: "2026-01-01T00:00:00Z"}
  - {type: ScalingActive, status: "True", reason: ValidMetricFound, lastTransitionTime: "2026-01-01T00:00:00Z"}
""")


def conditions(able: str, active: str, reason: str) -> dict[str, object]:
    at = "2026-01-01T00:00:00Z"
    return {
        "status": {
            "conditions": [
                {"type": "AbleToScale", "status": able, "reason": reason, "lastTransitionTime": at},
                {"type": "ScalingActive", "status": active, "reason": reason, "lastTransitionTime": at},
            ]
        }
    }


TRAPS = (
    trap(
        "no metric can be read",
        FAIL,
        patch("HorizontalPodAutoscaler shop/web", conditions("True", "False", "FailedGetResourceMetric")),
    ),
    trap(
        "its target does not exist",
        FAIL,
        patch("HorizontalPodAutoscaler shop/web", conditions("False", "False", "FailedGetScale")),
    ),
    trap(
        "the controller does not know",
        UNKNOWN,
        patch("HorizontalPodAutoscaler shop/web", conditions("True", "Unknown", "")),
    ),
    trap(
        "its controller never looked at it",
        UNKNOWN,
        patch("HorizontalPodAutoscaler shop/web", {"status": {"conditions": None}}),
    ),
    trap(
        "the controller has not seen its newest spec",
        UNKNOWN,
        patch(
            "HorizontalPodAutoscaler shop/web",
            {"metadata": {"generation": 3}, "status": {"observedGeneration": 2}},
        ),
    ),
    trap(
        "scaled to zero on purpose",
        NOT_APPLICABLE,
        patch("HorizontalPodAutoscaler shop/web", conditions("True", "False", "ScalingDisabled")),
    ),
    trap(
        "at its most now",
        PASS,
        patch(
            "HorizontalPodAutoscaler shop/web",
            {
                "status": {
                    "conditions": [
                        {
                            "type": "AbleToScale",
                            "status": "True",
                            "reason": "ReadyForNewScale",
                            "lastTransitionTime": "2026-01-01T00:00:00Z",
                        },
                        {
                            "type": "ScalingActive",
                            "status": "True",
                            "reason": "ValidMetricFound",
                            "lastTransitionTime": "2026-01-01T00:00:00Z",
                        },
                        {
                            "type": "ScalingLimited",
                            "status": "True",
                            "reason": "TooManyReplicas",
                            "lastTransitionTime": "2026-01-01T00:00:00Z",
                        },
                    ]
                }
            },
        ),
        note="most",
    ),
    trap("autoscalers cannot be listed", UNKNOWN, refuse("horizontalpodautoscalers")),
)


@check(answers="autoscaler-active", via="horizontal-pod-autoscaler")
def autoscaler_active(autoscaler: Autoscaler) -> Judgement:
    found = autoscaler.object
    status = seen(found.status, "the status of HorizontalPodAutoscalers")
    if status.observed_generation and status.observed_generation < found.metadata.generation:
        return unknown(
            "the controller has not seen its newest spec", "wait for the controller, then run again"
        )
    by_type = {row.type: row for row in status.conditions}
    wanted = [by_type.get(name) for name in ("AbleToScale", "ScalingActive")]
    at = "/status/conditions"
    if any(row is not None and row.reason == "ScalingDisabled" for row in wanted):
        return not_applicable("scaled to zero")
    bad = [row for row in wanted if row is not None and row.status == "False"]
    if bad:
        says = ", ".join(f"{row.type} is False ({row.reason})" for row in bad)
        return failed(says, "AbleToScale and ScalingActive True", at=at)
    if any(row is None or row.status != "True" for row in wanted):
        return unknown("its conditions are not all written", "see that kube-controller-manager runs", at=at)
    limited = by_type.get("ScalingLimited")
    at_most = limited is not None and limited.status == "True" and limited.reason == "TooManyReplicas"
    note = "at its most replicas now" if at_most else ""
    return passed("AbleToScale and ScalingActive", at=at, note=note)
