"""The profile, ``seatrial.yaml``: what the platform's owners declare about it.

A declaration changes only which subjects are selected, or which reading a contract allows; it never makes a
pass out of what was not seen. Every declaration names its owner and reason, and both are printed.
"""

from msgspec import Struct, field

from seatrial.model.finding import Subject


class Strict(
    Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """A part of the profile: unknown keys are refused."""


class Declared(Strict, frozen=True, kw_only=True):
    """Something said by a person, who answers for it, and why."""

    owner: str
    reason: str


class ClusterRef(Strict, frozen=True, kw_only=True):
    """The cluster that this profile belongs to; another one is refused."""

    context: str = ""
    uid: str = ""
    """The uid of the namespace kube-system."""


class WorkloadRef(Declared, frozen=True, kw_only=True):
    """A workload by kind, namespace and name."""

    kind: str
    namespace: str
    name: str

    def names(self, subject: Subject) -> bool:
        """Whether ``subject`` is this workload or a facet of it."""
        return (self.kind, self.namespace, self.name) == (subject.kind, subject.namespace, subject.name)


class NodeService(Declared, frozen=True, kw_only=True):
    """A service that must run on every node (17.3): the DaemonSet that provides it, the nodes it must cover."""

    name: str
    namespace: str
    daemon_set: str
    nodes: dict[str, str] = {}
    """Labels of the nodes that it must cover; none means every node."""


class ScheduledTask(Declared, frozen=True, kw_only=True):
    """A task that must run on a schedule (17.4)."""

    name: str
    namespace: str
    cron_job: str
    max_run_time: str = "1h"
    """The longest time that one run may take, such as ``90m``."""
    overlap: str = ""
    """Why overlapping runs do no harm; empty: they are not allowed."""


class CapabilityGrant(WorkloadRef, frozen=True, kw_only=True):
    """Capabilities that a container may add, spelled as Kubernetes spells them (``NET_ADMIN``)."""

    container: str
    add: tuple[str, ...]


class SecurityProfile(Declared, frozen=True, kw_only=True):
    """A custom seccomp, AppArmor or SELinux profile that must be installed where its pods run (3.3)."""

    name: str
    namespace: str = ""
    kind: str
    """``SeccompProfile``, ``AppArmorProfile`` or ``SelinuxProfile``."""


class NamespaceRef(Declared, frozen=True, kw_only=True):
    name: str


class OptOut(WorkloadRef, frozen=True, kw_only=True):
    """A workload that a claim about ``workload`` does not ask: for instance one that must not scale (16.1)."""

    claim: str


class Declares(Strict, frozen=True, kw_only=True):
    """Facts that cannot be inferred safely from the cluster."""

    node_services: tuple[NodeService, ...] = ()
    scheduled_tasks: tuple[ScheduledTask, ...] = ()
    critical_components: tuple[WorkloadRef, ...] = ()
    platform_workloads: tuple[WorkloadRef, ...] = ()
    stateful_workloads: tuple[WorkloadRef, ...] = ()
    capabilities: tuple[CapabilityGrant, ...] = ()
    security_profiles: tuple[SecurityProfile, ...] = ()
    restricted_namespaces: tuple[NamespaceRef, ...] = ()
    opt_outs: tuple[OptOut, ...] = ()
    alternatives: tuple[NamespaceRef, ...] = ()
    """Implementations (``via``) in use that leave no trace in the API, by their name in the catalogue."""


class Accept(Declared, frozen=True, kw_only=True):
    """A looser reading that a contract allows, such as ``psa-labels``."""

    reading: str


class NotApplicable(Declared, frozen=True, kw_only=True):
    item: str
    condition: str


class WaivedSubject(Strict, frozen=True, kw_only=True):
    """Objects of findings, each word a pattern such as ``web-*``. Without ``namespace`` those of any, and of none."""

    kind: str = "*"
    namespace: str = "*"
    name: str = "*"


class Waiver(Declared, frozen=True, kw_only=True):
    """Accepted until a day: changes the gate, never the verdict."""

    item: str
    claim: str = ""
    """The only claim of the item that is accepted; empty: all of them."""
    subjects: tuple[WaivedSubject, ...] = ()
    """The only objects that are accepted; none: whatever hinders the item. One that is not among them keeps it open."""
    expires: str
    """A date, ``2027-01-31``: the last day on which it holds, UTC."""


class Excluded(WorkloadRef, frozen=True, kw_only=True):
    """A workload that the platform's owners do not answer for; it is counted apart, never dropped."""


class Scope(Strict, frozen=True, kw_only=True):
    """Which namespaces are the platform's; all others are applications'."""

    platform_namespaces: tuple[str, ...] = ()
    excluded: tuple[Excluded, ...] = ()


SYSTEM_NAMESPACES = ("kube-node-lease", "kube-public", "kube-system")
"""Platform namespaces of every cluster: Kubernetes makes them itself."""

READINGS = {
    "psa-labels": "namespace labels count as enforcement of pod security, without a prober's denied pod (3.1)",
    "no-cpu-limits": "containers need no CPU limit (3.7)",
    "ingress-only": "pods need isolation for ingress only (5.2)",
}
"""Every reading that ``accepts`` may name, and what it accepts."""


class GoLive(Strict, frozen=True, kw_only=True):
    date: str = ""
    urls: tuple[str, ...] = ()


class WaiverFile(Strict, frozen=True, kw_only=True):
    """A file ``waivers/*.yaml`` beside the profile."""

    api_version: str
    kind: str
    waivers: tuple[Waiver, ...] = ()
    not_applicable: tuple[NotApplicable, ...] = ()


class TickFile(Strict, frozen=True, kw_only=True):
    """The file ``ticks.yaml`` beside the profile, as ``seatrial init --ticks`` writes it."""

    api_version: str
    kind: str
    items: tuple[str, ...]


class Profile(Strict, frozen=True, kw_only=True):
    """``seatrial.yaml`` whole. The empty profile is a valid one."""

    api_version: str = "seatrial/v1alpha1"
    kind: str = "Platform"
    name: str = ""
    cluster: ClusterRef = ClusterRef()
    stage: str = "pre-launch"
    go_live: GoLive = GoLive()
    scope: Scope = Scope()
    declares: Declares = Declares()
    accepts: tuple[Accept, ...] = ()
    not_applicable: tuple[NotApplicable, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    limits: dict[str, dict[str, float | int | str | bool]] = field(default_factory=dict)
    """By claim id: the check's limits to change, and ``share``."""
    owners: dict[str, str] = field(default_factory=dict)
    """Who answers for a section, by its id."""
    ticks: tuple[str, ...] = ()
    """Items that the team's old list calls done; reports say how much of it is proved."""

    def is_platform(self, namespace: str) -> bool:
        return namespace in SYSTEM_NAMESPACES or namespace in self.scope.platform_namespaces

    def accepted(self, reading: str) -> Accept | None:
        """Who accepts a looser reading, if anybody does. ``reading`` must be one of ``READINGS``."""
        if reading not in READINGS:
            raise KeyError(reading)
        return next((accept for accept in self.accepts if accept.reading == reading), None)
