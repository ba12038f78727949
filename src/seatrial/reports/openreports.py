"""OpenReports (``openreports.io/v1alpha1``) as one JSON list for ``kubectl apply --server-side -f``.

``ClusterReport/seatrial`` has a result for each item, ``ClusterReport/seatrial-objects`` those objects of the cluster
that hinder, and a ``Report/seatrial`` in each namespace those of it. Unknown is ``error``; what is waived is ``warn``,
and not scored, since it asks for nothing but is no pass.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from seatrial.engine.assess import Assessment
from seatrial.model.finding import Finding, ItemVerdict
from seatrial.model.outcome import Outcome
from seatrial.reports._kubectl import api_version, object_of
from seatrial.reports._page import Page
from seatrial.reports._text import safe
from seatrial.reports._told import Told, kept_for, said, told, why

API = "openreports.io/v1alpha1"
LARGEST = 1_000_000
"""Bytes of a report's results; the server takes objects of 1.5 MiB."""
_LONGEST = 500

_RESULTS = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "fail",
    Outcome.UNKNOWN: "error",
    Outcome.NOT_APPLICABLE: "skip",
}
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")

Json = dict[str, Any]


def write(assessment: Assessment, page: Page) -> str:
    """The summaries are exact; where a report has room only for the first results, an annotation says how many it lacks."""
    rows = told(assessment)
    places: dict[str, list[Json]] = {}
    for row in rows:
        for finding in row.findings:
            place = finding.subject.namespace
            place = place if _LABEL.fullmatch(place) else ""
            places.setdefault(place, []).append(_object(row, finding, assessment, page))
    reports = [
        _report("seatrial", "", [_item(item, assessment, page) for item in assessment.items], assessment),
        _report("seatrial-objects", "", places.pop("", []), assessment),
        *(_report("seatrial", place, results, assessment) for place, results in sorted(places.items())),
    ]
    document = {"apiVersion": "v1", "kind": "List", "items": reports}
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


def _report(name: str, namespace: str, results: list[Json], assessment: Assessment) -> Json:
    at = {"seconds": int(datetime.fromisoformat(assessment.trial.now).timestamp()), "nanos": 0}
    shown = list(_within(LARGEST, ({**result, "timestamp": at, "source": "seatrial"} for result in results)))
    metadata: Json = {"name": name, "labels": {"app.kubernetes.io/managed-by": "seatrial"}}
    if namespace:
        metadata["namespace"] = namespace
    if len(shown) < len(results):
        metadata["annotations"] = {"seatrial/results-not-listed": str(len(results) - len(shown))}
    summary = dict.fromkeys(("pass", "fail", "warn", "error", "skip"), 0)
    for result in results:
        summary[result["result"]] += 1
    return {
        "apiVersion": API,
        "kind": "Report" if namespace else "ClusterReport",
        "metadata": metadata,
        "source": "seatrial",
        "summary": summary,
        "results": shown,
    }


def _within(most: int, results: Iterable[Json]) -> Iterator[Json]:
    left = most
    for result in results:
        left -= len(msgspec.json.encode(result))
        if left < 0:
            return
        yield result


def _item(item: ItemVerdict, assessment: Assessment, page: Page) -> Json:
    kept = kept_for(item)
    message = kept or "; ".join(line.strip() for line in why(item, 1, assessment, page))
    return {
        "policy": safe(f"{item.id} {item.text}"),
        "category": safe(f"{item.section} {item.title}"),
        "severity": _severity([item], page),
        **_result(item.outcome, waived=bool(kept) and item.outcome is not Outcome.NOT_APPLICABLE),
        "message": safe(message or str(item.outcome), _LONGEST),
        "properties": {"resultID": f"seatrial-{item.id}", "outcome": str(item.outcome)},
    }


def _object(row: Told, finding: Finding, assessment: Assessment, page: Page) -> Json:
    first = row.items[0]
    return {
        "policy": row.claim.id,
        "rule": finding.check,
        "category": safe(f"{first.section} {first.title}"),
        "severity": _severity(row.items, page),
        **_result(finding.outcome, waived=bool(row.waiver)),
        "message": safe(said(finding), _LONGEST),
        "resources": _resources(finding, assessment),
        "properties": {
            "resultID": finding.key,
            "outcome": str(finding.outcome),
            "items": " ".join(item.id for item in row.items),
            "members": str(sum(finding.members.values())),
            **({"part": safe(finding.subject.facet, _LONGEST)} if finding.subject.facet else {}),
            **({"waiver": safe(row.waiver, _LONGEST)} if row.waiver else {}),
        },
    }


def _result(outcome: Outcome, *, waived: bool) -> Json:
    return {"result": "warn" if waived else _RESULTS[outcome], "scored": not waived}


def _severity(items: Iterable[ItemVerdict], page: Page) -> str:
    """How much it stands in the way: what cannot be waived is critical. There is no other ranking of items."""
    return "high" if all(page.library.waivable(item.id) for item in items) else "critical"


def _resources(finding: Finding, assessment: Assessment) -> list[Json]:
    subject = object_of(finding.subject, assessment.trial)
    if subject is None:
        return []
    told = {
        "apiVersion": api_version(subject),
        "kind": safe(subject.kind, _LONGEST),
        "namespace": safe(subject.namespace, _LONGEST),
        "name": safe(subject.name, _LONGEST),
    }
    return [{key: value for key, value in told.items() if value}]
