"""Every eligible workload has exactly one horizontal autoscaler, or an opt-out with a reason.

Why: Without one, load is met by whoever is awake; with two, they fight.

What proves it: The HorizontalPodAutoscalers that name a workload as their target, by group and kind, KEDA's among them.
Eligible are Deployments and Rollouts of applications that a Service sends traffic to, unless they are singletons (one
replica and no autoscaler), and whatever else behind a Service has one.

What it does not prove: That it scales in time: item 16.5 asks that under load.

How to fix: Create a HorizontalPodAutoscaler and remove ``replicas`` from the manifest; or declare an opt-out for claim
horizontal-autoscaler, with the reason.

References: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Autoscalers,
    Judgement,
    Scaling,
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
SECOND = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: %s, namespace: %s}
spec: {scaleTargetRef: {apiVersion: %s, kind: %s, name: %s}, minReplicas: 2, maxReplicas: 9}
"""
SET = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: cache, namespace: shop}
spec:
  replicas: 2
  serviceName: cache
  selector: {matchLabels: {app: web, part: cache}}
  template:
    metadata: {labels: {app: web, part: cache}}
    spec: {containers: [{name: main, image: "shop/cache:1"}]}
"""
ROLLOUT = (
    "".join(
        f"""
---
apiVersion: v1
kind: Pod
metadata:
  name: api-{name}
  namespace: shop
  labels: {{app: web, rollouts-pod-template-hash: 6f}}
  ownerReferences: [{{apiVersion: apps/v1, kind: ReplicaSet, name: api-6f, uid: 9c, controller: true}}]
spec: {{containers: [{{name: main, image: "shop/api:1"}}]}}
status: {{phase: Running}}
"""
        for name in "ab"
    )
    + """
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: api-6f
  namespace: shop
  ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: api, uid: 9d, controller: true}]
spec:
  replicas: 2
  selector: {matchLabels: {app: web, rollouts-pod-template-hash: 6f}}
  template:
    metadata: {labels: {app: web, rollouts-pod-template-hash: 6f}}
    spec: {containers: [{name: main, image: "shop/api:1"}]}
"""
)
NONE = remove(HPA)
SINGLE = (remove("Pod shop/web-5d-b"), patch("Deployment shop/web", {"spec": {"replicas": 1}}))
TRAPS = (
    trap("there is none", FAIL, NONE),
    trap("two name the same target", FAIL, add(SECOND % ("keda-hpa-web", "shop", "apps/v1", "Deployment", "web"))),
    trap("two name the same target by another version", FAIL,
         add(SECOND % ("old", "shop", "apps/v1beta1", "Deployment", "web"))),
    trap("two name the same StatefulSet", FAIL, add(SET),
         add(SECOND % ("one", "shop", "apps/v1", "StatefulSet", "cache")),
         add(SECOND % ("two", "shop", "apps/v1", "StatefulSet", "cache"))),
    trap("the only one is KEDA's", PASS, NONE, add(SECOND % ("keda-hpa-web", "shop", "apps/v1", "Deployment", "web"))),
    trap("its target is misspelt", FAIL, patch(HPA, {"spec": {"scaleTargetRef": {"name": "wbe"}}})),
    trap("its target is a Deployment of another group, which its controller does not find", FAIL,
         patch(HPA, {"spec": {"scaleTargetRef": {"apiVersion": "apps.example/v1"}}})),
    trap("its target is a set of that name", FAIL, patch(HPA, {"spec": {"scaleTargetRef": {"kind": "StatefulSet"}}})),
    trap("it stands in another namespace", FAIL, NONE, add(SECOND % ("web", "cart", "apps/v1", "Deployment", "web"))),
    trap("a Rollout without one", FAIL, add(ROLLOUT)),
    trap("a Rollout with one", PASS, add(ROLLOUT), add(SECOND % ("api", "shop", "argoproj.io/v1alpha1", "Rollout", "api"))),
    trap("a StatefulSet is not asked unless it has one", PASS, add(SET)),
    trap("no Service sends it traffic", UNKNOWN, NONE, remove("Service shop/web")),
    trap("the Service of another namespace sends it none", UNKNOWN, NONE, remove("Service shop/web"), add("""
apiVersion: v1
kind: Service
metadata: {name: web, namespace: cart}
spec: {selector: {app: web}, ports: [{port: 80}]}
""")),
    trap("a Service without a selector sends it none", UNKNOWN, NONE, patch("Service shop/web", {"spec": {"selector": None}})),
    trap("a singleton", UNKNOWN, NONE, *SINGLE),
    trap("a singleton with two of them", FAIL, *SINGLE, add(SECOND % ("more", "shop", "apps/v1", "Deployment", "web"))),
    trap("a declared opt-out", UNKNOWN, NONE,
         profile({"declares": {"optOuts": [{"claim": "horizontal-autoscaler", "kind": "Deployment", "namespace": "shop", "name": "web", "owner": "shop", "reason": "licensed for two"}]}})),
    trap("an opt-out from another claim", FAIL, NONE,
         profile({"declares": {"optOuts": [{"claim": "disruption-budget", "kind": "Deployment", "namespace": "shop", "name": "web", "owner": "shop", "reason": "may be down"}]}})),
    trap("Knative, which this version cannot judge, may scale it", UNKNOWN, NONE,
         serve("serving.knative.dev/v1", "services")),
    trap("autoscalers cannot be listed", UNKNOWN, refuse("horizontalpodautoscalers")),
    trap("services cannot be listed", UNKNOWN, refuse("services")),
    trap("deployments cannot be listed", UNKNOWN, refuse("deployments")),
)  # fmt: skip


@check(answers="horizontal-autoscaler", via="horizontal-pod-autoscaler", version=2)
def horizontal_autoscaler(workload: Workload, autoscalers: Autoscalers, scaling: Scaling) -> Judgement:
    if why := scaling.unasked(workload):
        return not_applicable(why)
    names = sorted(row.name for row in autoscalers.of_workload(workload.subject))
    if len(names) == 1:
        return passed(f"autoscaler {names[0]}")
    observed = f"{len(names)} autoscalers: {', '.join(names[:4])}" if names else "no autoscaler"
    return failed(observed, "exactly one, or an opt-out with a reason")
