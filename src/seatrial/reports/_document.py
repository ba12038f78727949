"""The assessment as one plain document: what ``json`` and ``yaml`` write, and what the JSON schema describes."""

from typing import Any

import msgspec

from seatrial.engine.assess import Assessment
from seatrial.engine.decide import is_open
from seatrial.engine.ticks import old_list
from seatrial.model.finding import ClaimVerdict, Finding, ItemVerdict
from seatrial.model.outcome import Outcome
from seatrial.reports._page import Page

API_VERSION = "seatrial/v1alpha1"


def document(assessment: Assessment, page: Page) -> dict[str, Any]:
    """Every field of the published schema ``docs/reference/trial.schema.json``; fields are only ever added."""
    trial = assessment.trial
    told: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "Trial",
        "name": trial.name,
        "now": trial.now,
        "declared": trial.declared,
        "cluster": msgspec.to_builtins(trial.cluster, order="deterministic"),
        "gate": {
            "name": assessment.decision.gate,
            "outcome": str(assessment.decision.outcome),
            "deciding": list(assessment.decision.deciding),
            "reasons": list(assessment.decision.reasons),
        },
        "open": assessment.decision.open,
        "counts": counts(assessment),
        **_old_list(assessment),
        "items": [_item(item) for item in assessment.items],
        "next": [
            {"action": wait.action, "items": list(wait.items), "inThisVersion": wait.possible}
            for wait in assessment.waits
        ],
        "waivers": [
            {"item": row.waiver.item, "expires": row.waiver.expires, "state": row.state}
            for row in assessment.waivers
        ],
        "evidence": {
            need: {
                "collectedAt": evidence.collected_at,
                "objects": evidence.count,
                "gaps": [_gap(gap) for gap in evidence.gaps],
            }
            for need, evidence in sorted(trial.evidence.items())
        },
        "profile": msgspec.to_builtins(trial.profile, order="deterministic"),
        "catalogue": assessment.catalogue,
        "checks": dict(sorted(assessment.checks.items())),
    }
    if page.changes is not None:
        told["since"] = page.changes.since
        told["changes"] = msgspec.to_builtins(page.changes.rows)
    if page.timings:
        told["seconds"] = {id: round(seconds, 6) for id, seconds in sorted(assessment.seconds.items())}
        told["secondsBySource"] = {need: row.seconds for need, row in sorted(trial.evidence.items())}
    return told


def _old_list(assessment: Assessment) -> dict[str, Any]:
    found = old_list(assessment.items, assessment.trial.profile.ticks)
    if found is None:
        return {}
    return {
        "oldList": {
            "proved": list(found.proved),
            "contradicted": list(found.contradicted),
            "unproved": list(found.unproved),
            "notApplicable": list(found.not_applicable),
        }
    }


def counts(assessment: Assessment) -> dict[str, int]:
    """How many items have which outcome, and how many are waived."""
    found = {str(outcome): 0 for outcome in Outcome}
    for item in assessment.items:
        found[str(item.outcome)] += 1
    found["waived"] = sum(
        bool(item.waiver) and item.outcome in {Outcome.FAIL, Outcome.UNKNOWN} for item in assessment.items
    )
    return found


def _item(item: ItemVerdict) -> dict[str, Any]:
    return {
        "id": item.id,
        "text": item.text,
        "section": item.section,
        "title": item.title,
        "outcome": str(item.outcome),
        "open": is_open(item),
        "proof": [str(proof) for proof in item.proof],
        "waiver": item.waiver,
        "notApplicable": item.not_applicable,
        "claims": [_claim(claim) for claim in item.claims],
    }


def _claim(claim: ClaimVerdict) -> dict[str, Any]:
    return {
        "id": claim.id,
        "says": claim.says,
        "holds": claim.holds,
        "outcome": str(claim.outcome),
        "proof": str(claim.proof) if claim.proof else "",
        "counts": claim.counts,
        "apart": claim.apart,
        "gaps": [_gap(gap) for gap in claim.gaps],
        "findings": [_finding(finding) for finding in claim.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    told = msgspec.to_builtins(finding)
    told["gap"] = _gap(finding.gap) if finding.gap else None
    return {key: value for key, value in told.items() if value not in (None, "", [], {}, ())}


def _gap(gap: Any) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(gap)
    return told
