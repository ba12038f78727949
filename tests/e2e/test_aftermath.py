"""A run that dies leaves nothing that the next one does not take away.

Stands before the files that share one cluster (pytest goes by name), since only one can run at a time.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from seatrial.testing.cluster import Cluster, Unfit, processes
from seatrial.testing.cluster.cluster import SYSCTLS


def sysctls():
    return {name: Path("/proc/sys", *name.split(".")).read_text() for name in SYSCTLS}


@pytest.mark.usefixtures("fit")
def test_a_killed_run_is_cleared_away_and_the_machine_is_as_before():
    cluster = Cluster()
    cluster.down()
    before = sysctls()
    run = subprocess.Popen([sys.executable, "-m", "seatrial.testing.cluster", "record"])
    try:
        cluster.until((cluster.folder / "n2" / "kube-router.pid").exists, "the nodes are started")
        with pytest.raises(Unfit, match="another process runs a cluster"):
            cluster.down()
    finally:
        run.kill()
        run.wait()

    assert cluster.leftovers() != []
    cluster.down()
    assert cluster.leftovers() == []
    assert sysctls() == before


def test_a_number_that_belongs_to_another_process_now_is_left_alone(tmp_path):
    """A pid file of before a reboot names a process that began at another time."""
    with subprocess.Popen(["sleep", "60"]) as innocent:
        (tmp_path / "etcd.pid").write_text(f"{innocent.pid} 1")
        processes.end_all(tmp_path)

        assert innocent.poll() is None
        assert list(tmp_path.iterdir()) == []
        innocent.kill()


def test_what_was_started_is_ended(tmp_path):
    processes.start(tmp_path, "sleeper", ["sleep", "60"])
    pid = processes.pid(tmp_path, "sleeper")
    processes.end_all(tmp_path)

    assert pid not in processes.matching("sleep\x0060")


def test_what_they_began_in_turn_is_ended_too(tmp_path):
    """A shell that ends leaves a child that no note names."""
    left = tmp_path / "left"
    subprocess.run(["sh", "-c", f"sh -c 'touch {left}; sleep 60; true' {tmp_path}/runc & "], check=True)
    Cluster().until(left.exists, "the child")
    assert processes.matching(f"{tmp_path}/") != []

    processes.end_naming(tmp_path)
    assert processes.matching(f"{tmp_path}/") == []
