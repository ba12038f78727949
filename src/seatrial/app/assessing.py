"""The use case behind ``assess``: one trial, one judgement, any number of reports."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import structs

from seatrial import trialfile
from seatrial.app import comparing, runs, trials
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.collect import Progress
from seatrial.app.memory import for_many_objects
from seatrial.app.reporting import parse_output, render, write_file
from seatrial.app.suggest import nearest
from seatrial.engine.assess import Assessment, assess
from seatrial.engine.changes import Changes, compare, record_of
from seatrial.engine.decide import GO_LIVE, NONE, selected
from seatrial.engine.ratchet import RATCHET, ratchet
from seatrial.model.errors import UserError
from seatrial.model.trial import Trial
from seatrial.reports._page import Page


def run(
    *,
    manifests: Sequence[str] = (),
    replay: str | None = None,
    demo: bool = False,
    outputs: Sequence[str] = ("table",),
    save: str | None = None,
    kept: int = 0,
    baseline_name: str | None = None,
    gate: str = GO_LIVE,
    profile_path: str | None = None,
    choice: Mapping[str, Any] | None = None,
    page: Page,
    progress: Progress,
    show: Callable[[str], None],
) -> Assessment:
    """Everything that can be refused is refused before anything is asked; nothing is written until all is judged."""
    wanted = [parse_output(text) for text in outputs]
    if sum(file is None for _, file in wanted) > 1:
        raise UserError("two reports cannot share standard output", hint="-o table -o json=FILE")
    check_gate(gate)
    check_baseline(gate, baseline_name)
    if kept and (manifests or replay or demo):
        raise UserError("only runs of a cluster are kept in the data directory", hint="--save FILE.trial")
    early = baseline_name not in {None, runs.LAST}  # which run is the last one depends on the cluster
    before = comparing.baseline(baseline_name) if baseline_name is not None and early else None
    if save is not None:
        check_folder(Path(save))
    with for_many_objects():
        trial, locations = choose_trial(manifests, replay, demo, profile_path, choice or {}, progress)
        progress("judging")
        asked = GO_LIVE if gate == RATCHET else gate
        assessment = assess(trial, installed_catalogue(), installed_checks(), asked, time.perf_counter)
    if baseline_name == runs.LAST:
        before = comparing.baseline(str(runs.last_of(assessment)))
    changes = runs.since(assessment) if before is None and not (replay or demo) else None
    if before is not None:
        comparing.refuse_another(before, assessment)
        changes = Changes(before.trial.now, compare(record_of(before), record_of(assessment)))
        if gate == RATCHET:
            assessment = structs.replace(assessment, decision=ratchet(before, assessment))
    page = structs.replace(page, locations=locations, changes=changes)
    reports = [(file, render(assessment, name, page)) for name, file in wanted]
    if save is not None:
        trialfile.write(trial, Path(save))
    if kept:
        runs.keep(assessment, kept)
    progress("")
    for file, text in reports:
        if file is None:
            show(text)
        else:
            write_file(file, text)
    return assessment


def choose_trial(
    manifests: Sequence[str],
    replay: str | None,
    demo: bool,
    profile_path: str | None,
    choice: Mapping[str, Any],
    progress: Progress,
) -> tuple[Trial, trials.Locations]:
    """The trial that is asked for, and where the objects of manifests stand."""
    asked = [
        name for name, given in (("--manifests", manifests), ("--replay", replay), ("--demo", demo)) if given
    ]
    if choice.get("context") and asked:
        asked.append("--context")
    if len(asked) > 1:
        raise UserError(f"{' and '.join(asked)} ask for different things", hint=f"keep {asked[0]}")
    if profile_path is not None and (replay or demo):
        raise UserError("a recorded trial carries its own profile", hint="leave --profile out")
    if demo:
        return trials.demo(), {}
    if replay is not None:
        return trials.from_file(str(runs.trial_path(replay))), {}
    profile = trials.choose_profile(profile_path)
    if manifests:
        return trials.from_manifests(manifests, profile, progress)
    return trials.from_cluster(trials.ClusterChoice(**choice), profile, progress), {}


def check_baseline(gate: str, name: str | None) -> None:
    """The ratchet needs an earlier run. Raises UserError."""
    if gate == RATCHET and name is None:
        raise UserError(
            "the ratchet needs the run to compare with", hint="--baseline FILE.trial, or --baseline last"
        )


def check_gate(gate: str) -> None:
    """A gate that asks for nothing would always hold: it is refused."""
    ids = [item.id for item in installed_catalogue().items]
    if gate in {NONE, RATCHET}:
        return
    for pattern in gate.split(",") if gate != GO_LIVE else ():
        if not selected(pattern, ids):
            raise UserError(
                f"gate {pattern.strip()!r} selects no item{nearest(pattern, [GO_LIVE, NONE, RATCHET, *ids])}",
                hint="go-live, ratchet, none, or patterns of item ids such as '3.*,17.*'; seatrial list items shows them",
            )


def check_folder(path: Path) -> None:
    if path.is_dir() or not path.parent.is_dir():
        raise UserError(
            f"{path} cannot be written: it is no file in a folder that exists", hint="--save night.trial"
        )
