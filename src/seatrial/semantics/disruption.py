"""How many disruptions a PodDisruptionBudget allows, with the disruption controller's own rounding."""

import re

from seatrial.wire.base import IntOrString
from seatrial.wire.policy import DisruptionBudgetSpec

_PERCENT = re.compile(r"(\d{1,3})%")


class Malformed(ValueError):
    """Neither a whole number nor a percentage."""


def scaled(value: IntOrString, total: int) -> int:
    """A number, or a percentage of ``total``; percentages round up, for ``minAvailable`` and ``maxUnavailable`` alike."""
    if isinstance(value, int):
        return value
    match = _PERCENT.fullmatch(value)
    if match is None:
        raise Malformed(f"{value!r} is neither a number nor a percentage")
    return -(-int(match[1]) * total // 100)


def allowed(spec: DisruptionBudgetSpec, total: int) -> int:
    """The disruptions that are allowed when all of ``total`` pods are healthy. Neither field set: as ``minAvailable: 1``."""
    if spec.max_unavailable is not None:
        return min(scaled(spec.max_unavailable, total), total)
    least = 1 if spec.min_available is None else scaled(spec.min_available, total)
    return max(total - least, 0)
