"""The algebra is monotone: losing a fact leaves a result as it is, or makes it unknown. Exhaustive for small sets."""

from fractions import Fraction
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.algebra.outcomes import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, all_of, any_of, hold
from seatrial.model.item import Holds
from seatrial.model.outcome import Outcome

HOLDS = [Holds("every"), Holds("some"), *(Holds("share", Fraction(part, 20)) for part in range(1, 21))]
EMPTY = (FAIL, UNKNOWN, NOT_APPLICABLE)
SETS = [row for size in range(5) for row in combinations_with_replacement(tuple(Outcome), size)]


def counted(outcomes):
    return {outcome: outcomes.count(outcome) for outcome in Outcome}


@pytest.mark.parametrize("holds", HOLDS, ids=str)
def test_a_subject_that_becomes_unknown_moves_nothing_towards_pass(holds):
    for outcomes, empty, is_open in product(SETS, EMPTY, (False, True)):
        before = hold(holds, counted(outcomes), is_open=is_open, empty=empty)
        for at in range(len(outcomes)):
            lost = (*outcomes[:at], UNKNOWN, *outcomes[at + 1 :])

            assert hold(holds, counted(lost), is_open=is_open, empty=empty) in {before, UNKNOWN}


@pytest.mark.parametrize("holds", HOLDS, ids=str)
def test_a_list_that_opens_moves_nothing_towards_pass(holds):
    for outcomes, empty in product(SETS, EMPTY):
        before = hold(holds, counted(outcomes), is_open=False, empty=empty)

        assert hold(holds, counted(outcomes), is_open=True, empty=empty) in {before, UNKNOWN}


@pytest.mark.parametrize("holds", HOLDS, ids=str)
def test_subjects_that_were_not_seen_move_nothing_towards_pass(holds):
    """Losing a subject altogether opens the list: then it is as before, or unknown."""
    for outcomes, empty in product(SETS, EMPTY):
        before = hold(holds, counted(outcomes), is_open=False, empty=empty)
        for at in range(len(outcomes)):
            left = outcomes[:at] + outcomes[at + 1 :]

            assert hold(holds, counted(left), is_open=True, empty=empty) in {before, UNKNOWN, FAIL} - (
                {FAIL} if before is not FAIL else set()
            )


@given(st.lists(st.sampled_from(tuple(Outcome)), min_size=1, max_size=12), st.data())
def test_combining_is_monotone_and_ignores_order(outcomes, data):
    at = data.draw(st.integers(0, len(outcomes) - 1))
    lost = [*outcomes[:at], UNKNOWN, *outcomes[at + 1 :]]
    shuffled = data.draw(st.permutations(outcomes))

    assert all_of(lost) in {all_of(outcomes), UNKNOWN}
    assert all_of(shuffled) is all_of(outcomes)
    assert any_of(shuffled) is any_of(outcomes)
    if any_of(outcomes) is not PASS:
        assert any_of(lost) in {any_of(outcomes), UNKNOWN}


def test_nothing_at_all_is_unknown():
    assert all_of([]) is UNKNOWN
    assert any_of([]) is UNKNOWN


@pytest.mark.parametrize(
    ("passed", "failed", "unknown", "wanted"),
    [(8, 2, 0, PASS), (7, 3, 0, FAIL), (7, 2, 1, UNKNOWN), (8, 1, 1, PASS), (7, 1, 2, UNKNOWN)],
)
def test_a_share_counts_what_is_unknown_neither_for_nor_against(passed, failed, unknown, wanted):
    holds = Holds("share", Fraction("0.8"))
    counts = {PASS: passed, FAIL: failed, UNKNOWN: unknown}

    assert hold(holds, counts, is_open=False, empty=UNKNOWN) is wanted


def test_what_does_not_apply_does_not_count():
    assert hold(Holds("every"), {NOT_APPLICABLE: 3}, is_open=False, empty=FAIL) is FAIL
    assert hold(Holds("every"), {NOT_APPLICABLE: 3, PASS: 1}, is_open=False, empty=FAIL) is PASS
