"""Every eligible workload has exactly one horizontal autoscaler, or an opt-out with a reason.

Why: Without one, load is met by whoever is awake; with two, they fight.

What proves it: The HorizontalPodAutoscalers that name a workload as their target, KEDA's among them. Eligible is a
workload of applications that a Service sends traffic to, unless it is a singleton: one replica and no autoscaler.

What it does not prove: That it scales in time: item 16.5 asks that under load.

How to fix: Create a HorizontalPodAutoscaler and remove ``replicas`` from the manifest; or declare an opt-out for claim
horizontal-autoscaler, with the reason.

References: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
"""

from seatrial.kit import (
    FAIL,
    UNKNOWN,
    Autoscalers,
    Judgement,
    Profile,
    Services,
    Workload,
    World,
    add,
    check,
    failed,
    not_applicable,
    passed,
    patch,
    profile,
    refuse,
    remove,
    serve,
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
    trap("there is none", FAIL, remove("HorizontalPodAutoscaler shop/web")),
    trap(
        "two name the same target",
        FAIL,
        add("""
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: keda-hpa-web, namespace: shop}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 9}
"""),
    ),
    trap(
        "its target is misspelt",
        FAIL,
        patch("HorizontalPodAutoscaler shop/web", {"spec": {"scaleTargetRef": {"name": "wbe"}}}),
    ),
    trap(
        "it stands in another namespace",
        FAIL,
        remove("HorizontalPodAutoscaler shop/web"),
        add("""
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: cart}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 9}
"""),
    ),
    trap(
        "no Service sends it traffic",
        UNKNOWN,
        remove("HorizontalPodAutoscaler shop/web"),
        remove("Service shop/web"),
    ),
    trap(
        "a singleton",
        UNKNOWN,
        remove("HorizontalPodAutoscaler shop/web"),
        remove("Pod shop/web-5d-b"),
        patch("Deployment shop/web", {"spec": {"replicas": 1}}),
    ),
    trap(
        "a declared opt-out",
        UNKNOWN,
        remove("HorizontalPodAutoscaler shop/web"),
        profile(
            {
                "declares": {
                    "optOuts": [
                        {
                            "claim": "horizontal-autoscaler",
                            "kind": "Deployment",
                            "namespace": "shop",
                            "name": "web",
                            "owner": "shop",
                            "reason": "licensed for two",
                        }
                    ]
                }
            }
        ),
    ),
    trap(
        "Knative, which this version cannot judge, may scale it",
        UNKNOWN,
        remove("HorizontalPodAutoscaler shop/web"),
        serve("serving.knative.dev/v1", "services"),
    ),
    trap("autoscalers cannot be listed", UNKNOWN, refuse("horizontalpodautoscalers")),
    trap("services cannot be listed", UNKNOWN, refuse("services")),
    trap("deployments cannot be listed", UNKNOWN, refuse("deployments")),
)

SCALED = frozenset({"Deployment", "Rollout"})


@check(answers="horizontal-autoscaler", via="horizontal-pod-autoscaler")
def horizontal_autoscaler(
    workload: Workload, autoscalers: Autoscalers, services: Services, profile: Profile
) -> Judgement:
    owner = workload.subject
    if owner.kind not in SCALED or not services.selecting(owner.namespace, workload.labels):
        return not_applicable("no Service sends it traffic, or it is of another kind")
    opted_out = [
        row for row in profile.declares.opt_outs if row.claim == "horizontal-autoscaler" and row.names(owner)
    ]
    if opted_out:
        return not_applicable(f"declared: {opted_out[0].reason} ({opted_out[0].owner})")
    names = sorted(row.name for row in autoscalers.of_workload(owner))
    replicas = (
        workload.replicas
        if workload.replicas is not None
        else sum(len(group.pods) for group in workload.groups)
    )
    if not names and replicas < 2:
        return not_applicable("a singleton")
    if len(names) == 1:
        return passed(f"autoscaler {names[0]}")
    observed = f"{len(names)} autoscalers: {', '.join(names[:4])}" if names else "no autoscaler"
    return failed(observed, "exactly one, or an opt-out with a reason")
