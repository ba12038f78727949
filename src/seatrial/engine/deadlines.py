"""Histories cannot be bought later: by which day measuring must have begun, for the go-live that is planned."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct

from seatrial.model.finding import ItemVerdict
from seatrial.model.item import Catalogue
from seatrial.model.outcome import Outcome

DAY = 86_400


class Deadline(Struct, frozen=True):
    """Open items that need ``days`` of history. ``start`` and ``earliest`` are dates; empty without a go-live date.

    ``start`` is the last day on which measuring may begin; ``late`` how many days ago that was; ``earliest`` the
    first day on which the history can be whole if it begins now.
    """

    days: int
    items: tuple[str, ...]
    start: str
    late: int
    earliest: str


def deadlines(
    catalogue: Catalogue, verdicts: Iterable[ItemVerdict], now: datetime, go_live: str
) -> tuple[Deadline, ...]:
    """The deadlines of what is not decided yet, the longest history first; an item stands under its longest."""
    waiting: dict[int, list[str]] = {}
    for item, verdict in zip(catalogue.items, verdicts, strict=True):
        unknown = {claim.id for claim in verdict.claims if claim.outcome is Outcome.UNKNOWN}
        longest = max((use.window for use in item.uses if use.claim.id in unknown), default=0)
        if longest >= DAY and verdict.outcome is not Outcome.NOT_APPLICABLE:
            waiting.setdefault(-(-longest // DAY), []).append(item.id)
    return tuple(
        _deadline(days, ids, now.date(), go_live) for days, ids in sorted(waiting.items(), reverse=True)
    )


def _deadline(days: int, ids: list[str], today: date, go_live: str) -> Deadline:
    earliest = (today + timedelta(days)).isoformat()
    if not go_live:
        return Deadline(days, tuple(ids), "", 0, earliest)
    start = date.fromisoformat(go_live) - timedelta(days)
    return Deadline(days, tuple(ids), start.isoformat(), max((today - start).days, 0), earliest)
