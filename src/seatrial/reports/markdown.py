"""Markdown for the summary of a CI job, or a comment: fail and unknown side by side, foreign text in code spans only."""

from collections.abc import Iterable, Iterator

from seatrial.engine.assess import Assessment
from seatrial.engine.decide import is_open
from seatrial.engine.ticks import old_list
from seatrial.model.finding import ClaimVerdict, ItemVerdict
from seatrial.model.outcome import Outcome
from seatrial.reports._page import Location, Page
from seatrial.reports._text import code, words
from seatrial.reports._told import GATE, fit, hindering, kept_for, located, number, said, total, waiting

LARGEST = 1_000_000
"""Bytes; a step summary of GitHub holds 1 MiB and is dropped whole where it is larger."""

_STEPS = (20, 5, 1, 0)
_SHORT = 300
_REASONS = 20
"""Characters of a foreign text: a line is to be read."""

_TITLES = {Outcome.FAIL: "Fail", Outcome.UNKNOWN: "Unknown"}


def write(assessment: Assessment, page: Page) -> str:
    """At most the first 20 objects of each claim, and exact totals."""
    return fit(lambda most: "\n".join(_lines(assessment, page, most)) + "\n", _STEPS, LARGEST)


def _lines(assessment: Assessment, page: Page, most: int) -> Iterator[str]:
    yield from _head(assessment)
    for outcome, title in _TITLES.items():
        items = [item for item in assessment.items if item.outcome is outcome and is_open(item)]
        yield f"## {title}: {len(items)} of {len(assessment.items)} items"
        yield ""
        if outcome is Outcome.UNKNOWN:
            yield from _next(assessment)
        for item in items:
            yield from _item(item, assessment, page, most)
        yield ""
    yield from _map(assessment.items)
    yield from _kept(assessment.items)


def _head(assessment: Assessment) -> Iterator[str]:
    trial = assessment.trial
    decision = assessment.decision
    yield "# Seatrial" + (f": {code(trial.name, _SHORT)}" if trial.name else "")
    yield ""
    yield f"**{words(total(assessment))}**"
    yield ""
    yield f"Gate {code(decision.gate, _SHORT)}: **{GATE[decision.outcome]}**"
    yield ""
    for says in decision.reasons[:_REASONS]:
        yield f"- {code(says, _SHORT)}"
    if len(decision.reasons) > _REASONS:
        yield f"- and {len(decision.reasons) - _REASONS} more"
    if decision.reasons:
        yield ""
    ticked = old_list(assessment.items, trial.profile.ticks)
    if ticked is not None:
        wrong = (
            f"; contradicted are {', '.join(ticked.contradicted[:_REASONS])}" if ticked.contradicted else ""
        )
        yield f"The old list {ticked}{wrong}"
        yield ""
    if trial.declared:
        yield f"Judged from manifests at {words(trial.now)}: declared, no proof of a live cluster"
    else:
        where = " ".join(code(text, _SHORT) for text in (trial.cluster.server, trial.cluster.version) if text)
        yield f"Cluster {where or 'unknown'} at {words(trial.now)}"
    yield ""


def _map(items: Iterable[ItemVerdict]) -> Iterator[str]:
    """A row for each section: how many of its items have which outcome."""
    sections: dict[str, list[ItemVerdict]] = {}
    for item in items:
        sections.setdefault(item.section, []).append(item)
    yield "## By section"
    yield ""
    yield "| section | fail | unknown | pass | not applicable | waived |"
    yield "|---|--:|--:|--:|--:|--:|"
    for id, rows in sections.items():
        found = [
            sum(row.outcome is outcome and not (row.waiver and not is_open(row)) for row in rows)
            for outcome in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)
        ]
        found.append(len(rows) - sum(found))
        yield f"| {words(id)} {words(rows[0].title)} | " + " | ".join(map(str, found)) + " |"
    yield ""


def _next(assessment: Assessment) -> Iterator[str]:
    """What they wait for, each under its first."""
    if assessment.waits:
        yield "What they wait for, each under its first:"
        yield ""
    for wait in assessment.waits:
        later = "" if wait.possible else ", not in this version"
        yield f"- {number(len(wait.items), 'item')}: {code(wait.action, _SHORT)}{later}"
    if assessment.waits:
        yield ""


def _item(item: ItemVerdict, assessment: Assessment, page: Page, most: int) -> Iterator[str]:
    yield f"- **{words(item.id)}** {words(item.text)}"
    for claim in item.claims:
        if claim.outcome is item.outcome or hindering(claim):
            yield from _claim(claim, assessment, page, most)


def _claim(claim: ClaimVerdict, assessment: Assessment, page: Page, most: int) -> Iterator[str]:
    found = hindering(claim)
    if not found:
        yield f"  - {claim.outcome} {code(claim.id)}: {code(waiting(claim), _SHORT)}"
        return
    counted = ", ".join(f"{count} {outcome}" for outcome, count in claim.counts.items())
    yield f"  - {claim.outcome} {code(claim.id)}: {counted}"
    for finding in found[:most]:
        place = _place(located(finding, assessment, page))
        yield f"    - {finding.outcome} {code(str(finding.subject), _SHORT)}{place}: {code(said(finding), _SHORT)}"
    if len(found) > most:
        yield f"    - and {number(len(found) - most, 'more object')}"


def _place(place: Location | None) -> str:
    return f" in {code(f'{place.file}:{place.line}', _SHORT)}" if place else ""


def _kept(items: Iterable[ItemVerdict]) -> Iterator[str]:
    rows = [(item, kept_for(item)) for item in items]
    if any(reason for _, reason in rows):
        yield "## Waived, or not applicable"
        yield ""
    for item, reason in rows:
        if reason:
            yield f"- **{words(item.id)}** {words(item.text)}: {item.outcome}, {code(reason, _SHORT)}"
