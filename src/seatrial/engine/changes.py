"""What changed between two judgements of one platform: by item, and by finding."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from seatrial.engine.assess import Assessment
from seatrial.engine.decide import is_open
from seatrial.model.outcome import Outcome

_HINDERS = frozenset({Outcome.FAIL, Outcome.UNKNOWN})
_GOOD = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


class How(StrEnum):
    """The ways to change, the worst first."""

    WORSE = "worse"
    UNKNOWN_NOW = "unknown now"
    NEW = "new"
    GONE = "gone"
    BETTER = "better"


class Change(Struct, frozen=True):
    """An item, or one finding of it, that is not what it was."""

    how: str
    """One of ``How``."""
    item: str
    what: str
    """The subject, or the item's text."""
    was: str = ""
    now: str = ""
    claim: str = ""
    """Empty where the item as a whole is meant, as is ``key``."""
    key: str = ""


class Changes(Struct, frozen=True):
    """What changed since an earlier run, worst first."""

    since: str
    """RFC 3339, UTC: the time of the earlier run."""
    rows: tuple[Change, ...]


class ItemRecord(Struct, frozen=True, gc=False):
    outcome: Outcome
    text: str
    open: bool


class FindingRecord(Struct, frozen=True, gc=False):
    """A finding that hinders."""

    outcome: Outcome
    subject: str
    item: str
    claim: str


class Record(Struct, frozen=True):
    """A judgement, as far as later ones are compared with it. What hinders is all there; of what passes, nothing."""

    now: str
    name: str
    cluster: str
    """``identity`` of the trial."""
    declared: bool
    open: int
    items: dict[str, ItemRecord]
    findings: dict[str, FindingRecord]
    """By key; one that several items use stands under the first."""
    checks: dict[str, int]


def identity(assessment: Assessment) -> str:
    """Which cluster was judged; empty where that is not known, and for manifests."""
    cluster = assessment.trial.cluster
    return f"{cluster.uid}/{cluster.ca}" if cluster.uid and not assessment.trial.declared else ""


def record_of(assessment: Assessment) -> Record:
    """What to keep of a judgement."""
    findings: dict[str, FindingRecord] = {}
    for item in assessment.items:
        for claim in item.claims:
            for row in claim.findings:
                if row.outcome in _HINDERS:
                    findings.setdefault(
                        row.key, FindingRecord(row.outcome, str(row.subject), item.id, claim.id)
                    )
    return Record(
        now=assessment.trial.now,
        name=assessment.trial.name,
        cluster=identity(assessment),
        declared=assessment.trial.declared,
        open=assessment.decision.open,
        items={item.id: ItemRecord(item.outcome, item.text, is_open(item)) for item in assessment.items},
        findings=findings,
        checks=assessment.checks,
    )


def compare(before: Record, after: Record) -> tuple[Change, ...]:
    """Every difference, the worst first, items before findings. The same record twice gives none."""
    rows = [*_items(before, after), *_findings(before, after)]
    order = list(How)
    places = {id: at for at, id in enumerate(after.items)}
    rows.sort(key=lambda row: (order.index(How(row.how)), bool(row.key), places.get(row.item, -1), row.what))
    return tuple(rows)


def _items(before: Record, after: Record) -> Iterator[Change]:
    for id, now in after.items.items():
        was = before.items.get(id)
        if was is not None and was.outcome is not now.outcome:
            yield Change(_way(was.outcome, now.outcome), id, now.text, str(was.outcome), str(now.outcome))


def _way(was: Outcome, now: Outcome) -> How:
    if now is Outcome.UNKNOWN:
        return How.UNKNOWN_NOW
    if now is Outcome.FAIL:
        return How.WORSE
    return How.WORSE if was in _GOOD and now is Outcome.NOT_APPLICABLE else How.BETTER


def _findings(before: Record, after: Record) -> Iterator[Change]:
    for key, now in after.findings.items():
        was = before.findings.get(key)
        if was is None:
            # it passed, or was not there: of what passes not every finding is kept
            yield Change(How.NEW, now.item, now.subject, "", str(now.outcome), now.claim, key)
        elif was.outcome is not now.outcome:
            way = _way(was.outcome, now.outcome)
            yield Change(way, now.item, now.subject, str(was.outcome), str(now.outcome), now.claim, key)
    for key, was in before.findings.items():
        if key not in after.findings:
            yield Change(How.GONE, was.item, was.subject, str(was.outcome), "", was.claim, key)
