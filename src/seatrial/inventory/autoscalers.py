"""Horizontal autoscalers by their target."""

from typing import ClassVar, Self

from seatrial.inventory.views import Views
from seatrial.model.evidence import Need, Partial
from seatrial.model.finding import Subject
from seatrial.needs import kube
from seatrial.wire.policy import HorizontalPodAutoscaler


class Autoscalers:
    """HorizontalPodAutoscalers; KEDA's count for their targets too, since they are the same kind."""

    needs: ClassVar[tuple[Need, ...]] = (kube.AUTOSCALERS,)

    def __init__(self, table: Partial[HorizontalPodAutoscaler]) -> None:
        self._table = table
        self._by_target: dict[tuple[str, str, str], list[HorizontalPodAutoscaler]] | None = None

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls(views.table(kube.AUTOSCALERS, HorizontalPodAutoscaler))

    def of_workload(self, subject: Subject) -> tuple[HorizontalPodAutoscaler, ...]:
        """The autoscalers that scale a workload. Raises Unseen where some of its namespace may be missing."""
        self._table.all(subject.namespace)
        if self._by_target is None:
            self._by_target = {}
            for row in self._table.known():
                target = row.spec.scale_target_ref
                self._by_target.setdefault((row.namespace, target.kind, target.name), []).append(row)
        return tuple(self._by_target.get((subject.namespace, subject.kind, subject.name), ()))

    def least(self, subject: Subject) -> int | None:
        """The fewest replicas that its autoscaler may leave; None without one."""
        found = self.of_workload(subject)
        return min(
            (1 if row.spec.min_replicas is None else row.spec.min_replicas for row in found), default=None
        )
