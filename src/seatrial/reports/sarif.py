"""SARIF 2.1.0 within the limits of GitHub code scanning: a result for each object that hinders, at its manifest.

Unknown is an error like fail, since viewers hide lower levels; ``properties.outcome`` tells them apart. An object of a
live cluster stands at a made-up but stable path, and an item of which no object is told at ``seatrial.yaml``, where
sources are connected: code scanning refuses results without a place. Waived results are suppressed, with the reason.
No severity score is made up.
"""

import zlib
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import msgspec

from seatrial.engine.assess import Assessment
from seatrial.engine.decide import is_open
from seatrial.model.finding import ClaimVerdict, Finding, ItemVerdict
from seatrial.model.outcome import Outcome
from seatrial.reports._document import counts
from seatrial.reports._page import Page
from seatrial.reports._text import path, safe, segment
from seatrial.reports._told import HINDERS, Told, cap, hindering, located, reason, said, told, total, waiting

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/seatrial/seatrial"

MOST_RESULTS = 5_000
"""GitHub refuses more than 25,000 and shows 5,000."""
MOST_TAGS = 10
"""GitHub refuses more than 20 of a rule and shows 10."""
LARGEST = 9_000_000
"""Bytes after gzip; GitHub takes 10 MB."""
_NOTES = 100

PROFILE = "seatrial.yaml"

Json = dict[str, Any]


def write(assessment: Assessment, page: Page) -> str:
    """As many objects of each claim as there is room for, the same number of each; totals are exact."""
    text = ""
    for most in (MOST_RESULTS, MOST_RESULTS // 4, MOST_RESULTS // 16, 0):
        log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(assessment, page, most)]}
        text = msgspec.json.format(msgspec.json.encode(log), indent=1).decode() + "\n"
        if len(zlib.compress(text.encode())) <= LARGEST:
            break
    return text


def _run(assessment: Assessment, page: Page, most: int) -> Json:
    trial = assessment.trial
    claims = told(assessment)
    bare = [(item, rows) for item in assessment.items if (rows := _bare(item))]
    of_each = cap((len(row.findings) for row in claims), most - len(bare))
    results = [result for row in claims for result in _objects(row, of_each, assessment, page)]
    results += [_item(item, rows) for item, rows in bare]
    results.sort(key=lambda result: result["properties"]["outcome"])  # fail, then unknown
    rules = [_claim_rule(row, page) for row in claims] + [_item_rule(item) for item, _ in bare]
    place = {rule["id"]: at for at, rule in enumerate(rules)}
    return {
        "tool": {
            "driver": {
                "name": "Seatrial",
                "version": metadata.version("seatrial"),
                "informationUri": HOME,
                "rules": rules,
            }
        },
        "automationDetails": {"id": f"seatrial/{segment(trial.name or 'platform')}/"},
        "invocations": [
            {
                "executionSuccessful": True,
                "endTimeUtc": trial.now,
                "toolExecutionNotifications": [*_left_out(claims, of_each), *_unread(assessment)],
            }
        ],
        "results": [{**result, "ruleIndex": place[result["ruleId"]]} for result in results],
        "properties": {
            "declared": trial.declared,
            "total": total(assessment),
            "gate": safe(assessment.decision.gate),
            "gateOutcome": str(assessment.decision.outcome),
            **counts(assessment),
        },
    }


def _bare(item: ItemVerdict) -> list[ClaimVerdict]:
    """The claims because of which an item hinders, of which no object is told."""
    if item.outcome not in HINDERS:
        return []
    return [claim for claim in item.claims if claim.outcome in HINDERS and not hindering(claim)]


def _objects(row: Told, most: int, assessment: Assessment, page: Page) -> Iterator[Json]:
    for finding in row.findings[:most]:
        at = located(finding, assessment, page)
        uri = path(at.file) if at else _made_up(finding, declared=assessment.trial.declared)
        properties = {
            "outcome": str(finding.outcome),
            "items": [item.id for item in row.items],
            "members": finding.members,
        }
        yield {
            "ruleId": row.claim.id,
            "level": "error",
            "message": {"text": _message(f"{finding.outcome}: {finding.subject}: {said(finding)}")},
            "locations": [
                {
                    **_physical(uri, at.line if at else 1),
                    "logicalLocations": [
                        {"fullyQualifiedName": safe(str(finding.subject)), "kind": "resource"}
                    ],
                }
            ],
            "partialFingerprints": {
                "primaryLocationLineHash": f"{finding.key}:1",
                "seatrial/v1": finding.key,
            },
            "properties": properties,
            **_suppressed(row.waiver),
        }


def _item(item: ItemVerdict, rows: list[ClaimVerdict]) -> Json:
    outcome = Outcome.FAIL if any(claim.outcome is Outcome.FAIL for claim in rows) else Outcome.UNKNOWN
    reasons = "; ".join(dict.fromkeys(f"{claim.id} {waiting(claim)}" for claim in rows))
    return {
        "ruleId": item.id,
        "level": "error",
        "message": {"text": _message(f"{outcome}: {item.text}: {reasons}")},
        "locations": [_physical(PROFILE, 1)],
        "partialFingerprints": {"primaryLocationLineHash": f"{item.id}:1", "seatrial/v1": item.id},
        "properties": {"outcome": str(outcome), "items": [item.id]},
        **_suppressed("" if is_open(item) else item.waiver),
    }


def _physical(uri: str, line: int) -> Json:
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}


def _made_up(finding: Finding, *, declared: bool) -> str:
    """A path that is the same in each run; no file stands there."""
    subject = finding.subject
    kind = f"{subject.kind}.{subject.group}" if subject.group else subject.kind
    root = "manifests" if declared else "cluster"
    return "/".join((root, *map(segment, (subject.namespace or "_", kind, subject.name))))


def _message(text: str) -> str:
    """A message of plain text, in which SARIF would else see links."""
    return safe(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _suppressed(waiver: str) -> Json:
    return {"suppressions": [{"kind": "external", "justification": safe(waiver)}]} if waiver else {}


def _claim_rule(row: Told, page: Page) -> Json:
    ids = [item.id for item in row.items]
    fixes = [
        fix
        for check in dict.fromkeys(finding.check for finding in row.findings)
        if (fix := page.library.fix(check))
    ]
    asked = ", ".join(f"{item.id} {item.text}" for item in row.items)
    help = "\n\n".join([*fixes, f"Asked by {asked}.", f"seatrial explain {row.claim.id}"])
    return _rule(row.claim.id, row.claim.says, f"{row.claim.says}. Asked by {asked}.", help, ids)


def _item_rule(item: ItemVerdict) -> Json:
    says = f"{item.id} {item.text}"
    help = f"What it asks, and what would make it known: seatrial explain {item.id}"
    return _rule(item.id, says, f"{item.title}: {item.text}", help, [item.id])


def _rule(id: str, short: str, full: str, help: str, tags: list[str]) -> Json:
    return {
        "id": id,
        "shortDescription": {"text": _message(short)},
        "fullDescription": {"text": _message(full)},
        "help": {"text": help},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["kubernetes", *tags][:MOST_TAGS], "precision": "very-high"},
    }


def _left_out(claims: tuple[Told, ...], of_each: int) -> Iterator[Json]:
    for row in claims:
        if len(row.findings) > of_each:
            yield _note(f"{row.claim.id}: {of_each} of {len(row.findings)} objects are listed")


def _unread(assessment: Assessment) -> Iterator[Json]:
    """What could not be read."""
    gaps = [gap for _, answer in sorted(assessment.trial.evidence.items()) for gap in answer.gaps]
    for gap in gaps[:_NOTES]:
        place = f" in {gap.namespace}" if gap.namespace else ""
        yield _note(f"{gap.need}{place}: {reason(gap)}")
    if len(gaps) > _NOTES:
        yield _note(f"{len(gaps) - _NOTES} more answers are missing")


def _note(text: str) -> Json:
    return {"level": "error", "message": {"text": _message(text)}}
