"""Every horizontal autoscaler of an eligible workload has at least 2 minReplicas and more maxReplicas.

Why: With one replica at rest, every restart is an outage; with the same number for both there is nothing to scale.

What proves it: ``spec.minReplicas`` (1 where unset) and ``spec.maxReplicas``.

What it does not prove: That quota and nodes leave room for the most.

How to fix: Set ``minReplicas: 2`` or more, and a greater ``maxReplicas``.

References: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Annotated,
    Autoscaler,
    Judgement,
    Limits,
    World,
    check,
    failed,
    limit,
    passed,
    patch,
    refuse,
    trap,
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

TRAPS = (
    trap(
        "the same number for both",
        FAIL,
        patch("HorizontalPodAutoscaler shop/web", {"spec": {"minReplicas": 6}}),
    ),
    trap(
        "one replica at rest", FAIL, patch("HorizontalPodAutoscaler shop/web", {"spec": {"minReplicas": 1}})
    ),
    trap("unset means one", FAIL, patch("HorizontalPodAutoscaler shop/web", {"spec": {"minReplicas": None}})),
    trap(
        "a range from two up", PASS, patch("HorizontalPodAutoscaler shop/web", {"spec": {"maxReplicas": 3}})
    ),
    trap("autoscalers cannot be listed", UNKNOWN, refuse("horizontalpodautoscalers")),
)


class Range(Limits, frozen=True):
    """How few replicas may be left."""

    least: Annotated[
        int, limit("replicas that are always there", unit="replicas", source="16.1: minReplicas >= 2", ge=0)
    ] = 2


@check(answers="autoscaler-range", via="horizontal-pod-autoscaler")
def autoscaler_range(autoscaler: Autoscaler, limits: Range) -> Judgement:
    spec = autoscaler.object.spec
    least = 1 if spec.min_replicas is None else spec.min_replicas
    says = f"{least} to {spec.max_replicas} replicas"
    if least < limits.least or spec.max_replicas <= least:
        return failed(
            says, f"at least {limits.least}, and more at most", at=("/spec/minReplicas", "/spec/maxReplicas")
        )
    return passed(says, at=("/spec/minReplicas", "/spec/maxReplicas"))
