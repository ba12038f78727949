"""CSV after RFC 4180: a row for each object that hinders, and one for each claim of which no object is told."""

import csv
import io
from collections.abc import Iterator

from seatrial.engine.assess import Assessment
from seatrial.model.finding import ClaimVerdict, Finding, ItemVerdict
from seatrial.reports._page import Page
from seatrial.reports._text import cell
from seatrial.reports._told import HINDERS, cap, hindering, kept_for, located, number, said, waiting

MOST_ROWS = 100_000
"""A tenth of what a spreadsheet takes."""

COLUMNS = (
    "item", "text", "section", "item outcome", "waived or not applicable", "claim", "claim outcome", "pass", "fail",
    "unknown", "check", "outcome", "kind", "group", "namespace", "name", "facet", "members", "what", "notes", "file",
    "line", "key",
)  # fmt: skip


def write(assessment: Assessment, page: Page) -> str:
    """The counts of a claim are exact in each of its rows; where objects are left out, a last row says how many."""
    claims = [(item, claim) for item in assessment.items for claim in item.claims]
    most = cap((len(hindering(claim)) for _, claim in claims), MOST_ROWS - 2 * len(claims))
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for item, claim in claims:
        for row in _rows(item, claim, most, assessment, page):
            writer.writerow([cell(str(value)) for value in row])
    return file.getvalue()


def _rows(
    item: ItemVerdict, claim: ClaimVerdict, most: int, assessment: Assessment, page: Page
) -> Iterator[list[object]]:
    counted = [claim.counts.get(outcome, 0) for outcome in ("pass", "fail", "unknown")]
    first = [
        item.id, item.text, f"{item.section} {item.title}", item.outcome, kept_for(item), claim.id, claim.outcome, *counted,
    ]  # fmt: skip
    found = hindering(claim)
    for finding in found[:most]:
        yield [*first, *_object(finding, assessment, page)]
    if len(found) > most:
        yield [*first, *_what(f"{number(len(found) - most, 'object')} more, not listed")]
    if not found:
        yield [*first, *_what(waiting(claim) if claim.outcome in HINDERS else "")]


def _object(finding: Finding, assessment: Assessment, page: Page) -> list[object]:
    subject = finding.subject
    place = located(finding, assessment, page)
    return [
        finding.check, finding.outcome, subject.kind, subject.group, subject.namespace, subject.name, subject.facet,
        sum(finding.members.values()), said(finding), "; ".join(finding.notes), place.file if place else "",
        place.line if place else "", finding.key,
    ]  # fmt: skip


def _what(text: str) -> list[object]:
    return ["", "", "", "", "", "", "", "", text, "", "", "", ""]
