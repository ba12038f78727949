"""A sample of the campaign: no fault of any request moves a verdict towards pass; ``make faults`` runs all of it."""

import pytest

from seatrial.app.catalogue import installed_checks
from seatrial.model.finding import ClaimVerdict, Finding, Subject
from seatrial.model.outcome import Outcome
from seatrial.testing.faults.campaign import STOPPED, Campaign, towards_pass
from seatrial.testing.faults.catalogue import FAULTS
from seatrial.testing.faults.table import render

SHARE = 0.02


@pytest.fixture(scope="module")
def sample():
    return Campaign(share=SHARE).run(installed_checks())


def test_no_fault_moves_a_verdict_towards_pass(sample):
    assert sample.injected > 400
    assert not sample.false_passes


def test_every_gap_names_a_cause_and_a_cure(sample):
    assert not sample.wordless


def test_faults_show(sample):
    """A campaign whose faults nobody noticed would prove nothing."""
    by_fault = {}
    for (name, request), cell in sample.cells.items():
        if request.startswith("kube/list"):
            by_fault.setdefault(name, set()).update(cell.effects)
    silent = {name for name, effects in by_fault.items() if not any(row.startswith("gap") for row in effects)}

    # these need a list of several pages, or objects in it, which a sample may not have met
    unmet = {fault.name for fault in FAULTS if fault.later or fault.lies}
    assert silent <= unmet | {"a page missing", "text where maps are expected"}


def test_with_the_servers_counts_an_empty_list_is_never_believed(sample):
    lost = [cell for (name, _), cell in sample.cells.items() if name in {"an empty list", "items: null"}]

    assert lost
    assert not [says for cell in lost for says in cell.undetected]


def test_the_table_tells_all(sample):
    text = render(sample, sample)

    assert f"faults injected: {2 * sample.injected:,}" in text
    assert all(f"| {name} |" in text for name, _ in sample.cells)
    assert STOPPED in text


def verdict(outcome, **subjects):
    findings = tuple(
        Finding("key", "check", "claim", "", Subject("Pod", name), Outcome(found), {})
        for name, found in subjects.items()
    )
    return ClaimVerdict("claim", "says", outcome, findings=findings)


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        (verdict(Outcome.FAIL), verdict(Outcome.PASS), 1),
        (verdict(Outcome.UNKNOWN), verdict(Outcome.NOT_APPLICABLE), 1),
        (verdict(Outcome.FAIL), verdict(Outcome.UNKNOWN), 0),
        (verdict(Outcome.PASS), verdict(Outcome.FAIL), 0),
        (verdict(Outcome.FAIL, a="fail", b="pass"), verdict(Outcome.FAIL, a="pass", b="pass"), 1),
        (verdict(Outcome.FAIL, a="fail"), verdict(Outcome.UNKNOWN), 0),
    ],
)
def test_a_move_towards_pass_is_seen(before, after, moved):
    assert len(list(towards_pass(before, after))) == moved
