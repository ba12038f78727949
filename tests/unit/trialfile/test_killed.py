"""Whatever ends a run while it writes, the old trial or the new one stands there whole."""

import os
import random
import resource
import signal
import time

import pytest
from msgspec import structs

from seatrial import trialfile
from seatrial.app.trials import demo
from seatrial.model.errors import UserError
from seatrial.trialfile.writing import LEFT_BEHIND

KILLS = int(os.environ.get("SEATRIAL_KILLS", "100"))
"""How many writers are killed; ``make faults`` kills a thousand."""

FLIPS = 10 * KILLS
"""How many bits are flipped, each alone."""


@pytest.fixture(scope="module")
def trials():
    """Two that differ in name and in size."""
    whole = demo()
    some = dict(list(whole.evidence.items())[::2])
    return structs.replace(whole, name="old"), structs.replace(whole, name="new", evidence=some)


def in_a_child(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid


def test_a_writer_that_is_killed_leaves_a_whole_file(trials, tmp_path):
    path = tmp_path / "night.trial"
    trialfile.write(trials[0], path)
    seen = set()

    def write_for_ever():
        while True:
            for trial in trials:
                trialfile.write(trial, path)

    chosen = random.Random(7)  # noqa: S311  # the same ones each time
    for _ in range(KILLS):
        pid = in_a_child(write_for_ever)
        time.sleep(chosen.uniform(0, 0.03))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        seen.add(trialfile.read(path).name)

    assert seen <= {"old", "new"}
    assert seen


def test_a_disk_that_is_full_at_any_byte_leaves_the_old_file(trials, tmp_path):
    path = tmp_path / "night.trial"
    trialfile.write(trials[0], path)
    before = path.read_bytes()
    size = len(before)

    def limited(most):
        def work():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            try:
                trialfile.write(structs.replace(trials[0], name="third"), path)
            except UserError as error:
                os._exit(7 if "cannot be written" in str(error) else 8)
            os._exit(9)

        return work

    for most in {0, 1, 100, *range(1000, size, max(size // 25, 1))}:
        _, status = os.waitpid(in_a_child(limited(most)), 0)

        assert os.waitstatus_to_exitcode(status) == 7
        assert path.read_bytes() == before
    assert [row.name for row in tmp_path.iterdir()] == ["night.trial"]


def test_parts_of_killed_runs_are_cleared_and_those_of_running_ones_stay(trials, tmp_path):
    path = tmp_path / "night.trial"
    old, young = tmp_path / ".night.trial.a.part", tmp_path / ".night.trial.b.part"
    other = tmp_path / ".noon.trial.c.part"
    for part in (old, young, other):
        part.write_bytes(b"half")
    for part in (old, other):
        os.utime(part, (0, time.time() - LEFT_BEHIND - 1))
    trialfile.write(trials[0], path)

    assert not old.exists()
    assert young.exists()
    assert other.exists()


def test_a_flipped_byte_in_a_chunk_is_named_with_it(trials, tmp_path):
    path = tmp_path / "night.trial"
    trialfile.write(trials[0], path)
    plain = bytearray(path.read_bytes())
    first = 25 + int.from_bytes(plain[17:25], "big")
    chosen = random.Random(11)  # noqa: S311  # the same ones each time
    for _ in range(FLIPS):
        at, bit = chosen.randrange(first, len(plain) - 32), 1 << chosen.randrange(8)
        plain[at] ^= bit
        path.write_bytes(plain)
        with pytest.raises(UserError, match=r"chunk \d+ of \d+ of kube/\S+ \([0-9a-f]{12}\)"):
            trialfile.read(path)
        plain[at] ^= bit
