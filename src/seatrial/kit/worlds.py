"""The worlds that a check is proved on: a small one that passes, and traps that are one change away from it.

Worlds are text here, so that importing a check costs nothing; ``seatrial.testing`` reads them.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from seatrial.model.outcome import Outcome

NOW = "2026-06-01T12:00:00Z"
"""The time of every world that does not say another one."""


class World(Struct, frozen=True):
    """Objects as they stand in etcd (a YAML stream), the profile (YAML), the time, and API groups that are served too.

    The namespace ``default`` belongs to the platform in every world, since every server makes it.
    Namespaces that objects stand in are added where they are not given.
    """

    objects: str
    profile: str = ""
    now: str = NOW
    serves: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Group and version, such as ``metrics.k8s.io/v1beta1``, and its resources."""


class Change(Struct, frozen=True):
    """One change of a world: of an object, of the profile, of the time, or of the evidence."""

    verb: str
    target: str
    value: Any = None


class Trap(Struct, frozen=True):
    """A world that a careless judge gets wrong: ``GOOD``, changed, and the outcome it must give.

    ``note`` is a part of a remark that the findings must carry.
    """

    name: str
    gives: Outcome
    changes: tuple[Change, ...]
    note: str = ""


def trap(name: str, gives: Outcome, *changes: Change, note: str = "") -> Trap:
    return Trap(name, gives, changes, note)


def patch(target: str, fields: Mapping[str, Any]) -> Change:
    """Changes fields of ``Kind namespace/name`` (``Kind name`` for kinds of the cluster).

    Mappings merge; lists of named things merge by ``name``; other lists are replaced; None removes.
    """
    return Change("patch", target, dict(fields))


def add(objects: str) -> Change:
    """More objects, as a YAML stream."""
    return Change("add", "", objects)


def remove(target: str) -> Change:
    return Change("remove", target)


def refuse(resource: str, namespace: str | None = None) -> Change:
    """The server refuses to list a resource (``pods``): everywhere, or in one namespace."""
    return Change("refuse", resource, namespace)


def serve(group_version: str, *resources: str) -> Change:
    """The server serves this group and version too, such as ``capsule.clastix.io/v1beta2``."""
    return Change("serve", group_version, resources)


def profile(fields: Mapping[str, Any]) -> Change:
    """Changes keys of the profile; merges like ``patch``."""
    return Change("profile", "", dict(fields))


def at(now: str) -> Change:
    """Another time, RFC 3339."""
    return Change("at", "", now)
