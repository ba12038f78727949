"""What a report is written for, and foreign text made safe for it."""

import re

from msgspec import Struct

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\t\n]"
)


class Page(Struct, frozen=True):
    """The paper: columns, whether colours and signs beyond ASCII can be shown, and whether to add timings."""

    width: int = 100
    colour: bool = False
    unicode: bool = True
    timings: bool = False


def plain(text: str) -> str:
    """Foreign text for a terminal: no control characters, no line breaks, nothing that turns the direction of writing."""
    return _UNSAFE.sub("·", text)


def shorten(text: str, width: int) -> str:
    """At most ``width`` columns, the cut shown."""
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "…"
