"""Objects looked up by name, or by namespace."""

from typing import Any, ClassVar, Generic, Self, TypeVar

from seatrial.inventory.views import Views
from seatrial.model.evidence import Need, Partial
from seatrial.needs import kube
from seatrial.semantics.selectors import matches_map
from seatrial.wire import cluster, network, policy, storage, workload
from seatrial.wire.base import Object

O = TypeVar("O", bound=Object)  # noqa: E741  # an object of the API


class Lookup(Generic[O]):
    """A table as a view. Subclasses name its need and struct. Every reading raises Unseen where a gap covers it."""

    need: ClassVar[Need]
    struct: ClassVar[type[Any]]
    needs: ClassVar[tuple[Need, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.needs = (cls.need,)

    def __init__(self, table: Partial[O]) -> None:
        self._table = table

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls(views.table(cls.need, cls.struct))

    def find(self, namespace: str, name: str) -> O | None:
        return self._table.find(namespace, name)

    def all(self, namespace: str | None = None) -> tuple[O, ...]:
        return self._table.all(namespace)


class CronJobs(Lookup[workload.CronJob]):
    need = kube.CRON_JOBS
    struct = workload.CronJob


class DaemonSets(Lookup[workload.DaemonSet]):
    need = kube.DAEMON_SETS
    struct = workload.DaemonSet


class StatefulSets(Lookup[workload.StatefulSet]):
    need = kube.STATEFUL_SETS
    struct = workload.StatefulSet


class VolumeClaims(Lookup[storage.PersistentVolumeClaim]):
    need = kube.CLAIMS
    struct = storage.PersistentVolumeClaim


class ResourceQuotas(Lookup[policy.ResourceQuota]):
    need = kube.RESOURCE_QUOTAS
    struct = policy.ResourceQuota


class LimitRanges(Lookup[policy.LimitRange]):
    need = kube.LIMIT_RANGES
    struct = policy.LimitRange


class PriorityClasses(Lookup[cluster.PriorityClass]):
    need = kube.PRIORITY_CLASSES
    struct = cluster.PriorityClass

    def own(self) -> tuple[cluster.PriorityClass, ...]:
        """The classes that are not Kubernetes' own, which are named ``system-``."""
        return tuple(row for row in self.all() if not row.name.startswith("system-"))


class Services(Lookup[network.Service]):
    need = kube.SERVICES
    struct = network.Service

    def selecting(self, namespace: str, labels: dict[str, str]) -> tuple[network.Service, ...]:
        """The Services of a namespace whose selector takes pods with these labels; one without selects none."""
        return tuple(
            row for row in self.all(namespace) if row.spec.selector and matches_map(row.spec.selector, labels)
        )


class ProfileNodeStatuses(Lookup[cluster.SecurityProfileNodeStatus]):
    need = kube.PROFILE_NODE_STATUSES
    struct = cluster.SecurityProfileNodeStatus

    def by_node(self, kind: str, name: str) -> dict[str, str]:
        """The state of a profile on each node that reports it."""
        label = f"{kind}-{name}"
        return {
            row.node: row.state
            for row in self.all()
            if row.labels.get("spo.x-k8s.io/profile-id") == label
            or any((owner.kind, owner.name) == (kind, name) for owner in row.metadata.owner_references)
        }
