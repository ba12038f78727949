"""Every workload with at least 2 replicas has exactly one PodDisruptionBudget that matches its pods.

Why: Without a budget a drain may stop all replicas at once; with two, the API server refuses every eviction.

What proves it: For each Deployment, StatefulSet and foreign owner with two pods or more (or an autoscaler that keeps two),
of applications and platform: the budgets of its namespace whose selector takes its pods, one by one, and those that its
template will make. Pods that run to an end, daemons and single pods need none.

What it does not prove: That the budget allows anything: claim disruption-allowed asks that.

How to fix: Create a PodDisruptionBudget with ``maxUnavailable: 1`` and ``unhealthyPodEvictionPolicy: AlwaysAllow`` for the
workload; remove the second one.

References: https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Change,
    DisruptionBudgets,
    Judgement,
    Profile,
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
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop, generation: 1}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
status: {observedGeneration: 1, expectedPods: 2, currentHealthy: 2, desiredHealthy: 1, disruptionsAllowed: 1, conditions: [{type: DisruptionAllowed, status: "True", reason: SufficientPods, message: "", lastTransitionTime: "2026-01-01T00:00:00Z", observedGeneration: 1}]}
""")

BUDGET = "PodDisruptionBudget shop/web"
OTHER = """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: %s, namespace: %s}
spec: {maxUnavailable: 1, selector: %s}
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
  name: %s
  namespace: shop
  labels: %s
  ownerReferences: [{apiVersion: %s, kind: %s, name: db, uid: 9d, controller: true}]
spec: {restartPolicy: %s, containers: [{name: main, image: "shop/db:1"}]}
status: {phase: Running}
"""
CLUSTER = ("postgresql.cnpg.io/v1", "Cluster", "Always")
OPT_OUT = {"claim": "disruption-budget", "kind": "Deployment", "namespace": "shop", "name": "web", "owner": "shop", "reason": "may be down at any time"}  # fmt: skip


def owned(kind: tuple[str, str, str], *labels: str) -> Change:
    """Pods of a foreign owner, one for each of these labels."""
    return add("".join(OWNED % (f"db-{at}", row, *kind) for at, row in enumerate(labels)))


SINGLE = (remove("Pod shop/web-5d-b"), patch("Deployment shop/web", {"spec": {"replicas": 1}}))
TRAPS = (
    trap("there is none", FAIL, remove(BUDGET)),
    trap("its selector takes other pods", FAIL, patch(BUDGET, {"spec": {"selector": {"matchLabels": {"app": "cart"}}}})),
    trap("its selector takes no pods, since there is none", FAIL, patch(BUDGET, {"spec": {"selector": None}})),
    trap("an empty selector is the whole namespace, so there are two", FAIL, add(OTHER % ("all", "shop", "{}"))),
    trap("a second one by an expression", FAIL,
         add(OTHER % ("more", "shop", "{matchExpressions: [{key: app, operator: In, values: [web, cart]}]}"))),
    trap("a second one over one of its pods only", FAIL,
         patch("Pod shop/web-5d-b", {"metadata": {"labels": {"track": "canary"}}}),
         add(OTHER % ("canary", "shop", "{matchLabels: {track: canary}}"))),
    trap("one of its pods is older than the label that the budget asks for", FAIL,
         patch("Pod shop/web-5d-b", {"metadata": {"labels": {"app": "www"}}})),
    trap("a second one by a label that differs from pod to pod", UNKNOWN,
         add(OTHER % ("one", "shop", "{matchLabels: {app: web, pod-template-hash: 5d}}"))),
    trap("a budget of another namespace", FAIL, remove(BUDGET), add(OTHER % ("web", "cart", "{matchLabels: {app: web}}"))),
    trap("two replicas that have no pods yet", FAIL, remove(BUDGET), remove("Pod shop/web-5d-a"), remove("Pod shop/web-5d-b")),
    trap("one replica needs none", UNKNOWN, remove(BUDGET), *SINGLE),
    trap("one replica now, but its autoscaler keeps two", FAIL, remove(BUDGET), *SINGLE, add(SCALER % 2)),
    trap("one replica, and its autoscaler keeps one", UNKNOWN, remove(BUDGET), *SINGLE, add(SCALER % 1)),
    trap("a declared opt-out", UNKNOWN, remove(BUDGET), profile({"declares": {"optOuts": [OPT_OUT]}})),
    trap("a workload of the platform counts too", FAIL, add("""
apiVersion: apps/v1
kind: Deployment
metadata: {name: dns, namespace: kube-system}
spec:
  replicas: 2
  selector: {matchLabels: {app: dns}}
  template:
    metadata: {labels: {app: dns}}
    spec: {containers: [{name: dns, image: "dns/dns:1"}]}
""")),
    trap("a StatefulSet without one", FAIL, add("""
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  replicas: 3
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: "shop/db:1"}]}
""")),
    trap("a foreign owner of two pods without one", FAIL, owned(CLUSTER, "{app: db}", "{app: db}")),
    trap("a foreign owner of two pods with one", PASS, owned(CLUSTER, "{app: db}", "{app: db}"),
         add(OTHER % ("db", "shop", "{matchLabels: {app: db}}"))),
    trap("an operator's two budgets, each over its own part", PASS,
         owned(CLUSTER, "{app: db, role: primary}", "{app: db, role: replica}", "{app: db, role: replica}"),
         add(OTHER % ("db-primary", "shop", "{matchLabels: {role: primary}}")),
         add(OTHER % ("db", "shop", "{matchLabels: {role: replica}}")), note="its parts"),
    trap("pods of a workflow run to an end", PASS,
         owned(("argoproj.io/v1alpha1", "Workflow", "Never"), "{app: db}", "{app: db}")),
    trap("two pods of nobody are two workloads", PASS, add("""
apiVersion: v1
kind: Pod
metadata: {name: tool, namespace: shop, labels: {app: tool}}
spec: {containers: [{name: tool, image: "shop/tool:1"}]}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {name: tool-2, namespace: shop, labels: {app: tool}}
spec: {containers: [{name: tool, image: "shop/tool:1"}]}
status: {phase: Running}
""")),
    trap("a DaemonSet needs none", PASS, add("""
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: shop}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: "shop/agent:1"}]}
""")),
    trap("budgets cannot be listed", UNKNOWN, refuse("poddisruptionbudgets")),
    trap("deployments cannot be listed", UNKNOWN, refuse("deployments")),
    trap("autoscalers cannot be listed", UNKNOWN, refuse("horizontalpodautoscalers"), *SINGLE),
)  # fmt: skip


@check(answers="disruption-budget", version=2)
def disruption_budget(workload: Workload, budgets: DisruptionBudgets, profile: Profile) -> Judgement:
    if any(
        row.claim == "disruption-budget" and row.names(workload.subject) for row in profile.declares.opt_outs
    ):
        return not_applicable("declared to need none")
    if why := budgets.unasked(workload):
        return not_applicable(why)
    over = budgets.over(workload)
    names = sorted({name for row in over for name in row})
    said = ", ".join(names[:4])
    expected = "exactly one PodDisruptionBudget over each of its pods"
    if not names:
        return failed("no budget", expected)
    if any(len(row) > 1 for row in over):
        return failed(f"several budgets over one pod ({said}), so it cannot be evicted", expected)
    if any(not row for row in over):
        return failed(f"no budget over some of its pods ({said} over others)", expected)
    return passed(f"budget {said}", note=f"{len(names)} budgets for its parts" if len(names) > 1 else "")
