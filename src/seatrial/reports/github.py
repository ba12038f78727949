"""Annotations of GitHub Actions: the run in one line, then the first that hinder, at their files where those are known."""

from collections.abc import Iterator

from seatrial.engine.assess import Assessment
from seatrial.engine.decide import NONE, is_open, selected
from seatrial.model.finding import ItemVerdict
from seatrial.model.outcome import Outcome
from seatrial.reports._page import Page
from seatrial.reports._text import data, property_value, safe
from seatrial.reports._told import GATE, hindering, located, number, said, total, waiting

MOST = 10
"""Errors that a step can show; GitHub leaves out the rest."""

_FOR_UNKNOWN = 4
"""Of these, kept for what is unknown, where there is so much of both."""


def write(assessment: Assessment, page: Page) -> str:
    """Workflow commands, one a line. Unknown is an error like fail; totals are exact."""
    decision = assessment.decision
    level = "notice" if decision.outcome is Outcome.PASS else "error"
    title = f"Seatrial: the gate {decision.gate} {GATE[decision.outcome]}"
    lines = [_command(level, {"title": title}, total(assessment))]
    if level == "error":
        lines += list(_errors(assessment, page))[: MOST - 1]
    return "\n".join(lines) + "\n"


def _errors(assessment: Assessment, page: Page) -> Iterator[str]:
    asked = _asked(assessment)
    failing = [item for item in assessment.items if item.id in asked and _fails(item)]
    waits = [(wait, ids) for wait in assessment.waits if (ids := [id for id in wait.items if id in asked])]
    room = MOST - 1
    fails = min(len(failing), max(room - len(waits), room - _FOR_UNKNOWN))
    for item in failing[:fails]:
        yield _fail(item, assessment, page)
    for wait, ids in waits[: room - fails]:
        later = "" if wait.possible else ", not in this version"
        yield _command(
            "error",
            {"title": f"{number(len(ids), 'item')} unknown"},
            f"waiting for {wait.action}{later}: {' '.join(ids)}",
        )


def _asked(assessment: Assessment) -> frozenset[str]:
    """The items that the gate asks for; all of them where it asks for none by name."""
    ids = [item.id for item in assessment.items]
    gate = assessment.decision.gate
    return frozenset((selected(gate, ids) if gate != NONE else ()) or ids)


def _fails(item: ItemVerdict) -> bool:
    return item.outcome is Outcome.FAIL and is_open(item)


def _fail(item: ItemVerdict, assessment: Assessment, page: Page) -> str:
    claim = next(claim for claim in item.claims if claim.outcome is Outcome.FAIL)
    properties = {"title": f"{item.id} {item.text}"}
    found = hindering(claim)
    if not found:
        return _command("error", properties, f"{claim.id}: {waiting(claim)}")
    placed = ((finding, located(finding, assessment, page)) for finding in found)
    finding, place = (
        next((row for row in placed if row[1]), (found[0], None)) if page.locations else (found[0], None)
    )
    if place:
        properties |= {"file": place.file, "line": str(place.line)}
    more = f" (and {number(len(found) - 1, 'more object')})" if len(found) > 1 else ""
    return _command("error", properties, f"{claim.id}: {finding.subject}: {safe(said(finding), 500)}{more}")


def _command(level: str, properties: dict[str, str], message: str) -> str:
    given = ",".join(f"{name}={property_value(value, 300)}" for name, value in properties.items())
    return f"::{level} {given}::{data(message)}"
