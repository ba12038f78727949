"""When a CronJob runs: its schedule as Kubernetes reads it (five fields or a descriptor), in its time zone."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from seatrial.semantics.times import Malformed as MalformedDuration
from seatrial.semantics.times import parse_duration

LONGEST = 200
_ZONED = re.compile(r"(?:CRON_)?TZ=", re.IGNORECASE)
_DEBIAN_ONLY = re.compile(r"(?i)(?:^|[\s,])(?:\d*L\b|LW\b)|#")
_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_RUNS = 24
"""How many runs are looked at to find the longest gap: a week of daily runs, two years of monthly ones."""


class Malformed(ValueError):
    """A schedule or time zone that Kubernetes would refuse."""


class Schedule:
    """A schedule in a zone. Raises Malformed where Kubernetes would refuse it.

    Kubernetes refuses ``TZ=`` within a schedule since 1.29; an old object that has it is refused here too.
    Without a zone the controller manager's own counts, which is UTC in practice and here.
    """

    def __init__(self, text: str, zone: str | None) -> None:
        if len(text) > LONGEST:
            raise Malformed(f"a schedule of {len(text)} characters")
        if _ZONED.search(text):
            raise Malformed("the schedule has a time zone in it; spec.timeZone is the place for it")
        self._every: timedelta | None = None
        self._zone = _zone(zone)
        self._line = _DESCRIPTORS.get(text, text)
        if text.startswith("@every "):
            try:
                self._every = parse_duration(text.removeprefix("@every ").strip())
            except MalformedDuration as error:
                raise Malformed(str(error)) from error
            return
        if len(self._line.split()) != 5 or _DEBIAN_ONLY.search(self._line):
            raise Malformed(f"{text!r} is no schedule of five fields")
        try:
            CronSim(self._line.replace("?", "*"), datetime(2026, 1, 1, tzinfo=UTC))
        except CronSimError as error:
            raise Malformed(f"{text!r} is no schedule: {error}") from error

    def last_due(self, at: datetime) -> datetime:
        """The newest time, not after ``at``, at which it was due."""
        return self._before(at, 1)[0]

    def interval(self, at: datetime) -> timedelta:
        """The longest gap between neighbouring runs in the time before ``at``: what an interval may at most be."""
        if self._every is not None:
            return self._every
        runs = self._before(at, _RUNS)
        return max(newer - older for newer, older in pairwise(runs))

    def _before(self, at: datetime, count: int) -> list[datetime]:
        """The last runs, newest first, in UTC."""
        if self._every is not None:
            return [at - self._every * back for back in range(count)]
        start = at.astimezone(self._zone) + timedelta(seconds=1)
        runs = islice(CronSim(self._line.replace("?", "*"), start, reverse=True), count)
        return [run.astimezone(UTC) for run in runs]


def _zone(name: str | None) -> tzinfo:
    if not name:
        return UTC
    if name.lower() == "local" or name.startswith("/") or ".." in name:
        raise Malformed(f"{name!r} is no time zone that a CronJob may have")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Malformed(f"there is no time zone {name!r}") from error
