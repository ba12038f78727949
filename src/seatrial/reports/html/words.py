"""Words, signs and numbers of the page."""

from datetime import datetime

from seatrial.model.evidence import Gap
from seatrial.model.outcome import Outcome

SIGNS = {Outcome.PASS: "✓", Outcome.FAIL: "✗", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "–"}
HINDERS = (Outcome.FAIL, Outcome.UNKNOWN)
LONGEST = 400
"""Characters of one foreign text, such as a policy's message."""


def word(outcome: Outcome) -> str:
    return str(outcome).replace("-", " ")


def number(count: int, noun: str = "") -> str:
    """``1,204 objects``; the noun in the plural where it must be."""
    return f"{count:,}" + (f" {noun}{'' if count == 1 else 's'}" if noun else "")


def age(seconds: float) -> str:
    """An age in the largest unit that says it: ``3 s``, ``12 min``, ``5 h``, ``30 d``."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(int(seconds), 0)} s"


def read_before(collected_at: str, now: str) -> str:
    return age((datetime.fromisoformat(now) - datetime.fromisoformat(collected_at)).total_seconds())


def role_words(role: str, *, title: bool = False) -> str:
    """``SRE lead`` for ``sre-lead``; as a title ``Platform lead`` for ``platform-lead``."""
    words = role.replace("-", " ").replace("sre", "SRE")
    return words[:1].upper() + words[1:] if title else words


def place(gap: Gap) -> str:
    """Where the gap is: a need, and in it a namespace or an object."""
    if gap.namespace is None:
        return f"{gap.need}: "
    return f"{gap.need} {gap.namespace}/{gap.name}: " if gap.name else f"{gap.need} in {gap.namespace}: "
