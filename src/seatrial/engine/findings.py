"""From judgements to findings: one per top owner, worst first, its members counted."""

import hashlib
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, structs

from seatrial.algebra.outcomes import WORST_FIRST, any_of
from seatrial.engine.judge import Answer, Judged
from seatrial.inventory.views import Views
from seatrial.kit.checking import Check
from seatrial.model.evidence import Citation, Gap
from seatrial.model.finding import Finding, Subject
from seatrial.model.item import Claim
from seatrial.model.outcome import Outcome

FIRST_NAMES = 20
"""How many members a finding names; their number is exact."""

FIRST_GOOD = 20
"""How many findings a claim shows that pass or do not apply; their number is exact. Those that hinder are all shown."""

_RANK = {outcome: rank for rank, outcome in enumerate(WORST_FIRST)}
_HINDERS = frozenset({Outcome.FAIL, Outcome.UNKNOWN})

Row = tuple[Outcome, Check[Any, Any], Judged, Gap | None]


class Found(Struct, frozen=True):
    """The findings of a claim, worst first, and how many members have which outcome."""

    findings: tuple[Finding, ...]
    counts: dict[Outcome, int]


class Part(Struct, frozen=True):
    """What a claim comes to in one place. Of the good only the first are kept, not yet written out."""

    counts: dict[Outcome, int]
    hinders: tuple[Finding, ...]
    good: dict[Outcome, list[tuple[Subject, list[Row]]]]


def place_of(subject: Subject) -> str:
    """The namespace that a subject stands in, or is; empty for what belongs to the whole cluster."""
    return subject.name if subject.kind == "Namespace" and not subject.group else subject.namespace


def find(claim: Claim, judging: Sequence[Answer], unjudged: tuple[Gap, ...], views: Views) -> Found:
    """What the alternatives of a claim come to. ``unjudged`` are those that may be here and have no check."""
    return Tally(claim, parts_of(claim, judging, unjudged, views), views).found()


def parts_of(
    claim: Claim, judging: Sequence[Answer], unjudged: tuple[Gap, ...], views: Views
) -> dict[str, Part]:
    """What they come to place by place."""
    by_subject: dict[Subject, list[Row]] = {}
    for row in _rows(judging, unjudged):
        named = row[2].subject.subject
        rows = by_subject.get(named)
        if rows is None:
            by_subject[named] = [row]
        else:
            rows.append(row)
    by_place: dict[str, list[tuple[Subject, list[Row]]]] = {}
    found: list[tuple[Subject, list[Row]]] = []
    last = None
    for pair in by_subject.items():
        place = place_of(pair[0])
        if place != last:
            found, last = by_place.setdefault(place, []), place
        found.append(pair)
    return {place: _part(claim, found, views) for place, found in by_place.items()}


def _part(claim: Claim, found: list[tuple[Subject, list[Row]]], views: Views) -> Part:
    counts = dict.fromkeys(Outcome, 0)
    good: dict[Outcome, list[tuple[Subject, list[Row]]]] = {}
    hinders: list[Finding] = []
    for pair in found:
        subject, rows = pair
        if len(rows) == 1:
            outcome, _, judged, _ = rows[0]
            counts[outcome] += len(judged.subject.members)
        else:
            for row in rows:
                counts[row[0]] += len(row[2].subject.members)
            outcome = min((row[0] for row in rows), key=_RANK.__getitem__)
        if outcome in _HINDERS:
            hinders.append(_finding(claim, subject, outcome, rows, views))
            continue
        first = good.get(outcome)
        if first is None:
            good[outcome] = [pair]
        elif len(first) < FIRST_GOOD:
            first.append(pair)
    return Part(counts, tuple(hinders), good)


class Tally:
    """The parts of a claim, put together; a part may be put again."""

    def __init__(self, claim: Claim, parts: Mapping[str, Part], views: Views) -> None:
        self._claim = claim
        self._views = views
        self._parts = dict(parts)
        self._counts = dict.fromkeys(Outcome, 0)
        for found in parts.values():
            self._count(found, 1)
        self._hinders = sorted((row for found in parts.values() for row in found.hinders), key=rank_of)
        self._shown: list[Finding] | None = None
        self._until: dict[Outcome, str] = {}
        """Up to which place the first of what is good are taken; nothing while there are fewer."""

    def put(self, place: str, found: Part | None) -> None:
        """What the claim comes to in a place now; None where it has no subject there."""
        before = self._parts.pop(place, None)
        if before is not None:
            self._count(before, -1)
            for row in before.hinders:
                at = bisect_left(self._hinders, rank_of(row), key=rank_of)
                del self._hinders[at]
        if found is not None:
            self._parts[place] = found
            self._count(found, 1)
            for row in found.hinders:
                insort(self._hinders, row, key=rank_of)
        if any(self._shows(place, part) for part in (before, found) if part is not None):
            self._shown = None

    def found(self) -> Found:
        """All that hinders, the first of what is good, and exact counts."""
        if self._shown is None:
            self._shown = self._good()
        return Found((*self._hinders, *self._shown), dict(self._counts))

    def _shows(self, place: str, found: Part) -> bool:
        """Whether something good of a place is, or would be, among the first."""
        return any(place <= self._until.get(outcome, place) for outcome in found.good)

    def _count(self, found: Part, sign: int) -> None:
        for outcome, count in found.counts.items():
            self._counts[outcome] += sign * count

    def _good(self) -> list[Finding]:
        """The first findings that pass or do not apply, by place, in the order in which findings stand."""
        chosen: dict[Outcome, list[tuple[Subject, list[Row]]]] = {}
        self._until = {}
        for place in sorted(self._parts):
            for outcome, rows in self._parts[place].good.items():
                first = chosen.setdefault(outcome, [])
                if len(first) < FIRST_GOOD:
                    first += rows[: FIRST_GOOD - len(first)]
                    if len(first) == FIRST_GOOD:
                        self._until[outcome] = place
        found = [
            _finding(self._claim, subject, outcome, rows, self._views)
            for outcome, first in chosen.items()
            for subject, rows in first
        ]
        return sorted(found, key=rank_of)


def rank_of(finding: Finding) -> tuple[int, Subject]:
    """What findings are sorted by: the worst first."""
    return _RANK[finding.outcome], finding.subject


def _rows(judging: Sequence[Answer], unjudged: tuple[Gap, ...]) -> Iterator[Row]:
    """One row for each subject and variant: any-of over the alternatives that judged it, and those that did not."""
    if len(judging) == 1 and not unjudged:
        check = judging[0].check
        for judged in judging[0].judged:
            yield judged.judgement.outcome, check, judged, judged.judgement.gap
        return
    alternatives: dict[tuple[Subject, str], list[tuple[Answer, Judged]]] = {}
    for answer in judging:
        for judged in answer.judged:
            key = judged.subject.subject, judged.subject.variant
            alternatives.setdefault(key, []).append((answer, judged))
    for found in alternatives.values():
        yield _any_of(found, unjudged)


def _any_of(found: list[tuple[Answer, Judged]], unjudged: tuple[Gap, ...]) -> Row:
    outcomes = [judged.judgement.outcome for _, judged in found]
    if any(outcome is not Outcome.NOT_APPLICABLE for outcome in outcomes):
        outcomes += [Outcome.UNKNOWN for _ in unjudged]
    outcome = any_of(outcomes)
    answer, chosen = next((row for row in found if row[1].judgement.outcome is outcome), found[0])
    gap = chosen.judgement.gap if chosen.judgement.outcome is outcome else unjudged[0]
    return outcome, answer.check, chosen, gap


def _finding(claim: Claim, subject: Subject, outcome: Outcome, rows: list[Row], views: Views) -> Finding:
    """One owner's finding: of groups that differ the worst speaks for all, and all are counted."""
    _, check, judged, gap = next(row for row in rows if row[0] is outcome)
    judgement = judged.judgement
    if len(rows) == 1:
        names = judged.subject.members
        members = {str(outcome): len(names)}
        notes: tuple[str, ...] = (judgement.note,) if judgement.note else ()
    else:
        names = tuple(sorted(name for row in rows if row[0] is outcome for name in row[2].subject.members))
        totals: dict[str, int] = {}
        for row in rows:
            totals[str(row[0])] = totals.get(str(row[0]), 0) + len(row[2].subject.members)
        members = dict(sorted(totals.items()))
        notes = tuple(sorted({row[2].judgement.note for row in rows if row[2].judgement.note}))
    return Finding(
        key=key_of(views, check, subject),
        check=check.id,
        claim=claim.id,
        via=check.via,
        subject=subject,
        outcome=outcome,
        members=members,
        names=names[:FIRST_NAMES],
        observed=judgement.observed,
        expected=judgement.expected,
        notes=notes,
        cites=_cites(judged, views),
        gap=gap if outcome is Outcome.UNKNOWN else None,
    )


def _cites(judged: Judged, views: Views) -> tuple[Citation, ...]:
    origin = judged.subject.origin
    if origin is None:
        return ()
    need, key, pointer = origin
    cites = (views.cite(need, key, pointer + at) for at in judged.judgement.at or ("",))
    return tuple(cite for cite in cites if cite is not None)


def key_of(views: Views, check: Check[Any, Any], subject: Subject) -> str:
    """A finding's key: of the cluster, the check and the subject, never of wording."""
    cluster = views.trial.cluster
    parts = (cluster.uid, cluster.ca, check.id, *structs.astuple(subject))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
