"""Items as the page shows them, each with its claims."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from seatrial.engine.assess import Assessment
from seatrial.engine.decide import is_open
from seatrial.model.evidence import Cause
from seatrial.model.finding import ClaimVerdict, ItemVerdict
from seatrial.model.outcome import Outcome
from seatrial.reports._kubectl import reads_pods
from seatrial.reports._page import Library, shorten
from seatrial.reports.html.claims import Bounds, ClaimRow, bare, claim_row, is_judged, waits
from seatrial.reports.html.words import HINDERS, LONGEST, SIGNS, number, role_words, word


class Unjudged(Struct, frozen=True):
    """Claims of an item that wait for the same, before anything of them was judged."""

    waits: tuple[str, ...]
    claims: tuple[str, ...]
    """What they say."""


class ItemRow(Struct, frozen=True):
    """One item. ``matters`` are those to be opened on paper: something was found that somebody must look at."""

    id: str
    text: str
    outcome: Outcome
    sign: str
    word: str
    why: str
    role: str
    facts: tuple[str, ...]
    claims: tuple[ClaimRow, ...]
    unjudged: tuple[Unjudged, ...]
    open: bool
    waived: bool
    matters: bool
    waivable: bool


def is_waived(item: ItemVerdict) -> bool:
    return bool(item.waiver) and item.outcome in HINDERS


def item_rows(assessment: Assessment, library: Library, bounds: Bounds) -> tuple[ItemRow, ...]:
    """Every item in the order of the checklist; a claim that several items use is shown in full under the first."""
    pods = reads_pods(assessment.trial)
    waiting = {id: _wait(wait.action, wait.possible) for wait in assessment.waits for id in wait.items}
    shown: dict[str, tuple[ClaimVerdict, str]] = {}
    rows = []
    for item in assessment.items:
        claims = []
        unjudged: dict[tuple[str, ...], list[str]] = {}
        for claim in item.claims:
            if not is_judged(claim):
                unjudged.setdefault(waits(claim.gaps, bounds), []).append(claim.says)
                continue
            before = shown.get(claim.id)
            if before is not None and before[0] == claim and claim.findings:
                claims.append(bare(claim, same_as=before[1]))
                continue
            shown.setdefault(claim.id, (claim, item.id))
            claims.append(claim_row(claim, assessment, library, bounds, pods))
        groups = tuple(Unjudged(why, tuple(same)) for why, same in unjudged.items())
        rows.append(_item(item, tuple(claims), groups, library, assessment, waiting.get(item.id, "")))
    return tuple(rows)


def _item(
    item: ItemVerdict,
    claims: tuple[ClaimRow, ...],
    unjudged: tuple[Unjudged, ...],
    library: Library,
    assessment: Assessment,
    waiting: str,
) -> ItemRow:
    asked = library.items.get(item.id)
    owner = assessment.trial.profile.owners.get(item.section, "")
    facts = [
        f"proof: {', '.join(item.proof)}" if item.proof else "",
        role_words(asked.role, title=True) if asked else "",
        f"owner: {owner}" if owner else "",
        "" if library.waivable(item.id) else "cannot be waived",
        f"waived {item.waiver}" if item.waiver else "",
        f"declared not applicable: {item.not_applicable}" if item.not_applicable else "",
    ]
    waived = is_waived(item)
    return ItemRow(
        id=item.id,
        text=item.text,
        outcome=item.outcome,
        sign="w" if waived else SIGNS[item.outcome],
        word=word(item.outcome) + (", waived" if waived else ""),
        why=_why(item, waiting),
        role=asked.role if asked else "",
        facts=tuple(fact for fact in facts if fact),
        claims=claims,
        unjudged=unjudged,
        open=is_open(item),
        waived=waived,
        matters=item.outcome in HINDERS and any(_matters(claim) for claim in item.claims),
        waivable=library.waivable(item.id),
    )


def _matters(claim: ClaimVerdict) -> bool:
    """Whether it fails, or is unknown for another reason than that nothing can ask it yet."""
    later = {Cause.NOT_CONFIGURED, Cause.NO_CHECK}
    return claim.outcome is Outcome.FAIL or any(gap.cause not in later for gap in claim.gaps)


def _why(item: ItemVerdict, waiting: str) -> str:
    if item.outcome is Outcome.NOT_APPLICABLE:
        return shorten(item.not_applicable, LONGEST)
    if item.outcome is Outcome.UNKNOWN and waiting:
        return waiting
    count = sum(claim.outcome is item.outcome for claim in item.claims)
    return f"{count} of {number(len(item.claims), 'claim')}"


def _wait(action: str, possible: bool) -> str:
    return action if possible else "waits for " + action.removeprefix("connect ")


def by_role(rows: Iterable[ItemRow]) -> Mapping[str, list[ItemRow]]:
    found: dict[str, list[ItemRow]] = {}
    for row in rows:
        found.setdefault(row.role, []).append(row)
    return found
