"""Which waivers are in force, what each covers, and which do nothing."""

import fnmatch
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from seatrial.model.finding import ClaimVerdict, Finding, ItemVerdict
from seatrial.model.item import Item
from seatrial.model.outcome import Outcome
from seatrial.model.profile import Profile, Waiver

_HINDERS = frozenset({Outcome.FAIL, Outcome.UNKNOWN})

USED, UNUSED, PARTLY, EXPIRED = "used", "unused", "not enough", "expired"


class WaiverUse(Struct, frozen=True):
    """A waiver, and what it does: ``used``, ``unused``, ``not enough`` (other objects hinder the item too), ``expired``."""

    waiver: Waiver
    state: str


def waive(item: Item, claims: Sequence[ClaimVerdict], profile: Profile, now: datetime) -> str:
    """What waives an item, in words; empty where nothing does. Waivers of single objects must together cover all that hinders."""
    if not item.waivable:
        return ""
    rows = [row for row in profile.waivers if row.item == item.id and _in_force(row, now)]
    whole = next((row for row in rows if is_whole(row)), None)
    if whole is not None:
        return _words(whole)
    used = dict.fromkeys(row for row in rows for claim in claims if any(_covered(row, claim)))
    if used and all(_is_covered(claim, rows) for claim in claims if claim.outcome in _HINDERS):
        return "; ".join(map(_words, used))
    return ""


def uses_of(items: Iterable[ItemVerdict], profile: Profile, now: datetime) -> tuple[WaiverUse, ...]:
    """Every waiver of the profile with what it does, in the profile's order."""
    by_id = {item.id: item for item in items}
    return tuple(WaiverUse(row, _state(row, by_id.get(row.item), now)) for row in profile.waivers)


def is_whole(waiver: Waiver) -> bool:
    """Whether it waives its item whatever hinders it."""
    return not waiver.subjects and not waiver.claim


def _state(waiver: Waiver, item: ItemVerdict | None, now: datetime) -> str:
    if not _in_force(waiver, now):
        return EXPIRED
    if item is None or item.outcome not in _HINDERS:
        return UNUSED
    covers = is_whole(waiver) or any(any(_covered(waiver, claim)) for claim in item.claims)
    if not covers:
        return UNUSED
    return USED if item.waiver else PARTLY


def _in_force(waiver: Waiver, now: datetime) -> bool:
    return waiver.expires >= now.date().isoformat()


def _is_covered(claim: ClaimVerdict, rows: Sequence[Waiver]) -> bool:
    """Whether every object because of which a claim hinders is waived, and nothing but objects hinders it."""
    hinder = [row for row in claim.findings if row.outcome in _HINDERS]
    if any(row.claim == claim.id and not row.subjects for row in rows):
        return True
    known = {row.gap for row in hinder}
    if not hinder or any(gap not in known for gap in claim.gaps):
        return False
    return all(any(_covers(waiver, claim, row) for waiver in rows) for row in hinder)


def _covered(waiver: Waiver, claim: ClaimVerdict) -> Iterator[bool]:
    if waiver.claim == claim.id and not waiver.subjects:
        yield claim.outcome in _HINDERS
    if claim.outcome in _HINDERS:
        yield from (_covers(waiver, claim, row) for row in claim.findings if row.outcome in _HINDERS)


def _covers(waiver: Waiver, claim: ClaimVerdict, finding: Finding) -> bool:
    if waiver.claim not in {"", claim.id}:
        return False
    subject = finding.subject
    return any(
        fnmatch.fnmatchcase(subject.kind, row.kind)
        and fnmatch.fnmatchcase(subject.namespace, row.namespace)
        and fnmatch.fnmatchcase(subject.name, row.name)
        for row in waiver.subjects
    )


def _words(waiver: Waiver) -> str:
    return f"until {waiver.expires}: {waiver.reason} ({waiver.owner})"
