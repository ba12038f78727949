"""Ages are told by two clocks; where these differ, no check that reads the time is believed."""

import pytest
from msgspec import structs

from seatrial.algebra.outcomes import PASS, UNKNOWN
from seatrial.app.catalogue import installed_checks
from seatrial.engine.judge import MOST_SKEW
from seatrial.testing.proving import module_of, needs_of_claim, verdict
from seatrial.testing.worlds import hold, trial_of

TIMED = [check for check in installed_checks() if any(row.kind == "now" for row in check.parameters)]


def judged(check, skew):
    trial = trial_of(hold(module_of(check).GOOD), needs_of_claim(check))
    return verdict(check, structs.replace(trial, skew=skew))


def test_some_checks_read_the_time():
    assert TIMED


@pytest.mark.parametrize("check", TIMED, ids=lambda check: check.id)
@pytest.mark.parametrize("skew", [MOST_SKEW + 1, -MOST_SKEW - 1, 86400 * 365])
def test_a_check_that_reads_the_time_is_unknown_where_clocks_differ(check, skew):
    found = judged(check, skew)

    assert found.outcome is UNKNOWN
    assert any("clock" in gap.detail for gap in found.gaps)


@pytest.mark.parametrize("check", TIMED, ids=lambda check: check.id)
def test_a_small_difference_does_no_harm(check):
    assert judged(check, MOST_SKEW).outcome is PASS
