"""Worlds of the checks, as objects and as trials in memory.

A world becomes a trial by the same way as a cluster's answers: redacted, sorted, packed; the ambient objects of an
empty server are laid under it, so that a world in memory and the same world in a real server hold the same.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import msgspec
import yaml

from seatrial.kit.worlds import Change, Trap, World
from seatrial.model.evidence import Cause, Evidence, Gap, Need
from seatrial.model.profile import Profile
from seatrial.model.trial import Cluster, Group, Trial
from seatrial.needs import kube
from seatrial.wire.chunks import STORED_AS, as_struct, order_of, pack
from seatrial.wire.redact import Redactor

Json = dict[str, Any]

WORLD_PROFILE = {"name": "world", "scope": {"platformNamespaces": ["default"]}}
"""Every server makes the namespace ``default``; in worlds it belongs to the platform."""

CLUSTER = Cluster(uid="00000000-0000-4000-8000-000000000001", ca="", server="memory", version="v1.36.3")


class Held(msgspec.Struct):
    """A world with a trap's changes applied: what to write, what is refused, what else is served."""

    objects: list[Json]
    profile: Json
    now: str
    refused: list[tuple[str, str | None]]
    served: list[tuple[str, tuple[str, ...]]]


def hold(world: World, trap: Trap | None = None) -> Held:
    """The world's objects with namespaces filled in, and a trap's changes. Raises KeyError for a target not there."""
    held = Held(
        objects=[row for row in yaml.safe_load_all(world.objects) if row],
        profile=merge(WORLD_PROFILE, yaml.safe_load(world.profile) or {}),
        now=world.now,
        refused=[],
        served=list(world.serves),
    )
    for change in trap.changes if trap else ():
        _apply(held, change)
    _complete(held.objects)
    return held


def trial_of(held: Held, needs: Iterable[Need], *, cluster: Cluster = CLUSTER, shuffled: int = 0) -> Trial:
    """The trial of a world judged in memory. ``shuffled`` turns the order in which objects arrive."""
    redactor = Redactor(b"worlds")
    objects = [*ambient(held.objects), *held.objects]
    objects = objects[shuffled:] + objects[:shuffled]
    evidence = {need.id: _answer(need, held, objects, redactor) for need in needs}
    return Trial(
        now=held.now,
        cluster=cluster,
        profile=convert_profile(held.profile),
        evidence=evidence,
        sources=("kube", "profile"),
        name="world",
    )


def convert_profile(profile: Json) -> Profile:
    return msgspec.convert(without_none(profile), Profile)


def merge(old: Any, new: Any) -> Any:
    """``old`` with ``new`` laid over it: mappings merge, lists of named things merge by name, None removes."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        merged = dict(old)
        for key, value in new.items():
            if value is None:
                merged.pop(key, None)
            else:
                merged[key] = merge(old.get(key), value)
        return merged
    if _named(old) and _named(new):
        by_name = {row["name"]: row for row in old}
        for row in new:
            by_name[row["name"]] = merge(by_name.get(row["name"], {}), row)
        return list(by_name.values())
    return without_none(new)


def without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: without_none(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [without_none(inner) for inner in value]
    return value


def name_of(row: Json) -> str:
    """``Pod shop/web``, ``Namespace shop``."""
    metadata = row["metadata"]
    place = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{row['kind']} {place}{metadata['name']}"


@cache
def _ambient() -> tuple[Json, ...]:
    rows: list[Json] = json.loads(
        resources.files("seatrial.testing").joinpath("ambient.json").read_text("utf-8")
    )
    return tuple(rows)


def ambient(over: Iterable[Json] = ()) -> list[Json]:
    """What an empty server holds, less what a world brings itself."""
    taken = {(row["kind"], name_of(row)) for row in over}
    return [row for row in _ambient() if (row["kind"], name_of(row)) not in taken]


def _named(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(row, Mapping) and "name" in row for row in value)
    )


def _apply(held: Held, change: Change) -> None:
    match change.verb:
        case "patch":
            at = _index(held.objects, change.target)
            held.objects[at] = merge(held.objects[at], change.value)
        case "remove":
            del held.objects[_index(held.objects, change.target)]
        case "add":
            held.objects += [row for row in yaml.safe_load_all(change.value) if row]
        case "refuse":
            held.refused.append((change.target, change.value))
        case "serve":
            held.served.append((change.target, tuple(change.value)))
        case "profile":
            held.profile = merge(held.profile, change.value)
        case "at":
            held.now = change.value
        case verb:
            raise ValueError(f"no such change: {verb}")


def _index(objects: list[Json], target: str) -> int:
    names = [name_of(row) for row in objects]
    if target not in names:
        raise KeyError(f"{target} is not in the world; there are {', '.join(names)}")
    return names.index(target)


def _complete(objects: list[Json]) -> None:
    """Adds the namespaces that objects stand in, and what a server always adds on reading."""
    there = {row["metadata"]["name"] for row in (*objects, *_ambient()) if row["kind"] == "Namespace"}
    used = {row["metadata"].get("namespace") for row in objects} - {None, *there}
    objects += [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in sorted(used)
    ]
    for row in objects:
        if row["kind"] in _WITH_STATUS:
            row.setdefault("status", {})
        if row["kind"] == "Namespace":
            labels = row["metadata"].setdefault("labels", {})
            labels.setdefault("kubernetes.io/metadata.name", row["metadata"]["name"])


_WITH_STATUS = frozenset(
    {
        "Pod", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Node", "Namespace",
        "PodDisruptionBudget", "HorizontalPodAutoscaler", "ResourceQuota", "PersistentVolumeClaim", "Service",
    }
)  # fmt: skip


def _answer(need: Need, held: Held, objects: list[Json], redactor: Redactor) -> Evidence:
    answer = Evidence(need=need.id, schema=need.schema, collected_at=held.now)
    if need == kube.DISCOVERY:
        return msgspec.structs.replace(answer, chunks=pack(_groups(held)))
    gaps = tuple(
        Gap(
            need.id,
            Cause.REFUSED,
            f"list {need.resource} is refused",
            f"grant list on {need.resource}",
            place,
        )
        for resource, place in held.refused
        if resource == need.resource
    )
    rows = [
        redactor.whole(row)
        for row in objects
        if row["kind"] == need.kind
        and row["apiVersion"].rpartition("/")[0] == need.group
        and not any(gap.covers(row["metadata"].get("namespace", "")) for gap in gaps)
    ]
    stored = STORED_AS.get(need.schema)
    records: list[Any] = [as_struct(row, stored, need.id) for row in rows] if stored else rows
    return msgspec.structs.replace(answer, gaps=gaps, chunks=pack(sorted(records, key=order_of)))


_NEEDS = {(row.group, row.kind): row for row in vars(kube).values() if isinstance(row, Need) and row.kind}


def _groups(held: Held) -> list[Group]:
    served: dict[tuple[str, str], set[str]] = {}
    for value in vars(kube).values():
        if isinstance(value, Need) and value.versions and not value.group.endswith("x-k8s.io"):
            served.setdefault((value.group, value.versions[0]), set()).add(value.resource)
    for row in held.objects:  # a custom resource stands only where its group is served
        group, _, version = row["apiVersion"].rpartition("/")
        need = _NEEDS.get((group, row["kind"]))
        if need is not None:
            served.setdefault((group, version), set()).add(need.resource)
    for group_version, names in held.served:
        group, _, version = group_version.rpartition("/")
        served.setdefault((group, version), set()).update(names)
    return [Group(group, version, tuple(sorted(names))) for (group, version), names in sorted(served.items())]
