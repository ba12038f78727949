"""Kubernetes quantities, exact: whole numbers of nano units, as fine as Kubernetes itself keeps them."""

import re
from decimal import ROUND_CEILING, Context, Decimal
from functools import lru_cache

NANO = 10**9
LONGEST = 64
"""Characters; the longest quantity that a server prints is far shorter."""

_FORM = re.compile(r"([+-]?)(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d{1,3}|)")
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_CONTEXT = Context(prec=400)
_LARGEST = (2**63 - 1) * NANO
"""Kubernetes caps amounts at 2^63-1 and so do we."""


class Malformed(ValueError):
    """Not a quantity that Kubernetes would read."""


@lru_cache(maxsize=65536)
def parse(amount: str | float) -> int:
    """The amount in nano units, rounded away from zero as Kubernetes does. Raises Malformed.

    Numbers, which only manifests have, are read by their shortest decimal text.
    """
    text = str(amount)
    match = _FORM.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        raise Malformed(f"{text[:LONGEST]!r} is no quantity")
    sign, digits, suffix = match.groups()
    number = Decimal(digits)
    if suffix in _BINARY:
        exact = _CONTEXT.multiply(number, Decimal(_BINARY[suffix] * NANO))
    else:
        power = int(suffix[1:]) if suffix[:1] in ("e", "E") and len(suffix) > 1 else _DECIMAL[suffix]
        exact = _CONTEXT.multiply(number, Decimal(10) ** (max(min(power, 200), -200) + 9))
    nanos = min(int(exact.to_integral_value(rounding=ROUND_CEILING, context=_CONTEXT)), _LARGEST)
    return -nanos if sign == "-" else nanos


def show_bytes(nanos: int) -> str:
    """An amount of memory for people: ``1.5 GiB``."""
    amount = nanos / NANO
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if abs(amount) < 1024:
            return f"{amount:.4g} {unit}"
        amount /= 1024
    return f"{amount:.4g} PiB"


def positive(amounts: dict[str, str | int | float], name: str) -> int | None:
    """The amount of a resource in nanos; None where it is not set, or set to nothing (which bounds nothing)."""
    if name not in amounts:
        return None
    nanos = parse(amounts[name])
    return nanos if nanos > 0 else None
