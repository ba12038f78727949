"""Custom seccomp, AppArmor and SELinux profiles: who uses them, and where the Security Profiles Operator has them."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Self

from seatrial.inventory.subjects import Selection
from seatrial.inventory.views import Views
from seatrial.inventory.workloads import PodGroup, Workloads
from seatrial.model.evidence import Cause, Gap, Key, Need, Unseen
from seatrial.model.finding import Subject
from seatrial.model.item import Among
from seatrial.model.profile import SecurityProfile
from seatrial.needs import kube
from seatrial.semantics.security import APPARMOR_ANNOTATION, of_pod, own
from seatrial.wire.cluster import OperatorProfile, SecurityProfileNodeStatus

SECCOMP, APP_ARMOR, SELINUX, RAW_SELINUX = (
    "SeccompProfile",
    "AppArmorProfile",
    "SelinuxProfile",
    "RawSelinuxProfile",
)
_FOLDER = "operator/"
"""Where the operator keeps seccomp profiles, under the kubelet's folder for them."""

Use = tuple[str, str]
"""A kind of profile, and how a pod names it."""


class DeclaredProfile:
    """A custom profile: declared in ``seatrial.yaml``, or named by a pod as its ``localhostProfile``.

    ``nodes`` are those that run its pods, as far as pods were seen. Pods that were not seen open the list.
    """

    over: ClassVar[str] = "security profile"
    placed: ClassVar[bool] = False
    declared_as: ClassVar[str] = "securityProfiles"
    needs: ClassVar[tuple[Need, ...]] = PodGroup.needs
    variant: str = ""
    origin: tuple[Need, Key, str] | None = None

    def __init__(
        self, kind: str, namespace: str, name: str, nodes: frozenset[str], gaps: tuple[Gap, ...] = ()
    ) -> None:
        self._gaps = gaps
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.nodes = tuple(sorted(nodes))
        self.subject = Subject(kind, name, namespace)
        self.members = (f"{namespace}/{name}" if namespace else name,)

    def refuse_gaps(self) -> None:
        """Raises Unseen where there may be pods that use it, on more nodes, which were not seen."""
        if self._gaps:
            raise Unseen(self._gaps[0])

    @property
    def is_of_the_operator(self) -> bool:
        """Whether it can be the operator's: of a kind of it, and no path of a file elsewhere on the node."""
        return self.kind in {SECCOMP, APP_ARMOR, SELINUX, RAW_SELINUX} and "/" not in self.name

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]:  # noqa: ARG003  # all are declared
        in_use = views.view(ProfilesInUse)
        nodes = in_use.nodes
        found: dict[tuple[str, str, str], frozenset[str]] = {}
        declared: set[Use] = set()
        for row in views.profile.declares.security_profiles:
            use = _named_by_pods(row)
            declared.add(use)
            found[row.kind, row.namespace, row.name] = frozenset(nodes.get(use, ()))
        for use in nodes.keys() - declared:
            if use[0] != SELINUX:  # a type that nobody declared may be one of the node's own
                found[use[0], *_name_of(*use)] = frozenset(nodes[use])
        chosen = [cls(*key, on, in_use.gaps) for key, on in sorted(found.items())]
        return Selection(chosen, in_use.gaps)


class ProfilesInUse:
    """The profiles that pods name, and the nodes that run these pods; ``gaps`` may hide more."""

    needs: ClassVar[tuple[Need, ...]] = PodGroup.needs

    def __init__(self, nodes: dict[Use, set[str]], gaps: Iterable[Gap]) -> None:
        self.nodes = nodes
        self.gaps = tuple(gaps)

    @classmethod
    def of(cls, views: Views) -> Self:
        workloads = views.view(Workloads)
        nodes: dict[Use, set[str]] = {}
        for group in workloads.known(workloads.within):
            for use in _uses(group):
                nodes.setdefault(use, set()).update(group.nodes)
        return cls(nodes, workloads.gaps)

    @classmethod
    def joined(cls, parts: Iterable[Self], views: Views) -> Self:  # noqa: ARG003  # the parts have all
        """The whole of what was made namespace by namespace."""
        nodes: dict[Use, set[str]] = {}
        gaps: set[Gap] = set()
        for part in parts:
            for use, on in part.nodes.items():
                nodes.setdefault(use, set()).update(on)
            gaps.update(part.gaps)
        return cls(nodes, sorted(gaps))


class OperatorProfiles:
    """What the Security Profiles Operator says of its profiles."""

    needs: ClassVar[tuple[Need, ...]] = (
        kube.PROFILE_NODE_STATUSES,
        kube.APP_ARMOR_PROFILES,
        kube.SELINUX_PROFILES,
    )

    def __init__(self, views: Views) -> None:
        self._views = views
        self._states: dict[tuple[str, str, str], dict[str, str]] | None = None

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls(views)

    def by_node(self, profile: DeclaredProfile) -> dict[str, str]:
        """The state of a profile on each node that reports it. Raises Unseen where reports may be missing."""
        if self._states is None:
            states: dict[tuple[str, str, str], dict[str, str]] = {}
            table = self._views.table(kube.PROFILE_NODE_STATUSES, SecurityProfileNodeStatus)
            for row in table.all():
                for owner in row.metadata.owner_references:
                    states.setdefault((owner.kind, row.namespace, owner.name), {})[row.node] = row.state
            self._states = states
        return self._states.get((profile.kind, profile.namespace, profile.name), {})

    def mode(self, profile: DeclaredProfile) -> str:
        """``Complain``, ``Permissive`` and so on; empty for kinds without a mode. Raises Unseen where it was not seen."""
        need = {APP_ARMOR: kube.APP_ARMOR_PROFILES, SELINUX: kube.SELINUX_PROFILES}.get(profile.kind)
        if need is None:
            return ""
        found = self._views.table(need, OperatorProfile).find(profile.namespace, profile.name)
        if found is None:
            detail = f"{profile.kind} {profile.name} went while the lists were read"
            raise Unseen(Gap(need.id, Cause.STALE, detail, "run again", profile.namespace, profile.name))
        return found.spec.mode


def _uses(group: PodGroup) -> Iterator[Use]:
    """Every Localhost profile, and every SELinux type, in effect for a container: its own, else the pod's."""
    spec, of_all = group.pod.spec, of_pod(group.pod)
    for container in (*spec.init_containers, *spec.containers, *spec.ephemeral_containers):
        context = own(container)
        seccomp = context.seccomp_profile or of_all.seccomp_profile
        if seccomp is not None and seccomp.type == "Localhost":
            yield SECCOMP, seccomp.localhost_profile
        apparmor = context.app_armor_profile or of_all.app_armor_profile
        annotation = group.pod.metadata.annotations.get(APPARMOR_ANNOTATION + container.name, "")
        if apparmor is not None and apparmor.type == "Localhost":
            yield APP_ARMOR, apparmor.localhost_profile
        elif apparmor is None and annotation.startswith("localhost/"):
            yield APP_ARMOR, annotation.removeprefix("localhost/")
        selinux = context.se_linux_options or of_all.se_linux_options
        if selinux is not None and selinux.type:
            yield SELINUX, selinux.type


def _named_by_pods(row: SecurityProfile) -> Use:
    """How pods name a declared profile. Its namespace stands in the name where the operator is an old one."""
    if row.kind == SECCOMP:
        folder = f"{_FOLDER}{row.namespace}/" if row.namespace else _FOLDER
        return SECCOMP, f"{folder}{row.name.removesuffix('.json')}.json"
    if row.kind in {SELINUX, RAW_SELINUX}:
        module = f"{row.name}_{row.namespace}" if row.namespace else row.name
        return SELINUX, f"{module}.process"
    return row.kind, row.name


def _name_of(kind: str, said: str) -> tuple[str, str]:
    """Namespace and name of the operator's profile; a file that is not the operator's keeps its path as its name."""
    if kind != SECCOMP or not said.startswith(_FOLDER):
        return "", said
    namespace, _, name = said.removeprefix(_FOLDER).rpartition("/")
    return namespace, name.removesuffix(".json")
