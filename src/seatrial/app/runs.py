"""Runs that are kept in the user's data directory: the trial, and beside it what later runs are compared with."""

import hashlib
import os
import re
import stat
import sys
from pathlib import Path

import msgspec
from msgspec import Struct

from seatrial import trialfile
from seatrial.app.reporting import write_file
from seatrial.engine.assess import Assessment
from seatrial.engine.changes import Changes, Record, compare, identity, record_of
from seatrial.model.errors import UserError

KEPT = 30
"""Runs of one cluster that are kept; the oldest go first. One of 150,000 pods has about 6 MB."""

LAST = "last"
"""Names the newest kept run."""

_NAME = re.compile(r"\d{8}T\d{6}Z")
_MOST_RECORD = 64 * 1024 * 1024


class Run(Struct, frozen=True):
    """One kept run."""

    name: str
    """Its time, such as ``20261125T090702Z``."""
    trial: Path
    record: Record


def folder() -> Path | None:
    """Where runs are kept: ``$SEATRIAL_DATA``, else the user's data directory; None for a user who has no home."""
    try:
        return _folder()
    except RuntimeError:  # as in a container that runs as a user nobody entered anywhere
        return None


def _folder() -> Path:
    if given := os.environ.get("SEATRIAL_DATA"):
        return Path(given) / "runs"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "seatrial" / "runs"
    data = os.environ.get("XDG_DATA_HOME") or ""
    return (
        (Path(data) if Path(data).is_absolute() else Path.home() / ".local" / "share") / "seatrial" / "runs"
    )


def keep(assessment: Assessment, most: int = KEPT) -> Path:
    """Keeps the run of a cluster, and lets go of the oldest beyond ``most``. Raises UserError for what is no such run."""
    cluster = identity(assessment)
    if not cluster:
        raise UserError(
            "only runs of a cluster whose uid is known are kept: this one is of manifests, or its uid may not be read",
            hint="--save FILE keeps any run where you say",
        )
    place = _place(cluster)
    if place is None:
        raise UserError("there is no home to keep runs in", hint="SEATRIAL_DATA=FOLDER, or --save FILE")
    name = re.sub(r"[-:]", "", assessment.trial.now)
    path = place / f"{name}.trial"
    try:
        place.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
        trialfile.write(assessment.trial, path)
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    except OSError as error:
        raise UserError(
            f"{place} cannot be written: {error.strerror}", hint="SEATRIAL_DATA=FOLDER"
        ) from error
    write_file(path.with_suffix(".json"), msgspec.json.encode(record_of(assessment)).decode() + "\n")
    path.with_suffix(".json").chmod(stat.S_IRUSR | stat.S_IWUSR)
    for old in _names(place)[: -max(most, 1)]:
        for suffix in (".json", ".trial"):
            (place / f"{old}{suffix}").unlink(missing_ok=True)
    return path


def runs() -> tuple[Run, ...]:
    """Every kept run, cluster by cluster, the newest first. A record that cannot be read is left out, not its neighbours."""
    found: list[Run] = []
    for place in _places():
        found += [run for name in reversed(_names(place)) if (run := _read(place, name)) is not None]
    return tuple(found)


def any_kept() -> bool:
    """Whether there is a kept run at all; nothing is read for it."""
    return any(_names(place) for place in _places())


def last(assessment: Assessment) -> Run | None:
    """The newest kept run of the same cluster that is older than this one."""
    cluster = identity(assessment)
    if not cluster:
        return None
    place = _place(cluster)
    if place is None:
        return None
    for name in reversed(_names(place)):
        run = _read(place, name)
        if run is not None and run.record.now < assessment.trial.now:
            return run
    return None


def last_of(assessment: Assessment) -> Path:
    """The trial of the newest kept run of the same cluster. Raises UserError where there is none."""
    run = last(assessment)
    if run is None:
        raise UserError(
            "no run of this cluster is kept", hint="seatrial assess --save keeps one; seatrial list runs"
        )
    return run.trial


def since(assessment: Assessment) -> Changes | None:
    """What changed since the last kept run of the same cluster; None where there is none."""
    run = last(assessment)
    if run is None:
        return None
    return Changes(run.record.now, compare(run.record, record_of(assessment)))


def trial_path(name: str) -> Path:
    """The file of a trial: a path, the name of a kept run, or ``last``. Raises UserError for a name of several runs or none."""
    if Path(name).exists() or not (name == LAST or _NAME.fullmatch(name)):
        return Path(name)
    found = [run for run in runs() if name in {run.name, LAST}]
    if not found:
        raise UserError(f"there is no kept run {name!r}", hint="seatrial list runs")
    if name == LAST:
        return max(found, key=lambda run: run.record.now).trial
    if len(found) > 1:
        raise UserError(f"{len(found)} clusters have a run {name}", hint=f"give its file: {found[0].trial}")
    return found[0].trial


def _places() -> list[Path]:
    """The folders of clusters; none where the data directory cannot be looked into."""
    place = folder()
    try:
        return sorted(place.iterdir()) if place is not None and place.is_dir() else []
    except OSError:
        return []


def _place(cluster: str) -> Path | None:
    # the uid and the CA's digest come from a server: no part of a path
    place = folder()
    return (
        None
        if place is None
        else place / hashlib.sha256(cluster.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    )


def _names(place: Path) -> list[str]:
    """The runs of a cluster by name; none where its folder cannot be read: an earlier run is a help, no condition."""
    try:
        names = [path.stem for path in place.iterdir() if path.suffix == ".json"] if place.is_dir() else []
    except OSError:
        return []
    return sorted(name for name in names if _NAME.fullmatch(name))


def _read(place: Path, name: str) -> Run | None:
    path = place / f"{name}.json"
    try:
        if path.stat().st_size > _MOST_RECORD:
            return None
        record = msgspec.json.decode(path.read_bytes(), type=Record)
    except (OSError, msgspec.DecodeError):
        return None
    return Run(name, place / f"{name}.trial", record)
