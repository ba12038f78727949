"""What an API server counts of its own objects: a second voice on how long its lists should be.

The server counts what is stored once a minute, and says so under ``/metrics``.
"""

import re
import threading

from seatrial.model.evidence import Cause, Gap, Need
from seatrial.sources.kube.transport import Failure, Transport

MARGIN = 100
"""Objects that may go within the minute between two counts without anybody being surprised."""

_BY_GROUP = re.compile(
    rb'^apiserver_resource_objects\{group="([^"]*)",resource="([^"]+)"\} (\S+)$', re.MULTILINE
)
_BY_NAME = re.compile(rb'^apiserver_storage_objects\{resource="([^".]+)\.?([^"]*)"\} (\S+)$', re.MULTILINE)
"""Before 1.34: ``deployments.apps``, ``pods``."""


class Counts:
    """The server's own counts, asked for once, and only by those who may. Thread safe."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], int] | None = None

    def of(self, need: Need) -> int | None:
        """How many objects the server counted; None where it does not say."""
        with self._lock:
            if self._counts is None:
                self._counts = self._ask()
        return self._counts.get((need.group, need.resource))

    def contradict(self, need: Need, listed: int) -> Gap | None:
        """The gap of a list of the whole cluster that is far shorter than what the server counts."""
        counted = self.of(need)
        if counted is None or counted <= listed:
            return None
        if listed and counted - listed <= max(MARGIN, counted // 2):
            return None
        detail = f"{listed} listed, but within the last minute the server counted {counted}"
        return Gap(need.id, Cause.TRUNCATED, detail, "run again in a minute")

    def _ask(self) -> dict[tuple[str, str], int]:
        try:
            answer = self._transport.get("/metrics", accept="text/plain")
        except Failure:
            return {}  # a witness that says nothing; lists stand as they would without one
        return read_counts(answer.body) if answer.status == 200 else {}


def read_counts(body: bytes) -> dict[tuple[str, str], int]:
    """Objects by group and plural name, from the text of ``/metrics``. A count that failed (-1) is left out."""
    rows = [(group, name, count) for name, group, count in _BY_NAME.findall(body)]
    rows += _BY_GROUP.findall(body)
    found: dict[tuple[str, str], int] = {}
    for group, name, text in rows:
        try:
            count = int(float(text))
        except (ValueError, OverflowError):
            continue
        if count >= 0:
            found[group.decode("utf-8", "replace"), name.decode("utf-8", "replace")] = count
    return found
