"""Objects of the API that are judged one by one."""

from typing import ClassVar, Self

from seatrial.inventory.subjects import ObjectSubject, Selection
from seatrial.inventory.views import Views
from seatrial.model.evidence import Key, Need
from seatrial.model.finding import Subject
from seatrial.model.item import Among
from seatrial.model.profile import NodeService, ScheduledTask
from seatrial.needs import kube
from seatrial.wire import cluster, policy, workload


class Namespace(ObjectSubject[cluster.Namespace]):
    need = kube.NAMESPACES
    struct = cluster.Namespace
    over = "namespace"

    @property
    def terminating(self) -> bool:
        """Whether it is being deleted: nothing new can be made in it."""
        metadata, status = self.object.metadata, self.object.status
        return metadata.deletion_timestamp is not None or (
            status is not None and status.phase == "Terminating"
        )

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]:
        """Namespaces that pods or other objects were seen in, but that were not seen themselves, open the list."""
        table = views.table(cls.need, cls.struct)
        rows = tuple(row for row in table.known() if views.within in {None, row.name})
        platform = [row for row in rows if views.profile.is_platform(row.name)]
        chosen = {
            Among.ALL: rows,
            Among.PLATFORM: tuple(platform),
            Among.APPLICATION: tuple(row for row in rows if not views.profile.is_platform(row.name)),
        }[among]
        gaps = [
            gap
            for gap in table.gaps
            if not gap.name or among is Among.ALL
            or views.profile.is_platform(gap.name) is (among is Among.PLATFORM)
        ]  # fmt: skip
        apart = len(rows) - len(chosen)
        return Selection(
            [cls(row) for row in chosen], gaps, {"in other namespaces": apart} if apart else None
        )


class DisruptionBudget(ObjectSubject[policy.PodDisruptionBudget]):
    need = kube.DISRUPTION_BUDGETS
    struct = policy.PodDisruptionBudget
    over = "PodDisruptionBudget"


class Autoscaler(ObjectSubject[policy.HorizontalPodAutoscaler]):
    need = kube.AUTOSCALERS
    struct = policy.HorizontalPodAutoscaler
    over = "HorizontalPodAutoscaler"


class Quota(ObjectSubject[policy.ResourceQuota]):
    need = kube.RESOURCE_QUOTAS
    struct = policy.ResourceQuota
    over = "ResourceQuota"


class StatefulSet(ObjectSubject[workload.StatefulSet]):
    need = kube.STATEFUL_SETS
    struct = workload.StatefulSet
    over = "StatefulSet"


class Cluster:
    """The cluster as a whole: one subject, always there."""

    over: ClassVar[str] = "cluster"
    placed: ClassVar[bool] = False
    needs: ClassVar[tuple[Need, ...]] = ()
    variant: str = ""
    origin: tuple[Need, Key, str] | None = None

    def __init__(self, name: str) -> None:
        self.subject = Subject("Cluster", name)
        self.members = (name,)

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]:  # noqa: ARG003  # there is only one
        return Selection([cls(views.profile.name or views.trial.cluster.context or "cluster")])


class DeclaredNodeService:
    """A node service that the profile declares."""

    over: ClassVar[str] = "node service"
    placed: ClassVar[bool] = True
    declared_as: ClassVar[str] = "nodeServices"
    needs: ClassVar[tuple[Need, ...]] = ()
    variant: str = ""

    def __init__(self, declared: NodeService) -> None:
        self.declared = declared
        self.origin = (kube.DAEMON_SETS, (declared.namespace, declared.daemon_set), "")
        self.subject = Subject("NodeService", declared.name, declared.namespace)
        self.members = (declared.name,)

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]:  # noqa: ARG003  # all are declared
        rows = views.profile.declares.node_services
        return Selection([cls(row) for row in rows if views.within in {None, row.namespace}])


class DeclaredTask:
    """A scheduled task that the profile declares."""

    over: ClassVar[str] = "scheduled task"
    placed: ClassVar[bool] = True
    declared_as: ClassVar[str] = "scheduledTasks"
    needs: ClassVar[tuple[Need, ...]] = ()
    variant: str = ""

    def __init__(self, declared: ScheduledTask) -> None:
        self.declared = declared
        self.origin = (kube.CRON_JOBS, (declared.namespace, declared.cron_job), "")
        self.subject = Subject("ScheduledTask", declared.name, declared.namespace)
        self.members = (declared.name,)

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]:  # noqa: ARG003  # all are declared
        rows = views.profile.declares.scheduled_tasks
        return Selection([cls(row) for row in rows if views.within in {None, row.namespace}])
