"""Coverage-guided fuzzing of everything that reads foreign text: ``make fuzz SECONDS=600``.

The first byte chooses what is fed. A finding is an exception that is not the parser's own, or one that takes for ever.
"""

import contextlib
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["seatrial", "yaml", "msgspec"]):
    import msgspec

    from seatrial import trialfile
    from seatrial.model.errors import UserError
    from seatrial.model.evidence import Need, Unseen
    from seatrial.needs import kube
    from seatrial.semantics import images, quantity, schedules, selectors, times
    from seatrial.sources.kube.answers import Expired, Refused, read_page
    from seatrial.sources.kube.transport import Answer
    from seatrial.sources.kube.witness import read_counts
    from seatrial.wire.base import LabelSelector
    from seatrial.wire.chunks import as_struct
    from seatrial.wire.pod import Pod
    from seatrial.wire.redact import Redactor
    from seatrial.wire.storing import PodStore
    from seatrial.wire.yamltext import documents

NEEDS = sorted(row for row in vars(kube).values() if isinstance(row, Need) and row.resource)
FOLDER = Path(tempfile.mkdtemp())


def feed_yaml(data: bytes) -> None:
    list(documents(data, "fuzz.yaml"))


def feed_quantity(data: bytes) -> None:
    quantity.parse(text(data))


def feed_duration(data: bytes) -> None:
    times.parse_duration(text(data))


def feed_schedule(data: bytes) -> None:
    schedules.Schedule(text(data), "Europe/Berlin" if data[:1] == b"z" else None)


def feed_time(data: bytes) -> None:
    times.parse_time(text(data))


def feed_image(data: bytes) -> None:
    images.parse(text(data))
    images.database_hint(text(data))


def feed_selector(data: bytes) -> None:
    found = msgspec.json.decode(data, type=LabelSelector)
    selectors.predicate(found)({"a": "b"})


def feed_trial(data: bytes) -> None:
    path = FOLDER / "fuzz.trial"
    path.write_bytes(data)
    trialfile.read(path)


def feed_page(data: bytes) -> None:
    need = NEEDS[data[0] % len(NEEDS)] if data else kube.PODS
    redactor = Redactor(b"fuzz")
    read_page(need, need.versions[0], "/fuzz", Answer(200, {}, data[1:]), redactor, PodStore(redactor))


def feed_pod(data: bytes) -> None:
    as_struct(msgspec.json.decode(data), Pod, "fuzz")


def feed_metrics(data: bytes) -> None:
    read_counts(data)


def feed_redactor(data: bytes) -> None:
    found = Redactor(b"fuzz").raw(data)
    again = msgspec.json.decode(msgspec.json.encode(found))
    assert again == msgspec.json.decode(
        msgspec.json.encode(Redactor(b"fuzz").whole(msgspec.json.decode(data)))
    )


def text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


FEEDS = [value for name, value in sorted(globals().items()) if name.startswith("feed_")]
EXPECTED = (
    UserError, Unseen, quantity.Malformed, times.Malformed, schedules.Malformed, Refused, Expired,
    msgspec.DecodeError, UnicodeDecodeError, RecursionError,
)  # fmt: skip


def test_one(data: bytes) -> None:
    if not data:
        return
    with contextlib.suppress(*EXPECTED):
        FEEDS[data[0] % len(FEEDS)](data[1:])


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one)
    atheris.Fuzz()
