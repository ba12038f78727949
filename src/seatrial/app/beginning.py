"""The use case behind ``init``: a profile that fits the cluster, each guess with its reason."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from seatrial.app.catalogue import installed_catalogue
from seatrial.app.profile import API_VERSION, DEFAULT_PATH, KIND, parse_profile
from seatrial.app.reporting import write_file
from seatrial.inventory.views import Views
from seatrial.inventory.workloads import PodGroup, Workloads
from seatrial.model.errors import UserError
from seatrial.model.evidence import Need, Unseen
from seatrial.model.profile import SYSTEM_NAMESPACES
from seatrial.model.trial import Group, Trial
from seatrial.needs import kube
from seatrial.reports._page import plain
from seatrial.wire.base import Object
from seatrial.wire.chunks import unpack
from seatrial.wire.workload import CronJob, DaemonSet

_TENANT_LABELS = (
    "capsule.clastix.io/tenant",
    "field.cattle.io/projectId",
    "kubesphere.io/workspace",
    "tenant",
    "team",
)
"""Labels that say whose a namespace is; the last two are habits, no standard."""

MOST_SHOWN = 200
"""Objects of a kind that are proposed; their number is said."""


_ASKED = (kube.DISCOVERY, kube.NAMESPACES, kube.PODS, kube.DAEMON_SETS, kube.CRON_JOBS)
"""What the profile is made from."""

_CRITICAL = frozenset({"Deployment", "StatefulSet"})
"""What may be proposed as a critical component; DaemonSets are proposed as services of nodes."""


class Component(Struct, frozen=True):
    name: str
    what: str
    images: tuple[str, ...]
    groups: tuple[str, ...]
    platform: bool


class Found(Struct, frozen=True):
    """A component that stands here, and by what it was recognised."""

    component: Component
    reasons: tuple[str, ...]
    namespaces: tuple[str, ...]


def components() -> tuple[Component, ...]:
    """What can be recognised: data, one entry for each component."""
    import yaml

    text = resources.files("seatrial.app").joinpath("components.yaml").read_text("utf-8")
    return msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), tuple[Component, ...])  # a safe one


def write_profile(trial: Trial, path: str | None, *, force: bool) -> Path:
    """Writes the profile of a trial's cluster. Raises UserError where one is there, which is not lost."""
    target = Path(path or DEFAULT_PATH)
    if target.exists() and not force:
        raise UserError(f"{target} is there already", hint="-o FILE for another one; --force writes it anew")
    text = profile_text(trial)
    parse_profile(text.encode(), str(target), installed_catalogue(), {})
    write_file(target, text)
    return target


def profile_text(trial: Trial) -> str:
    """A commented ``seatrial.yaml``. What it sets is what was seen; what is only likely stands as a comment."""
    views = Views(trial, datetime.fromisoformat(trial.now))
    images = _images(views)
    found = _recognised(views, images)
    lines = [
        f"# Written by seatrial init from {_comment(trial.cluster.server or trial.name or 'a recorded trial')}, {trial.now}.",
        "# Read it, correct it, keep it in Git. Lines behind # are proposals: take the # away where they are true,",
        "# also of the line that they stand under, and say who answers for it. Nothing counts before.",
        *_not_read(trial),
        f"apiVersion: {API_VERSION}",
        f"kind: {KIND}",
        f"name: {_word(trial.name or trial.cluster.context or 'platform')}",
        *_cluster(trial),
        "stage: pre-launch",
        '# goLive: {date: "2027-01-31", urls: ["https://shop.example.com"]}   # what CLOCK counts back from',
        "",
        *_scope(views, images, found),
        "",
        *_sources(found),
        "",
        *_conditional(),
        "",
        *_declares(views, found),
    ]
    return "\n".join(lines) + "\n"


def _cluster(trial: Trial) -> Iterator[str]:
    """Which cluster the profile is for; no key that is not known."""
    rows = [
        (key, value)
        for key, value in (("context", trial.cluster.context), ("uid", trial.cluster.uid))
        if value
    ]
    if rows:
        yield "cluster:   # another cluster is refused"
        yield from (f"  {key}: {_word(value)}" for key, value in rows)


def _images(views: Views) -> dict[str, set[str]]:
    """The repositories of the images that run in each namespace."""
    found: dict[str, set[str]] = {}
    workloads = views.view(Workloads)
    for group in workloads.known(None):
        repositories = found.setdefault(group.namespace, set())
        for container in (*group.pod.spec.init_containers, *group.pod.spec.containers):
            repositories.add(_repository(container.image))
    return found


def _repository(image: str) -> str:
    """An image's repository, without tag and digest: ``quay.io/prometheus/prometheus``."""
    path, slash, name = image.partition("@")[0].rpartition("/")
    return path + slash + name.partition(":")[0]


def _recognised(views: Views, images: Mapping[str, set[str]]) -> list[Found]:
    served = {row.group for row in _rows(views, kube.DISCOVERY, Group)}
    found = []
    for component in components():
        where = {
            namespace: sorted(image for image in repositories if _is_of(image, component))
            for namespace, repositories in images.items()
        }
        where = {namespace: rows for namespace, rows in where.items() if rows}
        reasons = [f"image {rows[0]} in {namespace}" for namespace, rows in sorted(where.items())]
        reasons += [f"API group {group}" for group in component.groups if group in served]
        if reasons:
            found.append(Found(component, tuple(reasons), tuple(sorted(where))))
    return found


def _is_of(image: str, component: Component) -> bool:
    return any(f"/{image}".endswith("/" + path) for path in component.images)


def _not_read(trial: Trial) -> Iterator[str]:
    """Which lists are missing, or have gaps: nothing that follows is said of what may be in them."""
    for need in _ASKED:
        answer = trial.evidence.get(need.id)
        gaps = answer.gaps if answer is not None else ()
        what = need.resource or "what is served"
        if answer is None:
            yield f"# NOT READ: {what} (this trial did not ask for it)"
        elif gaps:
            part = "" if gaps[0].namespace is None else f" of {len(gaps)} regions"
            yield f"# NOT READ: {what}{part} ({gaps[0].cause}: {_comment(gaps[0].detail)})"


def _scope(views: Views, images: Mapping[str, set[str]], found: Iterable[Found]) -> Iterator[str]:
    """Namespaces, sorted. None is set as the platform's: that would take it out of the claims about applications."""
    rows = sorted(_rows(views, kube.NAMESPACES, Object), key=lambda row: row.name)
    of: dict[str, list[str]] = {}
    for one in found:
        for namespace in one.namespaces:
            if one.component.platform:
                of.setdefault(namespace, []).append(one.component.name)
    known = tuple(one.component for one in found)
    yield "# Namespaces: kube-system and its like are the platform's always, all others are applications' until you say"
    yield "# otherwise: what is the platform's leaves the claims about applications, so that this is never set by a guess."
    mine = [row.name for row in rows if row.name in of and row.name not in SYSTEM_NAMESPACES]
    if mine:
        yield "# scope:"
        yield "#   platformNamespaces:"
    for name in mine[:MOST_SHOWN]:
        whole = all(any(_is_of(image, component) for component in known) for image in images[name])
        says = (
            f"nothing else was seen here than {', '.join(of[name])}"
            if whole
            else f"{', '.join(of[name])}, and more"
        )
        yield f"#   - {_word(name)}   # {_comment(says)}"
    if len(mine) > MOST_SHOWN:
        yield f"#   and {len(mine) - MOST_SHOWN} more"
    others = [row for row in rows if row.name not in SYSTEM_NAMESPACES and row.name not in of]
    yield f"# Applications, as nothing says otherwise: {len(others)}"
    for row in others[:MOST_SHOWN]:
        tenant = f" · tenant {_comment(_tenant(row))}" if _tenant(row) else ""
        yield f"#   {_comment(row.name)}: {len(images.get(row.name, ()))} images{tenant}"
    if len(others) > MOST_SHOWN:
        yield f"#   and {len(others) - MOST_SHOWN} more"


def _tenant(row: Object) -> str:
    return next((f"{label}={row.labels[label]}" for label in _TENANT_LABELS if row.labels.get(label)), "")


def _sources(found: Iterable[Found]) -> Iterator[str]:
    """What could answer more; this version reads the cluster alone."""
    yield "# Found here. This version reads the cluster's API alone; these will be sources of later ones."
    empty = True
    for row in found:
        empty = False
        yield f"#   {row.component.what}: {row.component.name} ({_comment('; '.join(row.reasons[:3]))})"
    if empty:
        yield "#   nothing that is recognised"


def _conditional() -> Iterator[str]:
    """Items that may not apply, as proposals: nothing is called not applicable by a guess."""
    yield "# Items that may be called not applicable, where one of their conditions is true. Owner and reason are yours."
    yield "# notApplicable:"
    for item in installed_catalogue().items:
        for condition in item.not_applicable:
            yield f'# - {{item: "{item.id}", condition: {condition}, owner: "", reason: ""}}   # {_comment(item.text)}'


def _declares(views: Views, found: Sequence[Found]) -> Iterator[str]:
    """Facts that nobody can infer: what was seen is proposed, people say what must be."""
    yield "# What must be there cannot be read off what is there: say which of these are asked for, by whom and why."
    yield "# declares:"
    daemons = _rows(views, kube.DAEMON_SETS, DaemonSet)
    yield f"#   nodeServices:   # {len(daemons)} DaemonSets"
    yield from _proposals(
        f"{{name: {_word(row.name)}, namespace: {_word(row.namespace)}, daemonSet: {_word(row.name)}"
        for row in daemons
    )
    jobs = _rows(views, kube.CRON_JOBS, CronJob)
    yield f"#   scheduledTasks:   # {len(jobs)} CronJobs"
    yield from _proposals(
        f"{{name: {_word(row.name)}, namespace: {_word(row.namespace)}, cronJob: {_word(row.name)}"
        for row in jobs
    )
    critical = sorted(
        {
            group.subject
            for group in views.view(Workloads).known(None)
            if group.unseen is None and group.subject.kind in _CRITICAL and _is_critical(group, found)
        }
    )
    yield f"#   criticalComponents:   # {len(critical)} Deployments and StatefulSets of known components of a platform"
    yield from _proposals(
        f"{{kind: {row.kind}, namespace: {_word(row.namespace)}, name: {_word(row.name)}" for row in critical
    )


def _is_critical(group: PodGroup, found: Iterable[Found]) -> bool:
    return any(
        one.component.platform and _is_of(_repository(container.image), one.component)
        for one in found
        for container in group.pod.spec.containers
    )


def _proposals(rows: Iterable[str]) -> Iterator[str]:
    lines = list(rows)
    yield from (f'#   - {line}, owner: "", reason: ""}}' for line in lines[:MOST_SHOWN])
    if len(lines) > MOST_SHOWN:
        yield f"#   and {len(lines) - MOST_SHOWN} more"


def _rows(views: Views, need: Need, type: Any) -> list[Any]:
    """What was seen of a list; what was not is no reason to guess."""
    if need == kube.DISCOVERY:
        answer = views.trial.evidence.get(need.id)
        return [row for chunk in (answer.chunks if answer else ()) for row in unpack(chunk, type)]
    try:
        return list(views.table(need, type).known())
    except Unseen:
        return []


def _word(text: str) -> str:
    """Foreign text as a YAML value on one line."""
    return json.dumps(plain(text), ensure_ascii=False)


def _comment(text: str) -> str:
    """Foreign text as part of a comment: one line, bounded."""
    return plain(text)[:200]
