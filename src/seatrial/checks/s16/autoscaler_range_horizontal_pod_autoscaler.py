"""Every horizontal autoscaler of an eligible workload has at least 2 minReplicas and more maxReplicas.

Why: With one replica at rest, every restart is an outage; with the same number for both there is nothing to scale.

What proves it: ``spec.minReplicas`` (1 where unset) and ``spec.maxReplicas``, of the autoscalers whose target is asked for
one (claim horizontal-autoscaler). A target that is at zero replicas on purpose is not asked.

What it does not prove: That quota and nodes leave room for the most.

How to fix: Set ``minReplicas: 2`` or more, and a greater ``maxReplicas``.

References: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Annotated,
    Autoscaler,
    Change,
    Judgement,
    Limits,
    Scaling,
    World,
    check,
    failed,
    limit,
    not_applicable,
    passed,
    patch,
    profile,
    refuse,
    remove,
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
spec: {containers: [{name: main, image: "shop/web:1", resources: {requests: {cpu: 50m, memory: 64Mi}}}]}
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: web-5d-b
  namespace: shop
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d, uid: 8b, controller: true}]
spec: {containers: [{name: main, image: "shop/web:1", resources: {requests: {cpu: 50m, memory: 64Mi}}}]}
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

HPA = "HorizontalPodAutoscaler shop/web"


def size(**fields: object) -> Change:
    return patch(HPA, {"spec": fields})


AT_ZERO = patch(
    HPA,
    {
        "spec": {"minReplicas": 1},
        "status": {
            "currentReplicas": 0,
            "conditions": [
                {
                    "type": "ScalingActive",
                    "status": "False",
                    "reason": "ScalingDisabled",
                    "lastTransitionTime": "2026-01-01T00:00:00Z",
                }
            ],
        },
    },
)
TRAPS = (
    trap("the same number for both", FAIL, size(minReplicas=6)),
    trap("one replica at rest", FAIL, size(minReplicas=1)),
    trap("unset means one", FAIL, size(minReplicas=None)),
    trap("a range from two up", PASS, size(maxReplicas=3)),
    trap("the profile asks for three at rest", FAIL,
         profile({"limits": {"autoscaler-range": {"least": 3}}})),
    trap("scaled to zero on purpose", NOT_APPLICABLE,
         patch("Deployment shop/web", {"spec": {"replicas": 0}}), AT_ZERO),
    trap("a worker that no Service sends traffic may have one replica", NOT_APPLICABLE,
         size(minReplicas=1), remove("Service shop/web")),
    trap("its target is opted out", NOT_APPLICABLE, size(minReplicas=1),
         profile({"declares": {"optOuts": [{"claim": "horizontal-autoscaler", "kind": "Deployment", "namespace": "shop", "name": "web", "owner": "shop", "reason": "licensed for one"}]}})),
    trap("its target does not exist, and its range is judged all the same", FAIL,
         size(minReplicas=1), remove("Deployment shop/web")),
    trap("autoscalers cannot be listed", UNKNOWN, refuse("horizontalpodautoscalers")),
    trap("services cannot be listed", UNKNOWN, refuse("services")),
)  # fmt: skip


class Range(Limits, frozen=True):
    """How few replicas may be left."""

    least: Annotated[
        int, limit("replicas that are always there", unit="replicas", source="16.1: minReplicas >= 2", ge=0)
    ] = 2


@check(answers="autoscaler-range", via="horizontal-pod-autoscaler", version=2)
def autoscaler_range(autoscaler: Autoscaler, scaling: Scaling, limits: Range) -> Judgement:
    spec, status = autoscaler.object.spec, autoscaler.object.status
    target = scaling.target(autoscaler.object)
    if target is not None and (why := scaling.unasked(target)):
        return not_applicable(why)
    if status is not None and any(row.reason == "ScalingDisabled" for row in status.conditions):
        return not_applicable("scaled to zero")
    least = 1 if spec.min_replicas is None else spec.min_replicas
    says = f"{least} to {spec.max_replicas} replicas"
    at = ("/spec/minReplicas", "/spec/maxReplicas")
    if least < limits.least or spec.max_replicas <= least:
        return failed(says, f"at least {limits.least}, and more at most", at=at)
    return passed(says, at=at)
