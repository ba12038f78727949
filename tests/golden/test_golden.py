"""A trial that a released version recorded is judged by every later one as it was, or a note here says why not.

``v0.1.0.json`` holds the outcome of every claim that the release judged.
"""

import json
import time
from pathlib import Path

import pytest

from seatrial import trialfile
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.engine.assess import assess

HERE = Path(__file__).parent


def outcomes(path):
    trial = trialfile.read(path)
    result = assess(trial, installed_catalogue(), installed_checks(), "none", time.perf_counter)
    return {
        f"{item.id} {claim.id}": str(claim.outcome)
        for item in result.items
        for claim in item.claims
        if claim.findings
    }


@pytest.mark.parametrize("path", sorted(HERE.glob("*.trial")), ids=lambda path: path.stem)
def test_a_recorded_trial_is_judged_as_it_was(path):
    wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))
    found = outcomes(path)

    assert wanted == {key: found.get(key) for key in wanted}
    assert {"pass", "fail"} <= set(wanted.values())
