"""Every PodDisruptionBudget of a replicated workload expects exactly the pods of that workload.

Why: A budget over two workloads protects neither: the healthy one pays for the broken one. A budget that matches nothing
protects nothing.

What proves it: The pods that the budget's selector takes are all those of one workload, and the controller expects as many
as there are, or as the workload wants while a rollout adds some. An operator may make several budgets, each over a part of
what it owns. Budgets of workloads that need none are not asked.

What it does not prove: That the workload's other pods will be matched after a change of labels.

How to fix: Let the selector name the labels that the workload's own selector has.

References: https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Change,
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
from seatrial.semantics.selectors import selects_all

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
OWNED = """
---
apiVersion: v1
kind: Pod
metadata:
  name: %s
  namespace: shop
  labels: %s
  ownerReferences: [{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, name: db, uid: 9d, controller: true}]
spec: {containers: [{name: main, image: "shop/db:1"}]}
status: {phase: Running}
"""
PARTS = ("primary", "replica", "replica")
DATABASE = add("".join(OWNED % (f"db-{at}", f"{{app: db, role: {role}}}") for at, role in enumerate(PARTS)))
BY_OPERATOR = "[{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, name: db, uid: 9d, controller: true}]"
OF_DATABASE = """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: db, namespace: shop, generation: 1, ownerReferences: %s}
spec: {minAvailable: 1, selector: {matchLabels: {%s}}}
status: {observedGeneration: 1, expectedPods: %d, currentHealthy: 2, desiredHealthy: 1, disruptionsAllowed: 1}
"""
TOOL = add("""
apiVersion: v1
kind: Pod
metadata: {name: tool, namespace: shop}
spec: {containers: [{name: tool, image: "shop/tool:1"}]}
status: {phase: Running}
""")
THIRD = add("""
apiVersion: v1
kind: Pod
metadata:
  name: web-5d-c
  namespace: shop
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d, uid: 8b, controller: true}]
spec: {priorityClassName: standard, priority: 1000, containers: [{name: main, image: "shop/web:1"}]}
status: {phase: Running}
""")


def selector(**fields: object) -> Change:
    return patch(BUDGET, {"spec": {"selector": {"matchLabels": None, **fields}}})


def expects(count: int) -> Change:
    return patch(BUDGET, {"status": {"expectedPods": count}})


TRAPS = (
    trap("it matches nothing", FAIL, selector(matchLabels={"app": "wbe"}), expects(0)),
    trap("it has no selector, which matches nothing", FAIL, patch(BUDGET, {"spec": {"selector": None}}), expects(0)),
    trap("an empty selector takes two workloads", FAIL, selector(), TOOL, expects(3)),
    trap("an expression takes two workloads", FAIL, TOOL, expects(3),
         selector(matchExpressions=[{"key": "app", "operator": "NotIn", "values": ["cart"]}])),
    trap("an empty selector with one workload in the namespace", PASS, selector(), note="empty selector"),
    trap("it leaves out a pod of its workload", FAIL, expects(1),
         patch("Pod shop/web-5d-b", {"metadata": {"labels": {"app": "www"}}})),
    trap("the controller expects more than there are", FAIL, expects(4)),
    trap("the controller expects none of the pods that there are", FAIL, expects(0)),
    trap("a third pod while it rolls out: the controller expects what is wanted", PASS, THIRD),
    trap("a third pod while it rolls out: the controller expects what is there", PASS, THIRD, expects(3)),
    trap("an operator's own budget over a part of its pods", PASS, DATABASE,
         add(OF_DATABASE % (BY_OPERATOR, "role: replica", 2)), note="made by Cluster db"),
    trap("a budget over a part of an operator's pods that the operator did not make", FAIL, DATABASE,
         add(OF_DATABASE % ("[]", "role: replica", 2))),
    trap("a foreign owner does not say how many pods it wants", UNKNOWN, DATABASE,
         add(OF_DATABASE % ("[]", "app: db", 2))),
    trap("it selects by a label that differs from pod to pod", UNKNOWN,
         selector(matchLabels={"app": "web", "pod-template-hash": "5d"})),
    trap("a workload of one replica", NOT_APPLICABLE, remove("Pod shop/web-5d-b"), expects(1),
         patch("Deployment shop/web", {"spec": {"replicas": 1}})),
    trap("a workload at zero replicas, whose pods it would match", NOT_APPLICABLE, expects(0),
         patch("Deployment shop/web", {"spec": {"replicas": 0}}), remove("Pod shop/web-5d-a"), remove("Pod shop/web-5d-b")),
    trap("a workload at zero replicas, whose pods it would not match", FAIL, expects(0), selector(matchLabels={"app": "wbe"}),
         patch("Deployment shop/web", {"spec": {"replicas": 0}}), remove("Pod shop/web-5d-a"), remove("Pod shop/web-5d-b")),
    trap("a workload of one replica while it rolls out", NOT_APPLICABLE,
         patch("Deployment shop/web", {"spec": {"replicas": 1}})),
    trap("its workload went while the lists were read", UNKNOWN, remove("Deployment shop/web")),
    trap("the controller has not seen its newest spec", UNKNOWN, patch(BUDGET, {"metadata": {"generation": 2}})),
    trap("budgets cannot be listed", UNKNOWN, refuse("poddisruptionbudgets")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
    trap("the owners of pods cannot be listed", UNKNOWN, refuse("replicasets")),
)  # fmt: skip


@check(answers="disruption-budget-scope", version=2)
def disruption_budget_scope(budget: DisruptionBudget, budgets: DisruptionBudgets) -> Judgement:
    found = budget.object
    selected = sum(len(group.pods) for group in budgets.pods_of(found))
    workloads = budgets.workloads_of(found)
    expected = "the pods of exactly one workload"
    if not workloads and budgets.waits_at_zero(found):
        return not_applicable("its workload is at zero replicas")
    if not workloads:
        return failed("its selector matches no pod", expected, at="/spec/selector")
    if len(workloads) > 1:
        names = ", ".join(f"{row.subject.kind} {row.subject.name}" for row in workloads[:4])
        return failed(f"it covers {len(workloads)} workloads: {names}", expected, at="/spec/selector")
    (workload,) = workloads
    owner = f"{workload.subject.kind} {workload.subject.name}"
    if why := budgets.unasked(workload):
        return not_applicable(f"{owner}: {why}")
    pods = sum(len(group.pods) for group in workload.groups)
    if selected < pods and not budgets.is_operators(found):
        return failed(f"it covers {selected} of the {pods} pods of {owner}", expected, at="/spec/selector")
    status = seen(found.status, "the status of PodDisruptionBudgets")
    if status.observed_generation < found.metadata.generation:
        return unknown(
            "the controller has not seen its newest spec", "wait for the controller, then run again"
        )
    if status.expected_pods not in {selected, workload.replicas}:
        says = f"expects {status.expected_pods} pods, {selected} are matched"
        if workload.replicas is None:
            return unknown(
                f"{says}; {owner} does not say how many it wants", "run again when no rollout is under way"
            )
        return failed(says, expected, at="/status/expectedPods")
    notes = [f"made by {owner}, over {selected} of its {pods} pods"] if selected < pods else []
    if selects_all(found.spec.selector):
        notes.append("an empty selector takes whatever else comes into the namespace")
    return passed(f"covers {selected} pods of {owner}", at="/status/expectedPods", note="; ".join(notes))
