"""Prometheus metrics, for the textfile collector or to push: outcomes of items, counts of claims, the age of proof.

Labels are ids of the catalogue and of questions, never names of objects: a larger cluster has no more series.
"""

from collections.abc import Iterator
from datetime import datetime
from importlib import metadata

from msgspec import Struct
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from seatrial.engine.assess import Assessment
from seatrial.model.finding import ClaimVerdict
from seatrial.model.outcome import Outcome
from seatrial.reports._document import counts
from seatrial.reports._page import Page
from seatrial.reports._text import safe

_LONGEST = 200

Sample = tuple[dict[str, str], float]


class Metric(Struct, frozen=True):
    """A gauge: its name after ``seatrial_``, what it says, its samples."""

    name: str
    says: str
    samples: tuple[Sample, ...]


def write(assessment: Assessment, page: Page) -> str:  # noqa: ARG001  # every format takes both
    """The text format. Each outcome has a series of its own, 0 or 1, so that unknown is asked for like fail."""
    trial = assessment.trial
    platform = safe(trial.name or trial.cluster.context or "unnamed", _LONGEST)
    registry = CollectorRegistry()
    for metric in _metrics(assessment):
        names = ("platform", *(metric.samples[0][0] if metric.samples else ()))
        gauge = Gauge(f"seatrial_{metric.name}", metric.says, names, registry=registry)
        for labels, value in metric.samples:
            gauge.labels(platform=platform, **labels).set(value)
    written: bytes = generate_latest(registry)
    return written.decode()


def _metrics(assessment: Assessment) -> Iterator[Metric]:
    trial = assessment.trial
    decision = assessment.decision
    labels = {
        "version": metadata.version("seatrial"),
        "catalogue": assessment.catalogue,
        "cluster": safe(trial.cluster.uid, _LONGEST),
        "declared": str(trial.declared).lower(),
    }
    yield Metric("info", "What judged what; always 1.", ((labels, 1),))
    yield _one("trial_timestamp_seconds", "The time at which everything was judged.", _seconds(trial.now))
    yield _one("open_items", "Items that fail or are unknown, and are not waived.", decision.open)
    number = counts(assessment)
    yield Metric(
        "items",
        "Items by outcome, the waived among them.",
        tuple(({"outcome": str(outcome)}, number[outcome]) for outcome in Outcome),
    )
    yield _one("waived_items", "Items that fail or are unknown, and are waived.", number["waived"])
    gate = safe(decision.gate, _LONGEST)
    yield Metric("gate_outcome", "What the gate says: it holds (pass), it does not, or it cannot be told.",
                 tuple(_states({"gate": gate}, decision.outcome)))  # fmt: skip
    yield Metric(
        "item_outcome",
        "1 for the outcome that an item has, 0 for the others.",
        tuple(
            sample
            for item in assessment.items
            for sample in _states({"section": item.section, "item": item.id}, item.outcome)
        ),
    )
    yield Metric("claim_subjects", "What a claim was judged of, by outcome.", tuple(_subjects(assessment)))
    yield from _evidence(assessment)


def _one(name: str, says: str, value: float) -> Metric:
    return Metric(name, says, (({}, value),))


def _states(labels: dict[str, str], current: Outcome) -> Iterator[Sample]:
    for outcome in Outcome:
        yield {**labels, "outcome": str(outcome)}, float(outcome is current)


def _subjects(assessment: Assessment) -> Iterator[Sample]:
    """Each claim once: its subjects are the same in every item."""
    claims: dict[str, ClaimVerdict] = {}
    for item in assessment.items:
        for claim in item.claims:
            if claim.counts:
                claims.setdefault(claim.id, claim)
    for id, claim in claims.items():
        for outcome in Outcome:
            yield {"claim": id, "outcome": str(outcome)}, claim.counts.get(outcome, 0)


def _evidence(assessment: Assessment) -> Iterator[Metric]:
    answers = [
        ({"need": safe(need, _LONGEST)}, row) for need, row in sorted(assessment.trial.evidence.items())
    ]
    yield Metric("evidence_timestamp_seconds", "When an answer was collected.",
                 tuple((labels, _seconds(row.collected_at)) for labels, row in answers))  # fmt: skip
    yield Metric("evidence_objects", "Objects in an answer.",
                 tuple((labels, row.count) for labels, row in answers))  # fmt: skip
    yield Metric("evidence_gaps", "What is missing from an answer.",
                 tuple((labels, len(row.gaps)) for labels, row in answers))  # fmt: skip


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()
