"""The trial file: the same bytes for the same trial, and no flipped or missing byte goes unseen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from seatrial import trialfile
from seatrial.app.catalogue import installed_checks
from seatrial.engine.plan import needs_of
from seatrial.model.errors import UserError
from seatrial.testing.proving import module_of
from seatrial.testing.worlds import hold, trial_of
from seatrial.trialfile.format import TrialFileError


def small():
    check = next(check for check in installed_checks() if check.id == "memory_limit")
    return trial_of(hold(module_of(check).GOOD), needs_of([check]))


def large():
    return trial_of(hold(module_of(installed_checks()[0]).GOOD), needs_of(installed_checks()))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("trial") / "a.trial"
    trialfile.write(small(), path)
    return path


def test_a_trial_comes_back_whole(written):
    assert small() == trialfile.read(written)


def test_the_same_trial_gives_the_same_bytes(written, tmp_path):
    again = tmp_path / "b.trial"
    trialfile.write(small(), again)

    assert written.read_bytes() == again.read_bytes()


def test_every_flipped_byte_is_found(written, tmp_path):
    whole = written.read_bytes()
    damaged = tmp_path / "damaged.trial"
    for at in range(len(whole)):
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :])
        with pytest.raises(TrialFileError):
            trialfile.read(damaged)


def test_a_damaged_chunk_is_named(written, tmp_path):
    whole = written.read_bytes()
    chunk = next(answer for answer in small().evidence.values() if answer.chunks).chunks[0]
    at = whole.index(chunk.data)
    damaged = tmp_path / "damaged.trial"
    damaged.write_bytes(whole[: at + 10] + bytes([whole[at + 10] ^ 1]) + whole[at + 11 :])

    with pytest.raises(TrialFileError, match=rf"chunk 1 of 1 of .* \({chunk.digest[:12]}\) was changed"):
        trialfile.read(damaged)


@settings(max_examples=60)
@given(st.data())
def test_every_cut_is_found(written, data):
    whole = written.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = written.parent / "cut.trial"
    cut.write_bytes(whole[:at])

    with pytest.raises(TrialFileError):
        trialfile.read(cut)


def test_what_follows_the_end_is_found(written, tmp_path):
    longer = tmp_path / "longer.trial"
    longer.write_bytes(written.read_bytes() + b"x")

    with pytest.raises(TrialFileError, match="follows after its end"):
        trialfile.read(longer)


@pytest.mark.parametrize(
    ("text", "says"),
    [(b"", "no trial file"), (b"PK\x03\x04 something else", "no trial file"), (b"seatrial trial 2\nxxxx", "newer version"),
     (b"seatrial trial 1\n" + b"\xff" * 8, "bytes; .* are read at most"), (b"seatrial trial 1\n" + bytes(7), "ends at byte")],
)  # fmt: skip
def test_a_foreign_file_is_refused(tmp_path, text, says):
    path = tmp_path / "foreign.trial"
    path.write_bytes(text)

    with pytest.raises(TrialFileError, match=says):
        trialfile.read(path)


def test_a_folder_that_is_not_there_is_a_users_error(tmp_path):
    with pytest.raises(UserError, match="cannot be written"):
        trialfile.write(small(), tmp_path / "no" / "a.trial")


def test_a_failure_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.trial"
    path.write_bytes(b"the old one")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))

    with pytest.raises(UserError, match="No space left"):
        trialfile.write(large(), path)
    assert path.read_bytes() == b"the old one"
    assert [path] == list(tmp_path.iterdir())


def test_evidence_of_an_older_schema_is_a_gap_not_a_default():
    from datetime import UTC, datetime

    from seatrial.inventory.views import Views
    from seatrial.needs import kube
    from seatrial.wire.pod import Pod

    trial = small()
    old = structs.replace(trial.evidence[kube.PODS.id], schema="core/v1/Pod@0")
    views = Views(structs.replace(trial, evidence={kube.PODS.id: old}), datetime.now(UTC))
    (gap,) = views.table(kube.PODS, Pod).gaps

    assert gap.cause == "not recorded"
