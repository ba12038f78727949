"""The bench's small step, for crashes: 10,000 pods through a server, judged, saved, replayed and changed. No time is asserted."""

import subprocess
import sys
from pathlib import Path

RUN = Path(__file__).parents[2] / "bench" / "scale" / "run.py"


def test_ten_thousand_pods_are_read_whole_and_judged():
    done = subprocess.run(
        [sys.executable, str(RUN), "--steps", "10000"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "not read" not in done.stderr
    heads, row, *_ = (line.split() for line in done.stdout.splitlines())
    assert heads[0] == "pods"
    assert row[0] == "10,000"
