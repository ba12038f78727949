"""The use case behind ``assess``: one trial, one judgement, any number of reports."""

import ctypes
import gc
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import structs

from seatrial import trialfile
from seatrial.app import trials
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.collect import Progress
from seatrial.app.reporting import parse_output, render, write_file
from seatrial.app.suggest import nearest
from seatrial.engine.assess import Assessment, assess
from seatrial.engine.decide import GO_LIVE, NONE, selected
from seatrial.model.errors import UserError
from seatrial.model.trial import Trial
from seatrial.reports._page import Page

_MMAP_THRESHOLD = -3
"""The number of the option in glibc's ``malloc.h``: blocks of more bytes are mapped, and unmapped when freed."""


def run(
    *,
    manifests: Sequence[str] = (),
    replay: str | None = None,
    demo: bool = False,
    outputs: Sequence[str] = ("table",),
    save: str | None = None,
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
    if save is not None:
        check_folder(Path(save))
    with for_many_objects():
        trial, locations = choose_trial(manifests, replay, demo, profile_path, choice or {}, progress)
        progress("judging")
        assessment = assess(trial, installed_catalogue(), installed_checks(), gate, time.perf_counter)
    page = structs.replace(page, locations=locations)
    reports = [(file, render(assessment, name, page)) for name, file in wanted]
    if save is not None:
        trialfile.write(trial, Path(save))
    progress("")
    for file, text in reports:
        if file is None:
            show(text)
        else:
            write_file(file, text)
    return assessment


@contextmanager
def for_many_objects() -> Iterator[None]:
    """Within the block no cycles are looked for: a trial makes none, and looking takes a quarter of the time.

    Pages of lists go back to the system as soon as they are read: glibc would otherwise keep room for them between
    the small parts of them that stay, 300 MB of it at 150,000 pods.
    """
    if sys.platform == "linux" and (set_option := getattr(ctypes.CDLL(None), "mallopt", None)):
        set_option(_MMAP_THRESHOLD, 1024 * 1024)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


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
        return trials.from_file(replay), {}
    profile = trials.choose_profile(profile_path)
    if manifests:
        return trials.from_manifests(manifests, profile, progress)
    return trials.from_cluster(trials.ClusterChoice(**choice), profile, progress), {}


def check_gate(gate: str) -> None:
    """A gate that asks for nothing would always hold: it is refused."""
    ids = [item.id for item in installed_catalogue().items]
    if gate == NONE:
        return
    for pattern in gate.split(",") if gate != GO_LIVE else ():
        if not selected(pattern, ids):
            raise UserError(
                f"gate {pattern.strip()!r} selects no item{nearest(pattern, [GO_LIVE, NONE, *ids])}",
                hint="go-live, none, or patterns of item ids such as '3.*,17.*'; seatrial list items shows them",
            )


def check_folder(path: Path) -> None:
    if path.is_dir() or not path.parent.is_dir():
        raise UserError(
            f"{path} cannot be written: it is no file in a folder that exists", hint="--save night.trial"
        )
