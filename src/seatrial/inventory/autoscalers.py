"""Horizontal autoscalers, the workloads that they scale, and the APIs that they read their metrics from."""

from typing import ClassVar, Self

from seatrial.inventory.lookups import Services
from seatrial.inventory.views import Views
from seatrial.inventory.workloads import Workload, Workloads
from seatrial.model.evidence import Cause, Gap, Need, Partial, Unseen
from seatrial.model.finding import Subject
from seatrial.model.profile import Profile
from seatrial.needs import kube
from seatrial.wire.policy import HorizontalPodAutoscaler

CLAIM = "horizontal-autoscaler"
"""The claim that ``declares.optOuts`` names for a workload that must not scale."""

_SCALED = frozenset({("apps", "Deployment"), ("argoproj.io", "Rollout")})
"""What is asked for an autoscaler; other kinds are asked when they have one."""


class Autoscalers:
    """HorizontalPodAutoscalers; KEDA's count for their targets too, since they are the same kind."""

    needs: ClassVar[tuple[Need, ...]] = (kube.AUTOSCALERS,)

    def __init__(self, table: Partial[HorizontalPodAutoscaler]) -> None:
        self._table = table
        self._by_target: dict[Subject, list[HorizontalPodAutoscaler]] | None = None

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls(views.table(kube.AUTOSCALERS, HorizontalPodAutoscaler))

    def of_workload(self, subject: Subject) -> tuple[HorizontalPodAutoscaler, ...]:
        """The autoscalers that scale a workload. Raises Unseen where some of its namespace may be missing."""
        self._table.refuse_gaps(subject.namespace)
        if self._by_target is None:
            by_target: dict[Subject, list[HorizontalPodAutoscaler]] = {}
            for row in self._table.known():
                by_target.setdefault(target_of(row), []).append(row)
            self._by_target = by_target
        return tuple(self._by_target.get(subject, ()))

    def least(self, subject: Subject) -> int | None:
        """The fewest replicas that its autoscaler may leave; None without one."""
        return min((least_of(row) for row in self.of_workload(subject)), default=None)


class Scaling:
    """Which workloads are asked for an autoscaler."""

    needs: ClassVar[tuple[Need, ...]] = (*Autoscalers.needs, *Services.needs, *Workload.needs)

    def __init__(
        self, autoscalers: Autoscalers, services: Services, workloads: Workloads, profile: Profile
    ) -> None:
        self._autoscalers = autoscalers
        self._services = services
        self._workloads = workloads
        self._profile = profile

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls(views.view(Autoscalers), views.view(Services), views.view(Workloads), views.profile)

    def target(self, autoscaler: HorizontalPodAutoscaler) -> Workload | None:
        """The workload that it scales; None where there is none, or where one of a foreign kind has no pods."""
        return self._workloads.find(target_of(autoscaler))

    def is_seen_whole(self, autoscaler: HorizontalPodAutoscaler) -> bool:
        """Whether its target is of a kind that is listed, so that one which is not found does not exist."""
        target = target_of(autoscaler)
        return target.group == "apps" and target.kind in {"Deployment", "StatefulSet"}

    def unasked(self, workload: Workload) -> str:
        """Why a workload is not asked for an autoscaler; empty where it is.

        Asked is what a Service sends traffic to: Deployments and Rollouts unless they are singletons (one replica and
        no autoscaler), and whatever else has an autoscaler. An opt-out of the profile takes a workload out.
        """
        owner = workload.subject
        if not any(self._services.selecting(owner.namespace, labels) for labels in workload.labels):
            return "no Service sends it traffic"
        for row in self._profile.declares.opt_outs:
            if row.claim == CLAIM and row.names(owner):
                return f"declared: {row.reason} ({row.owner})"
        if self._autoscalers.of_workload(owner):
            return ""
        if (owner.group, owner.kind) not in _SCALED:
            return f"a {owner.kind} without an autoscaler"
        return "a singleton" if workload.size < 2 else ""


class MetricsAPIs:
    """The API groups that autoscalers read metrics from."""

    needs: ClassVar[tuple[Need, ...]] = (kube.DISCOVERY,)

    def __init__(self, views: Views) -> None:
        self._views = views

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls(views)

    def refuse_silent(self, autoscaler: HorizontalPodAutoscaler) -> None:
        """Raises Unseen where an API that its metrics come from does not answer now: its status may be an old one."""
        kinds = {row.type for row in autoscaler.spec.metrics} or {"Resource"}
        for group in sorted({_METRICS[kind] for kind in kinds if kind in _METRICS}):
            if not self._views.answers(group):
                detail = f"{group} is not served, so what the autoscaler says may be old"
                raise Unseen(Gap(kube.DISCOVERY.id, Cause.NOT_SERVED, detail, "kubectl get apiservices"))


_METRICS = {
    "Resource": "metrics.k8s.io",
    "ContainerResource": "metrics.k8s.io",
    "Pods": "custom.metrics.k8s.io",
    "Object": "custom.metrics.k8s.io",
    "External": "external.metrics.k8s.io",
}


def target_of(autoscaler: HorizontalPodAutoscaler) -> Subject:
    """What it scales: by group and kind, as its controller finds it, whatever the version."""
    target = autoscaler.spec.scale_target_ref
    group = target.api_version.rpartition("/")[0]
    return Subject(target.kind, target.name, autoscaler.namespace, group)


def least_of(autoscaler: HorizontalPodAutoscaler) -> int:
    """The fewest replicas that it may leave: 1 where it does not say."""
    least = autoscaler.spec.min_replicas
    return 1 if least is None else least
