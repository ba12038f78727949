"""What several formats tell alike: what hinders, object by object, in words, within bounds and with exact totals."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from seatrial.engine.assess import Assessment
from seatrial.engine.waits import action
from seatrial.model.evidence import Gap
from seatrial.model.finding import ClaimVerdict, Finding, ItemVerdict
from seatrial.model.outcome import Outcome
from seatrial.reports._document import counts
from seatrial.reports._kubectl import object_of
from seatrial.reports._page import Location, Page
from seatrial.reports._text import safe

GATE = {Outcome.PASS: "holds", Outcome.FAIL: "does not hold", Outcome.UNKNOWN: "cannot be told"}
HINDERS = (Outcome.FAIL, Outcome.UNKNOWN)
WAITS_SHOWN = 3


class Told(Struct, frozen=True):
    """A claim that hinders, once, however many items use it; ``findings`` are the objects that hinder, worst first."""

    claim: ClaimVerdict
    items: tuple[ItemVerdict, ...]
    findings: tuple[Finding, ...]

    @property
    def waiver(self) -> str:
        """The waivers of its items, where each is waived."""
        waivers = [item.waiver for item in self.items]
        return "; ".join(dict.fromkeys(waivers)) if all(waivers) else ""


def told(assessment: Assessment) -> tuple[Told, ...]:
    """The claims that hinder by objects, in the order of the items."""
    found: dict[str, tuple[ClaimVerdict, list[ItemVerdict]]] = {}
    for item in assessment.items:
        for claim in item.claims if item.outcome in HINDERS else ():
            if hindering(claim):
                found.setdefault(claim.id, (claim, []))[1].append(item)
    return tuple(Told(claim, tuple(items), hindering(claim)) for claim, items in found.values())


def hindering(claim: ClaimVerdict) -> tuple[Finding, ...]:
    """The objects because of which a claim does not hold, or cannot be told; none of a claim that holds all the same."""
    wanted = HINDERS if claim.outcome is Outcome.FAIL else (claim.outcome,)
    if claim.outcome not in HINDERS:
        return ()
    return tuple(finding for finding in claim.findings if finding.outcome in wanted)


def total(assessment: Assessment) -> str:
    """The whole run in one line."""
    number = counts(assessment)
    return (
        f"{assessment.decision.open} open items of {len(assessment.items)}: {number['fail']} fail, "
        f"{number['unknown']} unknown, {number['pass']} pass, {number['not-applicable']} not applicable, "
        f"{number['waived']} waived"
    )


def number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def said(finding: Finding) -> str:
    """What was seen and what is asked; of what is unknown the reason and what would help."""
    if finding.gap is not None:
        return "; ".join(part for part in (reason(finding.gap), finding.gap.cure) if part)
    expected = f"expected {finding.expected}" if finding.expected else ""
    return "; ".join(part for part in (finding.observed, expected) if part) or str(finding.outcome)


def reason(gap: Gap) -> str:
    return f"{gap.cause}: {gap.detail}"


def waiting(claim: ClaimVerdict) -> str:
    """What an unknown claim waits for, or why one fails of which no object is to blame."""
    if claim.outcome is Outcome.FAIL:
        return "none of what it asks for is there"
    actions = list(dict.fromkeys(action(gap) for gap in claim.gaps))
    more = [f"{len(actions) - WAITS_SHOWN} more"] if len(actions) > WAITS_SHOWN else []
    return "waits for " + ", ".join([*actions[:WAITS_SHOWN], *more]) if actions else "it cannot be told"


def why(item: ItemVerdict, most: int, assessment: Assessment, page: Page) -> Iterator[str]:
    """Lines for people: each claim that hinders, with its first ``most`` objects."""
    claims = [claim for claim in item.claims if claim.outcome in HINDERS]
    for claim in sorted(claims, key=lambda claim: HINDERS.index(claim.outcome)):
        found = hindering(claim)
        counted = ", ".join(f"{count} {outcome}" for outcome, count in claim.counts.items())
        yield safe(f"{claim.outcome} {claim.id}: {counted if found and counted else waiting(claim)}")
        for finding in found[:most]:
            place = located(finding, assessment, page)
            where = f" in {place.file}:{place.line}" if place else ""
            yield safe(f"  {finding.outcome} {finding.subject}{where}: {said(finding)}")
        if len(found) > most:
            yield f"  and {number(len(found) - most, 'more object')}"


def kept_for(item: ItemVerdict) -> str:
    """Why an item asks for nothing: it is waived, or does not apply. Empty for one that is judged in earnest."""
    if item.outcome is Outcome.NOT_APPLICABLE:
        return safe(item.not_applicable or "there is nothing that it speaks of")
    if item.waiver and item.outcome in HINDERS:
        return safe(f"waived {item.waiver}")
    return ""


def located(finding: Finding, assessment: Assessment, page: Page) -> Location | None:
    """The manifest that a finding is about, where it is known."""
    subject = object_of(finding.subject, assessment.trial)
    if subject is None:
        return None
    return page.locations.get((subject.group, subject.kind, subject.namespace, subject.name))


def cap(sizes: Iterable[int], most: int) -> int:
    """The largest number such that so many of each list are together no more than ``most``."""
    sizes = sorted(sizes)
    left = most
    for at, size in enumerate(sizes):
        if size * (len(sizes) - at) > left:
            return left // (len(sizes) - at)
        left -= size
    return sizes[-1] if sizes else 0


def fit(write: Callable[[int], str], steps: Sequence[int], largest: int) -> str:
    """The text with as many objects of each claim as ``largest`` bytes leave room for; the last step is taken anyhow."""
    text = ""
    for most in steps:
        text = write(most)
        if len(text.encode("utf-8", "replace")) <= largest:
            break
    return text
