"""What a report is written for, what it may quote, and foreign text made safe for it."""

import re

from msgspec import Struct

from seatrial.engine.changes import Change, Changes
from seatrial.model.evidence import Need
from seatrial.model.item import Item

__all__ = ["UNSAFE", "Change", "Changes", "Library", "Location", "Page", "plain", "shorten"]

_NO_CHARACTERS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
UNSAFE = re.compile(
    "[\ufdd0-\ufdef"
    + _NO_CHARACTERS
    + "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\t\n]"
)


class Library(Struct, frozen=True):
    """What a report may quote beside the judgement: the catalogue's items, the checks' pages and needs."""

    items: dict[str, Item] = {}
    pages: dict[str, str] = {}
    """By check id, as ``seatrial explain`` shows them."""
    needs: dict[str, tuple[Need, ...]] = {}
    """By check id."""

    def waivable(self, item: str) -> bool:
        """Whether an item may be waived at all; true where the catalogue is not at hand."""
        found = self.items.get(item)
        return found is None or found.waivable

    def fix(self, check: str) -> str:
        """The paragraph *How to fix* of a check's page on one line; empty where there is none."""
        _, found, rest = self.pages.get(check, "").partition("How to fix:")
        return " ".join(rest.partition("\n\n")[0].split()) if found else ""


class Location(Struct, frozen=True):
    """Where an object is written down. ``file`` is relative to where the command stands, if it lies below."""

    file: str
    line: int


class Page(Struct, frozen=True):
    """The paper: columns, whether colours and signs beyond ASCII can be shown, and whether to add timings."""

    width: int = 100
    colour: bool = False
    unicode: bool = True
    timings: bool = False
    library: Library = Library()
    changes: Changes | None = None
    """None where no earlier run was compared."""
    locations: dict[tuple[str, str, str, str], Location] = {}
    """Where the objects of manifests stand, by group, kind, namespace and name; empty for a cluster."""


def plain(text: str) -> str:
    """Foreign text for a terminal: no control characters, no line breaks, nothing that turns the direction of writing."""
    return UNSAFE.sub("·", text)


def shorten(text: str, width: int) -> str:
    """At most ``width`` columns, the cut shown."""
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "…"
