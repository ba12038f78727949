"""Disruption budgets and the workloads that they speak of."""

from typing import ClassVar, Self

from seatrial.inventory.views import Views
from seatrial.inventory.workloads import PodGroup, Workload, Workloads
from seatrial.model.evidence import Need, Partial
from seatrial.needs import kube
from seatrial.semantics.selectors import Predicate, predicate
from seatrial.wire.policy import PodDisruptionBudget


class DisruptionBudgets:
    """PodDisruptionBudgets by namespace, their selectors compiled once; and the workloads of each."""

    needs: ClassVar[tuple[Need, ...]] = (kube.DISRUPTION_BUDGETS, *Workload.needs)

    def __init__(self, views: Views) -> None:
        self._table: Partial[PodDisruptionBudget] = views.table(kube.DISRUPTION_BUDGETS, PodDisruptionBudget)
        self._workloads = views.view(Workloads)
        self._compiled: dict[tuple[str, str], Predicate] = {}

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls(views)

    def matching(self, namespace: str, labels: dict[str, str]) -> tuple[PodDisruptionBudget, ...]:
        """The budgets of a namespace that select pods with these labels."""
        return tuple(row for row in self._table.all(namespace) if self._predicate(row)(labels))

    def pods_of(self, budget: PodDisruptionBudget) -> tuple[PodGroup, ...]:
        """The groups of running pods that a budget selects. Raises Unseen where pods may be missing."""
        select = self._predicate(budget)
        return tuple(group for group in self._workloads.all(budget.namespace) if select(group.pod.labels))

    def _predicate(self, budget: PodDisruptionBudget) -> Predicate:
        key = (budget.namespace, budget.name)
        if key not in self._compiled:
            self._compiled[key] = predicate(budget.spec.selector)
        return self._compiled[key]
