"""Objects of the API that are judged one by one."""

from typing import ClassVar, Self

from seatrial.inventory.subjects import ObjectSubject, Selection
from seatrial.inventory.views import Views
from seatrial.inventory.workloads import PodGroup, Workloads
from seatrial.model.evidence import Key, Need
from seatrial.model.finding import Subject
from seatrial.model.item import Among
from seatrial.model.profile import NodeService, ScheduledTask, SecurityProfile
from seatrial.needs import kube
from seatrial.wire import cluster, policy, workload
from seatrial.wire.pod import Pod, PodSecurityContext, SecurityContext


class Namespace(ObjectSubject[cluster.Namespace]):
    need = kube.NAMESPACES
    struct = cluster.Namespace
    over = "namespace"

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]:
        """Namespaces that pods or other objects were seen in, but that were not seen themselves, open the list."""
        table = views.table(cls.need, cls.struct)
        rows = tuple(table.known())
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
    declared_as: ClassVar[str] = "nodeServices"
    needs: ClassVar[tuple[Need, ...]] = ()
    variant: str = ""
    origin: tuple[Need, Key, str] | None = None

    def __init__(self, declared: NodeService) -> None:
        self.declared = declared
        self.subject = Subject("NodeService", declared.name, declared.namespace)
        self.members = (declared.name,)

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]:  # noqa: ARG003  # all are declared
        return Selection([cls(row) for row in views.profile.declares.node_services])


class DeclaredTask:
    """A scheduled task that the profile declares."""

    over: ClassVar[str] = "scheduled task"
    declared_as: ClassVar[str] = "scheduledTasks"
    needs: ClassVar[tuple[Need, ...]] = ()
    variant: str = ""
    origin: tuple[Need, Key, str] | None = None

    def __init__(self, declared: ScheduledTask) -> None:
        self.declared = declared
        self.subject = Subject("ScheduledTask", declared.name, declared.namespace)
        self.members = (declared.name,)

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]:  # noqa: ARG003  # all are declared
        return Selection([cls(row) for row in views.profile.declares.scheduled_tasks])


class DeclaredProfile:
    """A custom security profile: declared in ``seatrial.yaml``, or named by a pod's ``localhostProfile``.

    ``nodes`` are those that run its pods. Selecting fails closed: pods that were not seen open the list.
    """

    over: ClassVar[str] = "security profile"
    declared_as: ClassVar[str] = "securityProfiles"
    needs: ClassVar[tuple[Need, ...]] = PodGroup.needs
    variant: str = ""
    origin: tuple[Need, Key, str] | None = None

    def __init__(self, declared: SecurityProfile, nodes: tuple[str, ...]) -> None:
        self.declared = declared
        self.nodes = nodes
        self.subject = Subject(declared.kind, declared.name)
        self.members = (declared.name,)

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]:  # noqa: ARG003  # all are declared
        declared = {(row.kind, row.name): row for row in views.profile.declares.security_profiles}
        nodes: dict[tuple[str, str], set[str]] = {key: set() for key in declared}
        for group in views.view(Workloads).known():
            for key in _profiles_of(group):
                nodes.setdefault(key, set()).update(group.nodes)
        found = [
            cls(
                declared.get(key) or SecurityProfile(kind=key[0], name=key[1], owner="", reason="in use"),
                tuple(sorted(on)),
            )
            for key, on in sorted(nodes.items())
        ]
        return Selection(found, views.table(kube.PODS, Pod).gaps)


def _profiles_of(group: PodGroup) -> set[tuple[str, str]]:
    """The operator's kind and name of every Localhost profile that pods of a group use."""
    spec = group.pod.spec
    contexts: list[PodSecurityContext | SecurityContext | None] = [spec.security_context]
    contexts += [
        row.security_context for row in (*spec.init_containers, *spec.containers, *spec.ephemeral_containers)
    ]
    found: set[tuple[str, str]] = set()
    for context in contexts:
        if context is None:
            continue
        seccomp, apparmor = context.seccomp_profile, context.app_armor_profile
        if seccomp is not None and seccomp.type == "Localhost":
            found.add(("SeccompProfile", seccomp.localhost_profile.rpartition("/")[2].removesuffix(".json")))
        if apparmor is not None and apparmor.type == "Localhost":
            found.add(("AppArmorProfile", apparmor.localhost_profile))
    return found
