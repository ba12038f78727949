"""How a check says what it found."""

from typing import TypeVar

from seatrial.model.evidence import Cause, Gap, Unseen
from seatrial.model.finding import Judgement
from seatrial.model.outcome import Outcome

T = TypeVar("T")

Pointers = tuple[str, ...] | str


def passed(observed: str, *, at: Pointers = (), note: str = "") -> Judgement:
    """The subject keeps the rule. ``observed`` says what was seen; ``at`` points to the fields that prove it."""
    return Judgement(Outcome.PASS, observed, at=_pointers(at), note=note)


def failed(observed: str, expected: str, *, at: Pointers = (), note: str = "") -> Judgement:
    """The subject breaks the rule: what was seen, what the rule asks."""
    return Judgement(Outcome.FAIL, observed, expected, at=_pointers(at), note=note)


def not_applicable(why: str) -> Judgement:
    """The rule does not speak of this subject; it does not count."""
    return Judgement(Outcome.NOT_APPLICABLE, why)


def unknown(
    why: str, cure: str, *, cause: Cause = Cause.UNDECIDABLE, expected: str = "", at: Pointers = ()
) -> Judgement:
    """It cannot be told, and why. ``cure`` is what the user can do about it."""
    gap = Gap("judgement", cause, why, cure)
    return Judgement(Outcome.UNKNOWN, why, expected, at=_pointers(at), gap=gap)


def seen(value: T | None, what: str) -> T:
    """A value that must have been recorded, such as a status. Raises Unseen where it was not."""
    if value is None:
        raise Unseen(
            Gap(
                "judgement",
                Cause.NOT_RECORDED,
                f"{what} was not recorded",
                "judge the live cluster: seatrial assess",
            )
        )
    return value


def _pointers(at: Pointers) -> tuple[str, ...]:
    return (at,) if isinstance(at, str) else at
