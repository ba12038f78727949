"""Every workload with at least 2 replicas has exactly one PodDisruptionBudget that matches its pods.

Why: Without a budget a drain may stop all replicas at once; with two, the API server refuses every eviction.

What proves it: For each Deployment, StatefulSet and foreign owner with two pods or more (or an autoscaler that keeps two),
of applications and platform: the budgets of its namespace whose selector takes its pods.

What it does not prove: That the budget allows anything: claim disruption-allowed asks that.

How to fix: Create a PodDisruptionBudget with ``maxUnavailable: 1`` and ``unhealthyPodEvictionPolicy: AlwaysAllow`` for the
workload; remove the second one.

References: https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from seatrial.kit import (
    FAIL,
    UNKNOWN,
    Autoscalers,
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

SECOND = add("""
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: all, namespace: shop}
spec: {maxUnavailable: 1, selector: {}}
""")
TRAPS = (
    trap("there is none", FAIL, remove("PodDisruptionBudget shop/web")),
    trap(
        "its selector takes other pods",
        FAIL,
        patch("PodDisruptionBudget shop/web", {"spec": {"selector": {"matchLabels": {"app": "cart"}}}}),
    ),
    trap("an empty selector is the whole namespace, so there are two", FAIL, SECOND),
    trap(
        "a budget of another namespace",
        FAIL,
        remove("PodDisruptionBudget shop/web"),
        add("""
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: cart}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
"""),
    ),
    trap(
        "one replica needs none",
        UNKNOWN,
        remove("PodDisruptionBudget shop/web"),
        remove("Pod shop/web-5d-b"),
        patch("Deployment shop/web", {"spec": {"replicas": 1}}),
    ),
    trap(
        "one replica now, but its autoscaler keeps two",
        FAIL,
        remove("PodDisruptionBudget shop/web"),
        remove("Pod shop/web-5d-b"),
        patch("Deployment shop/web", {"spec": {"replicas": 1}}),
        add("""
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 4}
"""),
    ),
    trap(
        "a declared opt-out",
        UNKNOWN,
        remove("PodDisruptionBudget shop/web"),
        profile(
            {
                "declares": {
                    "optOuts": [
                        {
                            "claim": "disruption-budget",
                            "kind": "Deployment",
                            "namespace": "shop",
                            "name": "web",
                            "owner": "shop",
                            "reason": "may be down at any time",
                        }
                    ]
                }
            }
        ),
    ),
    trap(
        "a workload of the platform counts too",
        FAIL,
        add("""
apiVersion: apps/v1
kind: Deployment
metadata: {name: dns, namespace: kube-system}
spec:
  replicas: 2
  selector: {matchLabels: {app: dns}}
  template:
    metadata: {labels: {app: dns}}
    spec: {containers: [{name: dns, image: "dns/dns:1"}]}
"""),
    ),
    trap("budgets cannot be listed", UNKNOWN, refuse("poddisruptionbudgets")),
    trap("deployments cannot be listed", UNKNOWN, refuse("deployments")),
    trap(
        "autoscalers cannot be listed",
        UNKNOWN,
        refuse("horizontalpodautoscalers"),
        remove("Pod shop/web-5d-b"),
        patch("Deployment shop/web", {"spec": {"replicas": 1}}),
    ),
)

WITHOUT = frozenset({"DaemonSet", "Job", "CronJob", "Pod", "Node"})
"""Kinds that a budget is not for: a drain leaves daemons, waits for jobs, and takes single pods."""


@check(answers="disruption-budget")
def disruption_budget(
    workload: Workload, budgets: DisruptionBudgets, autoscalers: Autoscalers, profile: Profile
) -> Judgement:
    owner = workload.subject
    if owner.kind in WITHOUT:
        return not_applicable(f"a {owner.kind}")
    if any(row.claim == "disruption-budget" and row.names(owner) for row in profile.declares.opt_outs):
        return not_applicable("declared to need none")
    replicas = workload.replicas
    if replicas is None:
        replicas = sum(len(group.pods) for group in workload.groups)
    if replicas < 2 and (autoscalers.least(owner) or 0) < 2:
        return not_applicable(f"{replicas} replica")
    found = sorted(row.name for row in budgets.matching(owner.namespace, workload.labels))
    if len(found) == 1:
        return passed(f"budget {found[0]}")
    observed = (
        f"{len(found)} budgets ({', '.join(found[:4])}), so no pod can be evicted" if found else "no budget"
    )
    return failed(observed, "exactly one PodDisruptionBudget")
