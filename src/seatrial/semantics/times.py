"""Times and durations as Kubernetes, Go and Prometheus write them."""

import re
from datetime import UTC, datetime, timedelta

_PART = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|[smhdw])")
_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_LONGEST = timedelta(days=36500)


class Malformed(ValueError):
    """Not a time or a duration."""


def parse_time(text: str) -> datetime:
    """RFC 3339, with or without fractions, as an aware time in UTC. Raises Malformed."""
    if len(text) > 40:
        raise Malformed(f"{text[:40]!r} is no time")
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise Malformed(f"{text!r} is no time") from error
    if time.tzinfo is None:
        raise Malformed(f"{text!r} has no time zone")
    return time.astimezone(UTC)


def parse_duration(text: str) -> timedelta:
    """``90m``, ``1h30m``, ``7d``. Raises Malformed."""
    parts = list(_PART.finditer(text)) if len(text) <= 40 else []
    if not parts or "".join(part[0] for part in parts) != text:
        raise Malformed(f"{text[:40]!r} is no duration such as 90m or 1h30m")
    try:
        total = sum((_UNITS[part[2]] * float(part[1]) for part in parts), timedelta())
    except OverflowError:
        total = timedelta.max
    if total > _LONGEST:
        raise Malformed(f"{text!r} is longer than a hundred years")
    return total


def show(span: timedelta) -> str:
    """A span for people, in its two largest units: ``3 d 4 h``."""
    seconds = int(abs(span.total_seconds()))
    units = [("d", 86400), ("h", 3600), ("min", 60), ("s", 1)]
    parts: list[str] = []
    for name, size in units:
        if seconds >= size and len(parts) < 2:
            parts.append(f"{seconds // size} {name}")
            seconds %= size
    return " ".join(parts) or "0 s"
