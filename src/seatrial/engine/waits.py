"""What the unknown items wait for: each once, under the thing that would have to come first."""

from collections.abc import Iterable

from msgspec import Struct

from seatrial.model.evidence import Cause, Gap
from seatrial.model.finding import ItemVerdict
from seatrial.model.outcome import Outcome

COMMAND, SETTING, SERVICE, PERSON, TIME = 1, 2, 3, 4, 5
"""Efforts, each about twice the one before in practice: one command; a line in a file; a system to connect; somebody
to answer; days to pass. Only their order and rough ratio matter: they sort what to do next."""

_GRANT = "seatrial doctor --rbac"
_HOWS = {
    "statement": ("seatrial attest", PERSON),
    "history": ("runs over days: seatrial assess --save", TIME),
    "profile": ("a line in seatrial.yaml", SETTING),
    "probe-pods": ("probes that run pods", SERVICE),
    "prober": ("probes that try what must be refused", SERVICE),
}
"""How a source would be connected that is no entry under ``sources``, and the effort."""


class Wait(Struct, frozen=True):
    """``action`` is what to do; ``possible`` whether this version would be helped by it; ``effort`` what it takes."""

    action: str
    items: tuple[str, ...]
    possible: bool
    effort: int = SERVICE


def waits(items: Iterable[ItemVerdict]) -> tuple[Wait, ...]:
    """What to do next: most items for the least effort first; what this version cannot use comes last."""
    waiting: dict[tuple[bool, str, int], list[str]] = {}
    for item in items:
        if item.outcome is not Outcome.UNKNOWN or item.waiver:
            continue
        gaps = [gap for claim in item.claims if claim.outcome is Outcome.UNKNOWN for gap in claim.gaps]
        # an item that also waits for what this version cannot read would not be helped by anything else
        first = next((gap for gap in gaps if not _possible(gap)), gaps[0] if gaps else None)
        if first is not None:
            waiting.setdefault((_possible(first), *_action(first)), []).append(item.id)
    found = [
        Wait(action, tuple(ids), possible, effort) for (possible, action, effort), ids in waiting.items()
    ]
    return tuple(
        sorted(found, key=lambda wait: (not wait.possible, -len(wait.items) / wait.effort, wait.action))
    )


def _possible(gap: Gap) -> bool:
    return gap.cause not in {Cause.NOT_CONFIGURED, Cause.NO_CHECK}


def action(gap: Gap) -> str:
    """What would make the gap known, in a few words."""
    return _action(gap)[0]


def _action(gap: Gap) -> tuple[str, int]:
    if gap.cause is Cause.NOT_CONFIGURED:
        hows = [_how(source) for source in gap.need.partition("/")[2].split(" and ")]
        return " and ".join(how for how, _ in hows), max(effort for _, effort in hows)
    if gap.cause is Cause.NO_CHECK:
        return "a check of a later version", SERVICE
    if gap.cause is Cause.REFUSED and _GRANT in gap.cure:
        return f"{_GRANT} | kubectl apply -f -", COMMAND
    return gap.cure or gap.detail, SETTING if gap.cause is Cause.NOT_DECLARED else SERVICE


def _how(source: str) -> tuple[str, int]:
    kind, _, name = source.partition(":")
    if source in _HOWS:
        return _HOWS[source]
    return (f"sources.results: {name}", SETTING) if name else (f"sources.{kind}", SERVICE)
