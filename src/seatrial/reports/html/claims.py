"""Claims as the page shows them: what was found in words, the first objects, exact totals."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from seatrial.engine.assess import Assessment
from seatrial.model.evidence import Cause, Gap
from seatrial.model.finding import ClaimVerdict, Finding
from seatrial.model.outcome import Outcome
from seatrial.reports._kubectl import command
from seatrial.reports._page import Library, shorten
from seatrial.reports.html.words import HINDERS, LONGEST, SIGNS, number, place, read_before, word


class Bounds(Struct, frozen=True):
    """How much is shown of each claim at most: objects that hinder, objects that are good, commands."""

    objects: int
    good: int
    commands: int


class Object(Struct, frozen=True):
    """One that hinders; ``rest`` is the part of it that does, and how many of its members where it has several."""

    kind: str
    name: str
    rest: str


class Good(Struct, frozen=True):
    """The first objects that pass or do not apply."""

    words: str
    objects: tuple[str, ...]


class Reason(Struct, frozen=True):
    """Objects that hinder for the same reason, in the same words."""

    outcome: Outcome
    sign: str
    observed: str
    asked: str
    """What the rule expects, or what would help."""
    notes: tuple[str, ...]
    objects: tuple[Object, ...]
    more: int
    """Objects that are not shown."""


class ClaimRow(Struct, frozen=True):
    """One claim of an item. Where ``same_as`` names an earlier item, what was found is shown there."""

    id: str
    says: str
    outcome: Outcome
    sign: str
    facts: tuple[str, ...] = ()
    same_as: str = ""
    waits: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    good: tuple[Good, ...] = ()
    fixes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    commanded: str = ""
    """What the commands show."""


def is_judged(claim: ClaimVerdict) -> bool:
    """Whether a check said anything about it."""
    return claim.outcome is not Outcome.UNKNOWN or bool(claim.findings or claim.counts)


def bare(claim: ClaimVerdict, same_as: str = "") -> ClaimRow:
    return ClaimRow(claim.id, claim.says, claim.outcome, SIGNS[claim.outcome], _facts(claim), same_as)


def claim_row(
    claim: ClaimVerdict, assessment: Assessment, library: Library, bounds: Bounds, pods: frozenset[str]
) -> ClaimRow:
    hindering = [finding for finding in claim.findings if finding.outcome in HINDERS]
    told = {finding.gap for finding in hindering}
    bad = dict.fromkeys(finding.check for finding in claim.findings if finding.outcome is Outcome.FAIL)
    first = hindering[: bounds.commands]
    commands = (
        command(finding, assessment.trial, library.needs.get(finding.check, ()), pods) for finding in first
    )
    some = (
        f", the first {len(first)} of {number(len(hindering), 'object')}"
        if len(first) < len(hindering)
        else ""
    )
    return ClaimRow(
        id=claim.id,
        says=claim.says,
        outcome=claim.outcome,
        sign=SIGNS[claim.outcome],
        facts=_facts(claim, _oldest(claim, assessment, library)),
        waits=waits((gap for gap in claim.gaps if gap not in told), bounds),
        reasons=tuple(
            reason
            for outcome in HINDERS
            for reason in _same_words(outcome, _of(claim, outcome), bounds.objects)
        ),
        good=tuple(_good(claim, bounds.good)),
        fixes=tuple(fix for check in bad if (fix := library.fix(check))),
        commands=tuple(dict.fromkeys(line for line in commands if line)),
        commanded=f"See for yourself: kubectl{some}",
    )


def _facts(claim: ClaimVerdict, oldest: str = "") -> tuple[str, ...]:
    counted = [f"{number(count)} {word(Outcome(outcome))}" for outcome, count in claim.counts.items()]
    apart = [f"{number(count)} {reason}" for reason, count in claim.apart.items()]
    facts = [
        ", ".join(counted) or word(claim.outcome),
        f"asked of {claim.holds}" if claim.holds != "every" else "",
        f"{claim.proof}, {oldest} old" if claim.proof and oldest else str(claim.proof or ""),
        "left out: " + ", ".join(apart) if apart else "",
    ]
    return tuple(fact for fact in facts if fact)


def _oldest(claim: ClaimVerdict, assessment: Assessment, library: Library) -> str:
    """How old the oldest evidence is that the claim was judged from, at the trial's time."""
    trial = assessment.trial
    needs = {
        need.id
        for check in {finding.check for finding in claim.findings}
        for need in library.needs.get(check, ())
    }
    read = sorted(trial.evidence[need].collected_at for need in needs if need in trial.evidence)
    return read_before(read[0], trial.now) if read else ""


def _of(claim: ClaimVerdict, outcome: Outcome) -> list[Finding]:
    return [finding for finding in claim.findings if finding.outcome is outcome]


def _good(claim: ClaimVerdict, most: int) -> Iterable[Good]:
    for outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE):
        first = _of(claim, outcome)[:most]
        if not first:
            continue
        counted = claim.counts.get(outcome, 0)
        more = counted > sum(finding.members.get(outcome, 0) for finding in first)
        words = f"{number(counted)} {word(outcome)}" + (f": the first {len(first)} objects" if more else "")
        yield Good(words, tuple(str(finding.subject) for finding in first))


def _same_words(outcome: Outcome, findings: Sequence[Finding], most: int) -> Iterable[Reason]:
    grouped: dict[tuple[str, str, tuple[str, ...]], list[Finding]] = {}
    for finding in findings:
        key = _observed(finding), _asked(finding), finding.notes
        grouped.setdefault(key, []).append(finding)
    left = most
    for at, ((observed, asked, notes), same) in enumerate(grouped.items()):
        if at and not left:
            rest = sum(len(others) for others in list(grouped.values())[at:])
            yield Reason(outcome, SIGNS[outcome], "for other reasons", "", (), (), rest)
            return
        first = same[:left]
        left -= len(first)
        yield Reason(
            outcome,
            SIGNS[outcome],
            shorten(observed, LONGEST),
            shorten(asked, LONGEST),
            tuple(shorten(note, LONGEST) for note in notes[:3]),
            tuple(_object(finding) for finding in first),
            len(same) - len(first),
        )


def _observed(finding: Finding) -> str:
    if finding.gap is None:
        return finding.observed
    return f"{finding.observed}: {finding.gap.detail}" if finding.observed else finding.gap.detail


def _asked(finding: Finding) -> str:
    """What the rule expects; of what was not seen, what would help."""
    if finding.gap is None:
        return f"expected: {finding.expected}" if finding.expected else ""
    return finding.gap.cure


def _object(finding: Finding) -> Object:
    subject = finding.subject
    place = f"{subject.namespace}/" if subject.namespace else ""
    counted = sum(finding.members.values())
    here = finding.members.get(finding.outcome, 0)
    share = f"{number(here)} of {number(counted)}" if here != counted else f"×{number(here)}"
    rest = [f"· {subject.facet}"] if subject.facet else []
    rest += [share] if counted > 1 else []
    return Object(subject.kind, place + subject.name, " ".join(rest))


def waits(gaps: Iterable[Gap], bounds: Bounds) -> tuple[str, ...]:
    """What a claim waits for, in words; alternatives that no check judges are not told one by one."""
    told: dict[str, None] = {}
    for gap in gaps:
        if gap.cause is Cause.NO_CHECK:
            told["no check of this version judges it"] = None
        elif gap.cause is Cause.NOT_CONFIGURED:
            told[gap.detail] = None
        else:
            cure = f"; {gap.cure}" if gap.cure else ""
            told[shorten(f"{place(gap)}{gap.cause}: {gap.detail}{cure}", LONGEST)] = None
    lines = list(told)
    most = max(bounds.objects, 1)
    return (*lines[:most], f"and {number(len(lines) - most)} more") if len(lines) > most else tuple(lines)
