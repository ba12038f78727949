"""Objects looked up by name, or by namespace."""

from typing import Any, ClassVar, Generic, Self, TypeVar

from seatrial.inventory.selecting import Selecting
from seatrial.inventory.views import Views
from seatrial.model.evidence import Cause, Gap, Need, Partial, Unseen
from seatrial.needs import kube
from seatrial.wire import cluster, network, policy, storage, workload
from seatrial.wire.base import LabelSelector, Object
from seatrial.wire.pod import Pod, PodSpec

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

    def value_of(self, spec: PodSpec) -> int:
        """The priority of a pod: as admission resolved it; in manifests that of its class, else of the global default.

        Raises Unseen where admission did not resolve it and the classes were not all seen.
        """
        if spec.priority is not None:
            return spec.priority
        if spec.priority_class_name:
            found = self.find("", spec.priority_class_name)
            return 0 if found is None else found.value
        return next((row.value for row in self.all() if row.global_default), 0)

    def own(self) -> tuple[cluster.PriorityClass, ...]:
        """The classes that are not Kubernetes' own, which are named ``system-``."""
        return tuple(row for row in self.all() if not row.name.startswith("system-"))


class Services(Lookup[network.Service]):
    need = kube.SERVICES
    struct = network.Service

    def __init__(self, table: Partial[network.Service]) -> None:
        super().__init__(table)
        self._selecting: dict[str, Selecting[network.Service]] = {}

    def selecting(self, namespace: str, labels: dict[str, str]) -> tuple[network.Service, ...]:
        """The Services of a namespace whose selector takes pods with these labels; one without selects none."""
        self._table.refuse_gaps(namespace)
        if namespace not in self._selecting:
            self._selecting[namespace] = Selecting(
                (row for row in self._table.known(namespace) if row.spec.selector),
                lambda row: LabelSelector(match_labels=row.spec.selector),
            )
        return tuple(self._selecting[namespace].of(labels))


class RuntimeClasses(Lookup[cluster.RuntimeClass]):
    need = kube.RUNTIME_CLASSES
    struct = cluster.RuntimeClass

    def is_sandbox(self, pod: Pod) -> bool:
        """Whether a pod runs in gVisor or in a virtual machine (Kata), which the node's own kernel does not confine.

        Raises Unseen where its runtime class is not there: only that names the handler.
        """
        name = pod.spec.runtime_class_name
        if not name:
            return False
        found = self.find("", name)
        if found is None:
            detail = f"runtime class {name} is not there any more"
            raise Unseen(Gap(self.need.id, Cause.STALE, detail, "restart the pod", "", name))
        return found.handler.startswith(_SANDBOXES)


_SANDBOXES = ("gvisor", "kata", "runsc")
"""How the handlers of gVisor and of Kata Containers are named, by their own guides and by those who install them."""
