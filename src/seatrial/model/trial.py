"""One sea trial: what was asked, what came back, and the one point in time at which it is judged."""

from msgspec import Struct

from seatrial.model.evidence import Evidence
from seatrial.model.profile import Profile


class Cluster(Struct, frozen=True, omit_defaults=True):
    """Which cluster was tried. A restored clone shares ``uid``; ``ca`` tells it apart."""

    uid: str = ""
    """The uid of the namespace kube-system."""
    ca: str = ""
    """SHA-256 of the public key of the CA that signed the API server's certificate."""
    server: str = ""
    context: str = ""
    version: str = ""
    """As the API server says it, such as ``v1.36.3``."""
    emulates: str = ""
    """The older version whose rules it keeps, such as ``v1.34``, where it was started to emulate one."""


class Group(Struct, frozen=True, omit_defaults=True, order=True):
    """A version of an API group that the server serves, with its resources (plural names)."""

    group: str
    version: str
    resources: tuple[str, ...] = ()
    stale: bool = False
    """The server could not ask the aggregated API behind this group when discovery was read."""


class Trial(Struct, frozen=True, omit_defaults=True):
    """Everything that a judgement depends on. The same trial gives the same verdicts anywhere.

    ``declared`` marks a trial of manifests: it never stands for a live cluster.
    ``evidence`` has one answer per need asked, by need id.
    """

    now: str
    """RFC 3339, UTC: the time at which everything is judged."""
    cluster: Cluster
    profile: Profile
    evidence: dict[str, Evidence]
    sources: tuple[str, ...]
    """The sources that were configured, sorted: ``kube``, ``profile``, ..."""
    declared: bool = False
    name: str = ""
    recorder: str = ""
    """The version of Seatrial that recorded it."""
    skew: int = 0
    """Seconds that the API server's clock was ahead of the recorder's."""
