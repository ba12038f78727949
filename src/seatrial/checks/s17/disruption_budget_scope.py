"""Every PodDisruptionBudget of a replicated workload expects exactly the pods of that workload.

Why: A budget over two workloads protects neither: the healthy one pays for the broken one. A budget that matches nothing
protects nothing.

What proves it: The pods that the budget's selector takes all belong to one workload, and the controller expects as many
as there are.

What it does not prove: That the workload's other pods will be matched after a change of labels.

How to fix: Let the selector name the labels that the workload's own selector has.

References: https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
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
TRAPS = (
    trap(
        "it matches nothing",
        FAIL,
        patch(BUDGET, {"spec": {"selector": {"matchLabels": {"app": "wbe"}}}, "status": {"expectedPods": 0}}),
    ),
    trap(
        "an empty selector takes two workloads",
        FAIL,
        patch(BUDGET, {"spec": {"selector": {"matchLabels": None}}, "status": {"expectedPods": 3}}),
        add("""
apiVersion: v1
kind: Pod
metadata: {name: tool, namespace: shop}
spec: {containers: [{name: tool, image: "shop/tool:1"}]}
status: {phase: Running}
"""),
    ),
    trap("the controller expects more than there are", FAIL, patch(BUDGET, {"status": {"expectedPods": 4}})),
    trap(
        "an empty selector with one workload in the namespace",
        PASS,
        patch(BUDGET, {"spec": {"selector": {"matchLabels": None}}}),
    ),
    trap(
        "a workload of one replica",
        NOT_APPLICABLE,
        remove("Pod shop/web-5d-b"),
        patch("Deployment shop/web", {"spec": {"replicas": 1}}),
        patch(BUDGET, {"status": {"expectedPods": 1}}),
    ),
    trap(
        "the controller has not seen its newest spec",
        UNKNOWN,
        patch("PodDisruptionBudget shop/web", {"metadata": {"generation": 2}}),
    ),
    trap("budgets cannot be listed", UNKNOWN, refuse("poddisruptionbudgets")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)


@check(answers="disruption-budget-scope")
def disruption_budget_scope(budget: DisruptionBudget, budgets: DisruptionBudgets) -> Judgement:
    found = budget.object
    groups = [group for group in budgets.pods_of(found) if not group.mirror]
    owners = sorted({group.owner for group in groups})
    count = sum(len(group.pods) for group in groups)
    expected = "the pods of exactly one workload"
    if not owners:
        return failed("its selector matches no pod", expected, at="/spec/selector")
    if len(owners) > 1:
        names = ", ".join(f"{owner.kind} {owner.name}" for owner in owners[:4])
        return failed(f"it covers {len(owners)} workloads: {names}", expected, at="/spec/selector")
    if count < 2:
        return not_applicable("its workload has one pod")
    status = seen(found.status, "the status of PodDisruptionBudgets")
    if status.observed_generation < found.metadata.generation:
        return unknown(
            "the controller has not seen its newest spec", "wait for the controller, then run again"
        )
    if status.expected_pods != count:
        return failed(
            f"expects {status.expected_pods} pods, {count} are matched", expected, at="/status/expectedPods"
        )
    return passed(f"covers the {count} pods of {owners[0].kind} {owners[0].name}", at="/status/expectedPods")
