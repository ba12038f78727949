"""The use case behind ``precommit``: all manifests are judged, and what fails is told of the changed ones."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from seatrial.app import trials
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.collect import quiet
from seatrial.engine.assess import Assessment, assess
from seatrial.engine.decide import GO_LIVE
from seatrial.model.errors import UserError
from seatrial.model.outcome import Outcome
from seatrial.reports._page import Page, plain
from seatrial.reports._told import located, number, said, told

FAILS = 1
CANNOT_BE_TOLD = 3


def judge_changed(
    changed: Sequence[str], manifests: Sequence[str], profile_path: str | None
) -> tuple[str, int]:
    """Lines ``FILE:LINE: ...`` and the exit code: 0 where no changed object fails, 1 where one does, 3 where one cannot be read.

    What manifests cannot show at all (a live cluster's state) refuses no commit; how much that is, is said.
    """
    if not manifests:
        raise UserError(
            "the folder that holds all manifests is not named",
            hint="--manifests deploy; in .pre-commit-config.yaml: args: [--manifests, deploy]",
        )
    wanted = {str(path) for path in _within(changed, manifests)}
    if not wanted:
        return "", 0
    trial, locations = trials.from_manifests(manifests, trials.choose_profile(profile_path), quiet)
    assessment = assess(trial, installed_catalogue(), installed_checks(), GO_LIVE, time.perf_counter)
    fails = list(_fails(assessment, Page(locations=locations), wanted))
    unread = list(_unread(assessment, wanted))
    unknown = sum(item.outcome is Outcome.UNKNOWN for item in assessment.items)
    lines = [
        *(f"{file}:{line}: {text}" for file, line, text in sorted(set(fails))),
        *unread,
        f"{number(len(set(fails)), 'finding')} in changed manifests; {number(unknown, 'item')} cannot be told from manifests",
    ]
    return "\n".join(map(plain, lines)) + "\n", FAILS if fails else CANNOT_BE_TOLD if unread else 0


def _within(changed: Sequence[str], manifests: Sequence[str]) -> Iterator[Path]:
    """The changed files that are manifests, named as their locations are."""
    roots = [Path(text).resolve() for text in manifests]
    here = Path.cwd()
    for text in changed:
        path = Path(text).resolve()
        if any(path.is_relative_to(root) for root in roots):
            yield path.relative_to(here) if path.is_relative_to(here) else path


def _fails(assessment: Assessment, page: Page, wanted: set[str]) -> Iterator[tuple[str, int, str]]:
    for row in told(assessment):
        if row.waiver:
            continue
        items = " ".join(item.id for item in row.items)
        for finding in row.findings:
            place = located(finding, assessment, page)
            if place and place.file in wanted and finding.outcome is Outcome.FAIL:
                yield place.file, place.line, f"{row.claim.id} ({items}): {finding.subject}: {said(finding)}"


def _unread(assessment: Assessment, wanted: set[str]) -> Iterator[str]:
    """Objects of the changed files that are no objects: their gaps name the file."""
    details = {gap.detail for answer in assessment.trial.evidence.values() for gap in answer.gaps if gap.name}
    for detail in sorted(details):
        if any(detail.startswith(f"{file}:") for file in wanted):
            yield detail
