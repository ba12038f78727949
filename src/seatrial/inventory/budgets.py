"""Disruption budgets and the workloads that they speak of."""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Self

from seatrial.inventory.autoscalers import Autoscalers
from seatrial.inventory.grouping import VOLATILE_LABELS, controller_of
from seatrial.inventory.selecting import Labelled, Selecting
from seatrial.inventory.views import Views
from seatrial.inventory.workloads import PodGroup, Workload, Workloads
from seatrial.model.evidence import Cause, Gap, Need, Partial, Unseen
from seatrial.model.finding import Subject
from seatrial.needs import kube
from seatrial.semantics.images import database_hint
from seatrial.semantics.selectors import predicate
from seatrial.wire.base import LabelSelector
from seatrial.wire.policy import PodDisruptionBudget

_WITHOUT = frozenset({"DaemonSet", "Job", "CronJob", "Pod", "Node"})
"""Kinds that a budget is not for: a drain leaves daemons, waits for jobs, and takes single pods."""


class DisruptionBudgets:
    """PodDisruptionBudgets by what they select; and the workloads of each."""

    needs: ClassVar[tuple[Need, ...]] = (kube.DISRUPTION_BUDGETS, *Autoscalers.needs, *Workload.needs)

    def __init__(self, views: Views) -> None:
        self._table: Partial[PodDisruptionBudget] = views.table(kube.DISRUPTION_BUDGETS, PodDisruptionBudget)
        self._workloads = views.view(Workloads)
        self._autoscalers = views.view(Autoscalers)
        self._indexed: dict[str, _Namespace] = {}
        self._at_zero: dict[str, Labelled[Workload]] = {}

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls(views)

    def unasked(self, workload: Workload) -> str:
        """Why a workload is not asked for a budget; empty where it is: two replicas, or an autoscaler that keeps two."""
        kind = workload.subject.kind
        if kind in _WITHOUT:
            return f"a {kind}"
        if workload.controller is None and all(_runs_to_an_end(group) for group in workload.groups):
            return "its pods run to an end"
        if workload.size < 2 and (self._autoscalers.least(workload.subject) or 0) < 2:
            return f"{workload.size} replica"
        return ""

    def over(self, workload: Workload) -> tuple[tuple[str, ...], ...]:
        """For each group of its pods, and for those that its template will make: the names of the budgets over them.

        Raises Unseen where budgets may be missing, or where one tells the pods of a group apart.
        """
        self._table.refuse_gaps(workload.namespace)
        here = self._in(workload.namespace)
        alone = [len(group.pods) == 1 for group in workload.groups]
        rows = zip(workload.labels, [*alone, False], strict=False)
        return tuple(tuple(sorted(here.budgets_over(labels, alone=one))) for labels, one in rows)

    def pods_of(self, budget: PodDisruptionBudget) -> tuple[PodGroup, ...]:
        """The groups of running pods that a budget selects, mirror pods left out.

        Raises Unseen where pods may be missing, or where it tells the pods of a group apart.
        """
        self._workloads.refuse_gaps(budget.namespace)
        return tuple(self._in(budget.namespace).pods_under(budget))

    def workloads_of(self, budget: PodDisruptionBudget) -> tuple[Workload, ...]:
        """The workloads that it selects pods of, in order. Raises Unseen where one of them is not known."""
        owners = sorted({group.owner for group in self.pods_of(budget)})
        return tuple(map(self._workload, owners))

    def waits_at_zero(self, budget: PodDisruptionBudget) -> bool:
        """Whether it selects the pods that a workload would have which is at zero replicas now."""
        if budget.namespace not in self._at_zero:
            self._at_zero[budget.namespace] = Labelled(
                (labels, workload)
                for workload in self._workloads.controllers(budget.namespace)
                if workload.size == 0
                for labels in workload.labels
            )
        return any(True for _ in self._at_zero[budget.namespace].under(budget.spec.selector))

    def expected(self, budget: PodDisruptionBudget) -> int:
        """The pods that it speaks of when all are there: as many as their owners want, else as many as it selects."""
        selected = self.pods_of(budget)
        total = 0
        for workload in self.workloads_of(budget):
            seen = sum(len(group.pods) for group in selected if group.subject == workload.subject)
            total += seen if workload.replicas is None else workload.replicas
        return total

    def database_hints(self, budget: PodDisruptionBudget) -> set[str]:
        """The databases that the images of its pods look like."""
        specs = (group.pod.spec for group in self.pods_of(budget))
        return {hint for spec in specs for row in spec.containers if (hint := database_hint(row.image))}

    def is_operators(self, budget: PodDisruptionBudget) -> bool:
        """Whether an operator made it: the custom resource that owns the pods owns the budget too."""
        owner = controller_of(budget.metadata)
        if owner is None:
            return False
        by = Subject(owner.kind, owner.name, budget.namespace, owner.api_version.rpartition("/")[0])
        return any(row.subject == by and row.controller is None for row in self.workloads_of(budget))

    def _workload(self, owner: Subject) -> Workload:
        found = self._workloads.find(owner)
        if found is None:
            raise Unseen(
                Gap("judgement", Cause.STALE, f"{owner} went while the lists were read", "run again")
            )
        return found

    def _in(self, namespace: str) -> "_Namespace":
        if namespace not in self._indexed:
            groups = (group for group in self._workloads.known(namespace) if not group.mirror)
            self._indexed[namespace] = _Namespace(self._table.known(namespace), groups)
        return self._indexed[namespace]


class _Namespace:
    """The budgets and the pods of one namespace, both by label."""

    def __init__(self, budgets: Iterable[PodDisruptionBudget], groups: Iterable[PodGroup]) -> None:
        budgets = tuple(budgets)
        self._steady = Selecting((row for row in budgets if not _tells_apart(row)), _selector)
        self._apart = tuple(row for row in budgets if _tells_apart(row))
        self._groups = tuple(groups)
        self._by_label = Labelled((group.pod.labels, group) for group in self._groups)

    def budgets_over(self, labels: Mapping[str, str], *, alone: bool) -> Iterator[str]:
        """The budgets over pods with these labels; ``alone`` says that it is one pod, whose labels are all known."""
        yield from (row.name for row in self._steady.of(labels))
        for row in self._apart:
            if _selects_one(row, labels) if alone else _selects_some(row, labels):
                yield row.name

    def pods_under(self, budget: PodDisruptionBudget) -> Iterator[PodGroup]:
        if not _tells_apart(budget):
            yield from self._by_label.under(budget.spec.selector)
            return
        for group in self._groups:
            labels = group.pod.labels
            if _selects_one(budget, labels) if len(group.pods) == 1 else _selects_some(budget, labels):
                yield group


def _runs_to_an_end(group: PodGroup) -> bool:
    return group.pod.spec.restart_policy in {"Never", "OnFailure"}


def _selector(budget: PodDisruptionBudget) -> LabelSelector | None:
    return budget.spec.selector


def _tells_apart(budget: PodDisruptionBudget) -> bool:
    """Whether it selects by a label that differs between the pods of one template."""
    selector = budget.spec.selector
    if selector is None:
        return False
    keys = {*selector.match_labels, *(row.key for row in selector.match_expressions)}
    return not keys.isdisjoint(VOLATILE_LABELS)


def _selects_one(budget: PodDisruptionBudget, labels: Mapping[str, str]) -> bool:
    return predicate(budget.spec.selector)(labels)


def _selects_some(budget: PodDisruptionBudget, labels: Mapping[str, str]) -> bool:
    """False where it selects none of several pods that have these labels; raises Unseen where it may select some."""
    selector = budget.spec.selector or LabelSelector()
    steady = LabelSelector(
        match_labels={
            key: value for key, value in selector.match_labels.items() if key not in VOLATILE_LABELS
        },
        match_expressions=tuple(row for row in selector.match_expressions if row.key not in VOLATILE_LABELS),
    )
    if predicate(steady)(labels):
        detail = f"budget {budget.name} selects by a label that differs from pod to pod"
        raise Unseen(Gap("judgement", Cause.UNDECIDABLE, detail, "select by labels of the pod template"))
    return False
