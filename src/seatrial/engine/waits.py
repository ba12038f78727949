"""What the unknown items wait for: each once, under the thing that would have to come first."""

from collections.abc import Iterable

from msgspec import Struct

from seatrial.model.evidence import Cause, Gap
from seatrial.model.finding import ItemVerdict
from seatrial.model.outcome import Outcome


class Wait(Struct, frozen=True):
    """``action`` is what to do; ``possible`` whether this version would be helped by it."""

    action: str
    items: tuple[str, ...]
    possible: bool


def waits(items: Iterable[ItemVerdict]) -> tuple[Wait, ...]:
    """What to do next, by the number of items that wait for it; what this version cannot use comes last."""
    waiting: dict[tuple[bool, str], list[str]] = {}
    for item in items:
        if item.outcome is not Outcome.UNKNOWN or item.waiver:
            continue
        gaps = [gap for claim in item.claims if claim.outcome is Outcome.UNKNOWN for gap in claim.gaps]
        # an item that also waits for what this version cannot read would not be helped by anything else
        first = next((gap for gap in gaps if not _possible(gap)), gaps[0] if gaps else None)
        if first is not None:
            waiting.setdefault((_possible(first), action(first)), []).append(item.id)
    found = [Wait(action, tuple(ids), possible) for (possible, action), ids in waiting.items()]
    return tuple(sorted(found, key=lambda wait: (not wait.possible, -len(wait.items), wait.action)))


def _possible(gap: Gap) -> bool:
    return gap.cause not in {Cause.NOT_CONFIGURED, Cause.NO_CHECK}


def action(gap: Gap) -> str:
    """What would make the gap known, in a few words."""
    if gap.cause is Cause.NOT_CONFIGURED:
        return f"connect {gap.need.partition('/')[2]}"
    if gap.cause is Cause.NO_CHECK:
        return "a check of a later version"
    return gap.cure or gap.detail
