"""Workloads: pods grouped by top owner and by what is judged of them, with three facets.

A group is a top owner plus the digest of its pods' spec and labels, less what differs from pod to pod (node name,
token volume, claim names, revision hash, ordinal). Members keep name, node and readiness. 300,000 containers of
15,000 workloads are thus judged some 40,000 times, not 300,000 times, and counted exactly.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, ClassVar, Self, TypeVar

from seatrial.inventory.grouping import Member, group_pods
from seatrial.inventory.subjects import Selection, gaps_in_scope, in_scope
from seatrial.inventory.views import Views
from seatrial.model.evidence import Gap, Key, Need, Partial, Unseen
from seatrial.model.finding import Subject
from seatrial.model.item import Among
from seatrial.model.profile import WorkloadRef
from seatrial.needs import kube
from seatrial.wire.pod import MIRROR_ANNOTATION, Container, Pod
from seatrial.wire.workload import DaemonSet, Deployment, StatefulSet

X = TypeVar("X")

Controller = Deployment | StatefulSet | DaemonSet


class PodGroup:
    """Pods of one top owner that are the same in all that is judged; ``pod`` stands for all of them."""

    over: ClassVar[str] = "pod"
    placed: ClassVar[bool] = True
    needs: ClassVar[tuple[Need, ...]] = (
        kube.PODS,
        kube.REPLICA_SETS,
        kube.JOBS,
    )

    def __init__(self, subject: Subject, pod: Pod, unseen: Gap | None, pods: list[Member]) -> None:
        self.subject = subject
        self.unseen = unseen
        """Why the top owner is not known, where it is not; ``subject`` is then the last owner that is."""
        self.pod = pod
        self.variant = ""
        self.pods = sorted(pods, key=lambda member: member.name)
        self.members = tuple(member.name for member in self.pods)
        self.mirror = MIRROR_ANNOTATION in pod.metadata.annotations
        self._kept: dict[Any, Any] = {}

    def is_like(self, other: "PodGroup") -> bool:
        """Whether nothing that is read of two groups differs."""
        return (self.pod, self.pods, self.unseen) == (other.pod, other.pods, other.unseen)

    def once(self, make: Callable[["PodGroup"], X]) -> X:
        """What a function of this group alone gives, worked out once."""
        if make not in self._kept:
            self._kept[make] = make(self)
        kept: X = self._kept[make]
        return kept

    @property
    def namespace(self) -> str:
        return self.pod.namespace

    @property
    def owner(self) -> Subject:
        """The top owner. Raises Unseen where it is not known: what depends on the owner is then not known either."""
        if self.unseen is not None:
            raise Unseen(self.unseen)
        return self.subject

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that its pods run on, sorted; a pod that waits for one adds none."""
        return tuple(sorted({member.node for member in self.pods if member.node}))

    @property
    def origin(self) -> tuple[Need, Key, str] | None:
        return kube.PODS, (self.pod.namespace, self.pod.name), ""

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]:
        return views.view(Workloads).select(views, among, cls.over, lambda group: (group,))


class ContainerGroup:
    """One container of a group of pods; ``kind`` is init, sidecar, app or ephemeral."""

    over: ClassVar[str] = "container"
    placed: ClassVar[bool] = True
    needs: ClassVar[tuple[Need, ...]] = PodGroup.needs

    def __init__(self, group: PodGroup, kind: str, container: Container, pointer: str) -> None:
        self.group = group
        self.kind = kind
        self.container = container
        self.pointer = pointer
        """Where the container stands in the pod: ``/spec/containers/0``."""
        owner = group.subject
        self.subject = Subject(owner.kind, owner.name, owner.namespace, owner.group, container.name)
        self.pod = group.pod
        self.variant = group.variant
        self.members = group.members

    @property
    def origin(self) -> tuple[Need, Key, str] | None:
        return self.group.origin

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]:
        return views.view(Workloads).select(views, among, cls.over, lambda group: group.once(cls._of))

    @classmethod
    def _of(cls, group: PodGroup) -> tuple[Self, ...]:
        return tuple(cls._each(group))

    @classmethod
    def _each(cls, group: PodGroup) -> Iterator[Self]:
        spec = group.pod.spec
        for index, container in enumerate(spec.init_containers):
            kind = "sidecar" if container.restart_policy == "Always" else "init"
            yield cls(group, kind, container, f"/spec/initContainers/{index}")
        for index, container in enumerate(spec.containers):
            yield cls(group, "app", container, f"/spec/containers/{index}")
        for index, container in enumerate(spec.ephemeral_containers):
            yield cls(group, "ephemeral", container, f"/spec/ephemeralContainers/{index}")


class Workload:
    """A top owner: its controller object where it is a Deployment, StatefulSet or DaemonSet, and its pods."""

    over: ClassVar[str] = "workload"
    placed: ClassVar[bool] = True
    declared_as: ClassVar[str] = "criticalComponents"
    needs: ClassVar[tuple[Need, ...]] = (
        *PodGroup.needs,
        kube.DEPLOYMENTS,
        kube.STATEFUL_SETS,
        kube.DAEMON_SETS,
    )
    variant: str = ""

    def __init__(
        self,
        subject: Subject,
        groups: tuple[PodGroup, ...],
        controller: Controller | None,
        *,
        pods_unseen: Gap | None = None,
        controller_unseen: Gap | None = None,
    ) -> None:
        self.subject = subject
        self._groups = groups
        self._controller = controller
        self._pods_unseen = pods_unseen
        self._controller_unseen = controller_unseen

    @property
    def groups(self) -> tuple[PodGroup, ...]:
        """Its pods. Raises Unseen where some may be missing."""
        if self._pods_unseen is not None:
            raise Unseen(self._pods_unseen)
        return self._groups

    @property
    def controller(self) -> Controller | None:
        """None for a kind that has none that is read. Raises Unseen where it has one that was not seen."""
        if self._controller_unseen is not None:
            raise Unseen(self._controller_unseen)
        return self._controller

    @property
    def namespace(self) -> str:
        return self.subject.namespace

    @property
    def replicas(self) -> int | None:
        """The pods it wants; None for a kind that does not say (a DaemonSet, a foreign owner). Raises Unseen."""
        match self.controller:
            case Deployment() | StatefulSet() as controller:
                return 1 if controller.spec.replicas is None else controller.spec.replicas
            case _:
                return None

    @property
    def size(self) -> int:
        """The pods it wants; where its kind does not say, those that were seen. Raises Unseen."""
        replicas = self.replicas
        return sum(len(group.pods) for group in self.groups) if replicas is None else replicas

    @property
    def labels(self) -> tuple[dict[str, str], ...]:
        """The labels that its pods have, group by group, and those that its template gives to the next. Raises Unseen."""
        of_pods = tuple(group.pod.labels for group in self.groups)
        if self.controller is None:
            return of_pods
        return (*of_pods, self.controller.spec.template.metadata.labels)

    @property
    def members(self) -> tuple[str, ...]:
        """A workload counts once, however many pods it has."""
        return (self.subject.name,)

    @property
    def origin(self) -> tuple[Need, Key, str] | None:
        need = {
            "Deployment": kube.DEPLOYMENTS,
            "StatefulSet": kube.STATEFUL_SETS,
            "DaemonSet": kube.DAEMON_SETS,
        }.get(self.subject.kind)
        if self._controller is not None and need is not None:
            return need, (self.subject.namespace, self.subject.name), ""
        return self._groups[0].origin if self._groups else None

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]:
        return views.view(Workloads).select_workloads(views, among, cls)


class Workloads:
    """Every group of pods, by top owner. The view behind the three facets."""

    needs: ClassVar[tuple[Need, ...]] = Workload.needs

    def __init__(self, groups: Iterable[PodGroup], pods: Partial[Pod], views: Views) -> None:
        self._seen = tuple(groups)
        self._pods = pods  # no rows: only what is not known of the list
        self._views = views
        self._selected: dict[tuple[Among, str], Selection[Any]] = {}
        self._workloads: dict[tuple[Among, type[Any]], Selection[Any]] = {}

    @cached_property
    def _groups(self) -> tuple[PodGroup, ...]:
        return tuple(sorted(self._seen, key=lambda group: (group.subject, group.members[0])))

    @cached_property
    def _by_owner(self) -> dict[Subject, list[PodGroup]]:
        found: dict[Subject, list[PodGroup]] = {}
        for group in self._groups:
            found.setdefault(group.subject, []).append(group)
        return found

    @cached_property
    def _by_namespace(self) -> dict[str, list[PodGroup]]:
        found: dict[str, list[PodGroup]] = {}
        for group in self._groups:
            found.setdefault(group.namespace, []).append(group)
        return found

    @cached_property
    def _unseen(self) -> dict[str, Gap]:
        """Why an owner in a namespace is not known, where one is not."""
        found: dict[str, Gap] = {}
        for group in self._groups:
            if group.unseen is not None:
                found.setdefault(group.namespace, group.unseen)
        return found

    @classmethod
    def of(cls, views: Views) -> Self:
        grouped, gaps = group_pods(views)
        before = views.before(cls)
        stood = (
            {(group.subject, group.members): group for group in before.known(views.within)} if before else {}
        )
        groups: list[PodGroup] = []
        for row in grouped.values():
            group = PodGroup(row.owner, row.pod, row.unseen, row.members)
            same = stood.get((group.subject, group.members))
            groups.append(same if same is not None and same.is_like(group) else group)
        number(groups)
        return cls(groups, Partial({}, gaps, views.within), views)

    @classmethod
    def joined(cls, parts: Iterable[Self], views: Views) -> Self:
        """The whole of what was made namespace by namespace."""
        groups: list[PodGroup] = []
        gaps: set[Gap] = set()
        for part in parts:
            groups += part.known(part.within)
            gaps.update(part.gaps)
        return cls(groups, Partial({}, gaps), views)

    def all(self, namespace: str | None = None) -> tuple[PodGroup, ...]:
        """Every group, mirror pods among them. Raises Unseen where pods may be missing."""
        self.refuse_gaps(namespace)
        return self.known(namespace)

    @property
    def within(self) -> str | None:
        """The namespace that it is limited to, if it is."""
        return self._pods.within

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is not known of the list of pods."""
        return self._pods.gaps

    def refuse_gaps(self, namespace: str | None = None) -> None:
        """Raises Unseen where pods may be missing: ``all`` without its groups."""
        self._pods.refuse_gaps(namespace)

    def known(self, namespace: str | None = None) -> tuple[PodGroup, ...]:
        """The groups that were seen; those of all namespaces in any order."""
        self._pods.reach(namespace)
        return (
            self._seen if namespace in {None, self.within} else tuple(self._by_namespace.get(namespace, ()))
        )

    def owned_by(self, subject: Subject) -> tuple[PodGroup, ...]:
        """The groups of a workload that were seen."""
        self._pods.reach(subject.namespace)
        return tuple(self._by_owner.get(subject, ()))

    def find(self, subject: Subject) -> Workload | None:
        """A workload by its top owner; None where it is proved that there is none.

        An owner of a foreign kind shows by its pods only. Raises Unseen where its pods, their owners or its
        controller may be missing.
        """
        groups = self._all_owned_by(subject)
        for need, struct in _CONTROLLERS:
            if (need.group, need.kind) == (subject.group, subject.kind):
                row = self._views.table(need, struct).find(subject.namespace, subject.name)
                return None if row is None else Workload(subject, groups, row)
        return Workload(subject, groups, None) if groups else None

    def controllers(self, namespace: str) -> Iterator[Workload]:
        """The Deployments and StatefulSets of a namespace. Raises Unseen where some may be missing."""
        for need, struct in _CONTROLLERS[:2]:
            for row in self._views.table(need, struct).all(namespace):
                subject = Subject(need.kind, row.name, namespace, need.group)
                yield Workload(subject, self._all_owned_by(subject), row)

    def members(self, subject: Subject) -> tuple[Member, ...]:
        """The pods of a workload. Raises Unseen where some may be missing."""
        return tuple(member for group in self._all_owned_by(subject) for member in group.pods)

    def _all_owned_by(self, subject: Subject) -> tuple[PodGroup, ...]:
        hidden = self._hidden(subject.namespace)
        if hidden is not None:
            raise Unseen(hidden)
        return self.owned_by(subject)

    def select(
        self, views: Views, among: Among, over: str, facets: Callable[[PodGroup], Any]
    ) -> Selection[Any]:  # the facet's own type, which its `select` restores
        """The facets of all groups in scope; made once for every check that asks for the same."""
        made = self._selected.get((among, over))
        if made is None:
            made = self._selected[among, over] = self._select(views, among, facets)
        return made

    def _select(self, views: Views, among: Among, facets: Callable[[PodGroup], Any]) -> Selection[Any]:
        chosen: list[Any] = []
        apart: dict[str, int] = {}
        gaps: list[Gap] = []
        by_owner = views.profile.declares.platform_workloads or views.profile.scope.excluded
        for group in self._groups:
            reason = _left_out(views, among, group)
            if group.unseen is not None and by_owner and not reason:
                gaps.append(group.unseen)
            elif reason:
                apart[reason] = apart.get(reason, 0) + len(group.pods)
            else:
                chosen.extend(facets(group))
        return Selection(chosen, [*gaps_in_scope(views, among, self._pods), *dict.fromkeys(gaps)], apart)

    def select_workloads(self, views: Views, among: Among, type: type[Any]) -> Selection[Any]:
        """The workloads that a claim speaks of; selected once for all its checks."""
        key = among, type
        if key not in self._workloads:
            self._workloads[key] = self._select_workloads(views, among, type)
        return self._workloads[key]

    def _select_workloads(self, views: Views, among: Among, type: type[Any]) -> Selection[Any]:
        if among is Among.DECLARED:
            declared = views.profile.declares.critical_components
            here = [row for row in declared if views.within in {None, row.namespace}]
            return Selection([self._declared(views, row, type) for row in here])
        chosen: dict[Subject, Any] = {}
        apart: dict[str, int] = {}
        gaps: list[Gap] = [*gaps_in_scope(views, among, self._pods)]
        for need, struct in _CONTROLLERS:
            table = views.table(need, struct)
            gaps += gaps_in_scope(views, among, table)
            for row in table.known():
                subject = Subject(need.kind, row.name, row.namespace, need.group)
                chosen[subject] = self._workload(subject, row, views, type)
        for subject, groups in self._by_owner.items():
            unseen = [group.unseen for group in groups if group.unseen is not None]
            if unseen and in_scope(views, among, subject.namespace):
                gaps += unseen
            elif subject not in chosen and not all(group.mirror for group in groups):
                chosen[subject] = self._workload(subject, None, views, type)
        kept: list[Any] = []
        for workload in chosen.values():
            reason = _excluded(views, among, workload.subject)
            if reason:
                apart[reason] = apart.get(reason, 0) + 1
            else:
                kept.append(workload)
        return Selection(kept, dict.fromkeys(gaps), apart)

    def _declared(self, views: Views, row: WorkloadRef, type: type[Any]) -> Any:
        """A workload that the profile names, whether it is there or not."""
        need, struct = next((pair for pair in _CONTROLLERS if pair[0].kind == row.kind), (None, None))
        foreign = next((owner.group for owner in self._by_owner if row.names(owner)), "")
        subject = Subject(row.kind, row.name, row.namespace, need.group if need else foreign)
        known = views.table(need, struct).known(row.namespace) if need and struct else iter(())
        controller = next((found for found in known if found.name == row.name), None)
        return self._workload(subject, controller, views, type)

    def _workload(
        self, subject: Subject, controller: Controller | None, views: Views, type: type[Any]
    ) -> Any:
        """A workload as far as it was seen; what may be missing of it is told by whoever reads it."""
        return type(
            subject,
            self.owned_by(subject),
            controller,
            pods_unseen=self._hidden(subject.namespace),
            controller_unseen=_unseen(views, subject) if controller is None else None,
        )

    def _hidden(self, namespace: str) -> Gap | None:
        """Why pods of a namespace, or their owners, may be missing, where they may."""
        try:
            self._pods.refuse_gaps(namespace)
        except Unseen as unseen:
            return unseen.gap
        return self._unseen.get(namespace)


_CONTROLLERS: tuple[tuple[Need, type[Any]], ...] = (
    (kube.DEPLOYMENTS, Deployment),
    (kube.STATEFUL_SETS, StatefulSet),
    (kube.DAEMON_SETS, DaemonSet),
)


def _unseen(views: Views, subject: Subject) -> Gap | None:
    """Why the controller object of a workload is not known, where it is of a kind that is read and was not seen."""
    for need, struct in _CONTROLLERS:
        if (need.group, need.kind) == (subject.group, subject.kind):
            try:
                views.table(need, struct).find(subject.namespace, subject.name)
            except Unseen as unseen:
                return unseen.gap
    return None


def _left_out(views: Views, among: Among, group: PodGroup) -> str:
    if group.mirror:
        return "mirror pods"
    return _excluded(views, among, group.subject)


def _excluded(views: Views, among: Among, subject: Subject) -> str:
    profile = views.profile
    excluded = profile.scope.excluded
    if excluded and any(row.names(subject) for row in excluded):
        return "excluded by the profile"
    if not in_scope(views, among, subject.namespace):
        return "in other namespaces"
    if among is Among.APPLICATION and any(row.names(subject) for row in profile.declares.platform_workloads):
        return "declared platform workloads"
    return ""


def number(groups: list[PodGroup]) -> None:
    """Numbers the variants of each owner, from the first pod's name on."""
    count: dict[Subject, int] = {}
    for group in sorted(groups, key=lambda group: (group.subject, group.members[0])):
        count[group.subject] = count.get(group.subject, 0) + 1
        group.variant = str(count[group.subject])
