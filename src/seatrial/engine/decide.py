"""Whether a gate holds."""

import fnmatch
from collections.abc import Sequence

from seatrial.model.finding import Decision, ItemVerdict
from seatrial.model.outcome import Outcome

GO_LIVE = "go-live"
NONE = "none"


def is_open(item: ItemVerdict) -> bool:
    """Whether an item stands in the way of going live: it fails or is unknown, and nobody waived it."""
    return item.outcome in {Outcome.FAIL, Outcome.UNKNOWN} and not item.waiver


def selected(gate: str, ids: Sequence[str]) -> tuple[str, ...]:
    """The items a gate asks: all for ``go-live``, none for ``none``, else those that a pattern such as ``3.*`` names."""
    if gate == GO_LIVE:
        return tuple(ids)
    if gate == NONE:
        return ()
    patterns = [pattern.strip() for pattern in gate.split(",")]
    return tuple(id for id in ids if any(fnmatch.fnmatchcase(id, pattern) for pattern in patterns))


def decide(gate: str, items: Sequence[ItemVerdict]) -> Decision:
    """Fails where an item that the gate asks for fails; cannot be told where one is unknown; holds otherwise."""
    asked = set(selected(gate, [item.id for item in items]))
    opened = [item for item in items if is_open(item)]
    deciding = [item for item in opened if item.id in asked]
    failing = [item for item in deciding if item.outcome is Outcome.FAIL]
    outcome = Outcome.FAIL if failing else Outcome.UNKNOWN if deciding else Outcome.PASS
    return Decision(
        gate=gate,
        outcome=outcome,
        open=len(opened),
        deciding=tuple(item.id for item in failing or deciding),
    )
