"""Every horizontal autoscaler of an eligible workload has AbleToScale and ScalingActive true.

Why: An autoscaler that gets no metric looks like one until the load comes.

What proves it: The conditions that its controller wrote, AbleToScale and ScalingActive, and a value for each metric in its
status. ScalingActive stays True while one of several metrics can be read, so the others are looked at too: utilization
needs a request in every container. Where the API that gives the metrics does not answer now, what the status says may
be old. A target at zero replicas (ScalingDisabled) is not asked.

What it does not prove: That the metric says anything about load, or that the most replicas find room in quota and nodes.

How to fix: ``kubectl describe hpa`` names the cause: often metrics-server is missing, or containers have no requests.

References: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Autoscaler,
    Change,
    Judgement,
    MetricsAPIs,
    Scaling,
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
    seen,
    trap,
    unknown,
)
from seatrial.semantics.autoscaling import without_request

GOOD = World(
    """
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
""",
    serves=(("metrics.k8s.io/v1beta1", ("pods",)),),
)

HPA = "HorizontalPodAutoscaler shop/web"


def conditions(**says: str) -> Change:
    """Conditions by type, each ``STATUS REASON``."""
    at = "2026-01-01T00:00:00Z"
    rows = []
    for type, row in says.items():
        status, _, reason = row.partition(" ")
        rows.append({"type": type, "status": status, "reason": reason, "lastTransitionTime": at})
    return patch(HPA, {"status": {"conditions": rows}})


def metrics(*rows: object) -> Change:
    return patch(HPA, {"spec": {"metrics": list(rows)}})


def requests(*pods: str, amounts: object) -> tuple[Change, ...]:
    """Other requests for the container of these pods."""
    spec = {"containers": [{"name": "main", "resources": {"requests": amounts}}]}
    return tuple(patch(f"Pod shop/{name}", {"spec": spec}) for name in pods)


USED = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
CPU = {"type": "Resource", "resource": USED}
MEMORY = {
    "type": "Resource",
    "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}},
}
QUEUE = {
    "type": "External",
    "external": {"metric": {"name": "queue"}, "target": {"type": "AverageValue", "averageValue": "9"}},
}
READ = {
    "type": "Resource",
    "resource": {"name": "cpu", "current": {"averageUtilization": 40, "averageValue": "20m"}},
}
TRAPS = (
    trap("no metric can be read", FAIL,
         conditions(AbleToScale="True SucceededGetScale", ScalingActive="False FailedGetResourceMetric")),
    trap("its target does not exist, and its controller says so", FAIL,
         remove("Deployment shop/web"), conditions(AbleToScale="False FailedGetScale")),
    trap("its target does not exist, and its status is an old one", FAIL, remove("Deployment shop/web")),
    trap("its target is of a group that no Deployment is of", FAIL,
         patch(HPA, {"spec": {"scaleTargetRef": {"apiVersion": "apps.example/v1"}}}),
         conditions(AbleToScale="False FailedGetScale")),
    trap("two autoscalers name the same pods", FAIL,
         conditions(AbleToScale="True SucceededGetScale", ScalingActive="False AmbiguousSelector")),
    trap("the controller does not know", UNKNOWN,
         conditions(AbleToScale="True ReadyForNewScale", ScalingActive="Unknown")),
    trap("its controller never looked at it", UNKNOWN, patch(HPA, {"status": {"conditions": None}})),
    trap("one of two conditions is not written", UNKNOWN, conditions(AbleToScale="True ReadyForNewScale")),
    trap("the controller has not seen its newest spec", UNKNOWN,
         patch(HPA, {"metadata": {"generation": 3}, "status": {"observedGeneration": 2}})),
    trap("scaled to zero on purpose", NOT_APPLICABLE,
         patch("Deployment shop/web", {"spec": {"replicas": 0}}), remove("Pod shop/web-5d-a"), remove("Pod shop/web-5d-b"),
         patch(HPA, {"status": {"currentReplicas": 0, "currentMetrics": None}}),
         conditions(AbleToScale="True SucceededGetScale", ScalingActive="False ScalingDisabled")),
    trap("utilization without a request in one of the pods", FAIL, *requests("web-5d-b", amounts={"cpu": None})),
    trap("utilization of CPU, and all of them request memory only", FAIL,
         *requests("web-5d-a", "web-5d-b", amounts={"cpu": None})),
    trap("no metric at all means utilization of CPU", FAIL, metrics(), *requests("web-5d-a", amounts={"cpu": None})),
    trap("an average value needs no request", PASS, metrics(MEMORY), *requests("web-5d-a", amounts=None)),
    trap("a container of its own counts, not its neighbour", PASS,
         metrics({"type": "ContainerResource", "containerResource": {"container": "main", **USED}}),
         patch("Pod shop/web-5d-a", {"spec": {"containers": [{"name": "proxy", "image": "mesh/proxy:1"}]}})),
    trap("a limit stands for the request", PASS,
         patch("Pod shop/web-5d-a", {"spec": {"containers": [{"name": "main", "resources": {"requests": None, "limits": {"cpu": "1"}}}]}})),
    trap("no value of any metric is in its status", FAIL, patch(HPA, {"status": {"currentMetrics": None}})),
    trap("one of two metrics has no value, and ScalingActive stays True", FAIL,
         metrics(CPU, MEMORY), patch(HPA, {"status": {"currentMetrics": [READ, {"type": ""}]}})),
    trap("no values while it brings the target into its range", UNKNOWN,
         patch(HPA, {"status": {"currentMetrics": None, "currentReplicas": 9}})),
    trap("the API that its metric comes from is not served now", UNKNOWN,
         metrics(QUEUE), patch(HPA, {"status": {"currentMetrics": [{"type": "External", "external": {"metric": {"name": "queue"}, "current": {"averageValue": "4"}}}]}})),
    trap("at its most now", PASS,
         conditions(AbleToScale="True ReadyForNewScale", ScalingActive="True ValidMetricFound", ScalingLimited="True TooManyReplicas"),
         note="most"),
    trap("no Service sends its target traffic, so it is not asked", NOT_APPLICABLE,
         remove("Service shop/web"), conditions(AbleToScale="True SucceededGetScale", ScalingActive="False FailedGetResourceMetric")),
    trap("its target is opted out", NOT_APPLICABLE,
         conditions(AbleToScale="True SucceededGetScale", ScalingActive="False FailedGetResourceMetric"),
         profile({"declares": {"optOuts": [{"claim": "horizontal-autoscaler", "kind": "Deployment", "namespace": "shop", "name": "web", "owner": "shop", "reason": "licensed for two"}]}})),
    trap("an autoscaler of the platform is not an application's", PASS, add("""
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: dns, namespace: kube-system}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: dns}, minReplicas: 2, maxReplicas: 4}
""")),
    trap("autoscalers cannot be listed", UNKNOWN, refuse("horizontalpodautoscalers")),
    trap("services cannot be listed", UNKNOWN, refuse("services")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip

WANTED = ("AbleToScale", "ScalingActive")


@check(answers="autoscaler-active", via="horizontal-pod-autoscaler", version=2)
def autoscaler_active(autoscaler: Autoscaler, scaling: Scaling, apis: MetricsAPIs) -> Judgement:
    found = autoscaler.object
    spec, status = found.spec, seen(found.status, "the status of HorizontalPodAutoscalers")
    by_type = {row.type: row for row in status.conditions}
    wanted = [by_type.get(name) for name in WANTED]
    at = "/status/conditions"
    expected = "AbleToScale and ScalingActive True"
    target = scaling.target(found)
    if target is None and scaling.is_seen_whole(found):
        says = f"its target {spec.scale_target_ref.kind} {spec.scale_target_ref.name} does not exist"
        return failed(says, expected, at="/spec/scaleTargetRef")
    if target is not None and (why := scaling.unasked(target)):
        return not_applicable(why)
    if status.observed_generation and status.observed_generation < found.metadata.generation:
        return unknown(
            "the controller has not seen its newest spec", "wait for the controller, then run again"
        )
    if any(row is not None and row.reason == "ScalingDisabled" for row in wanted):
        return not_applicable("scaled to zero")
    if bad := [row for row in wanted if row is not None and row.status == "False"]:
        return failed(", ".join(f"{row.type} is False ({row.reason})" for row in bad), expected, at=at)
    if any(row is None or row.status != "True" for row in wanted):
        return unknown("its conditions are not all written", "see that kube-controller-manager runs", at=at)
    if target is not None and (lacks := without_request(spec, [group.pod for group in target.groups])):
        return failed(lacks, "a request in every container whose utilization it reads", at="/spec/metrics")
    apis.refuse_silent(found)
    least = 1 if spec.min_replicas is None else spec.min_replicas
    if not status.current_metrics and not least <= status.current_replicas <= spec.max_replicas:
        return unknown("it brings its target into its range", "wait for the controller, then run again")
    if not status.current_metrics or not all(row.type for row in status.current_metrics):
        return failed(
            "a metric has no value in its status", "a value for each metric", at="/status/currentMetrics"
        )
    limited = by_type.get("ScalingLimited")
    at_most = limited is not None and (limited.status, limited.reason) == ("True", "TooManyReplicas")
    return passed("AbleToScale and ScalingActive", at=at, note="at its most replicas now" if at_most else "")
