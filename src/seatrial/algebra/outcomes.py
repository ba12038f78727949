"""Conjunction, alternatives and quantifiers over outcomes; pure, total, and monotone.

*Monotone*: when a subject becomes unknown, or a closed list opens, the result stays or becomes unknown.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from seatrial.model.item import Holds
from seatrial.model.outcome import Outcome

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)

WORST_FIRST = (FAIL, UNKNOWN, PASS, NOT_APPLICABLE)
BEST_FIRST = (PASS, UNKNOWN, FAIL, NOT_APPLICABLE)


def all_of(outcomes: Iterable[Outcome]) -> Outcome:
    """All must hold: fail beats unknown beats pass beats not-applicable. Nothing at all is unknown."""
    return _first(WORST_FIRST, outcomes)


def any_of(outcomes: Iterable[Outcome]) -> Outcome:
    """Alternatives: pass beats unknown beats fail; not-applicable only where all are. Nothing is unknown."""
    return _first(BEST_FIRST, outcomes)


def _first(order: tuple[Outcome, ...], outcomes: Iterable[Outcome]) -> Outcome:
    seen = set(outcomes)
    return next((outcome for outcome in order if outcome in seen), UNKNOWN)


def hold(holds: Holds, counts: Mapping[Outcome, int], *, is_open: bool, empty: Outcome) -> Outcome:
    """What a claim comes to over its subjects.

    ``counts`` says how many subjects have which outcome; those not applicable do not count. ``is_open`` says
    that there may be subjects which were not seen. ``empty`` is the answer for a closed list of none.
    """
    passed, failed, unknown = counts.get(PASS, 0), counts.get(FAIL, 0), counts.get(UNKNOWN, 0)
    counted = passed + failed + unknown
    if not counted:
        return UNKNOWN if is_open else empty
    if holds.kind == "every":
        if failed:
            return FAIL
        return UNKNOWN if unknown or is_open else PASS
    if holds.kind == "some":
        if passed:
            return PASS
        return UNKNOWN if unknown or is_open else FAIL
    if is_open:
        return UNKNOWN
    if Fraction(passed, counted) >= holds.share:
        return PASS
    return FAIL if Fraction(passed + unknown, counted) < holds.share else UNKNOWN
