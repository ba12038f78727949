"""A ticked list in Markdown, as teams keep it: which lines have a box, which are ticked, in which section they stand.

A box is ``[x]``, ``[X]`` or a sign such as ✅, before the text with any bullet or none, behind it, or in a table.
"""

import html
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from seatrial.catalogue.wording import words_of

LONGEST = 300
"""Characters of a line that are read; the longest item has 54."""

_LONGEST_HEADING = 20
"""Words of a heading that are read."""

_TICKED = frozenset("✅☑✔✓") | {":white_check_mark:", ":heavy_check_mark:", ":ballot_box_with_check:"}
_OPEN = frozenset("☐⬜◻❌✗✘⏳") | {":x:", ":white_large_square:"}
_SIGN = "|".join(map(re.escape, sorted(_TICKED | _OPEN, key=len, reverse=True)))
_BOX = re.compile(rf"(?:\\?\[(?P<mark>[ xXvV✓✔✅☑~/-]?)\\?\]|(?P<sign>{_SIGN}))\ufe0f?")
_MARKED = frozenset("xXvV✓✔✅☑")
_BULLET = re.compile(
    r"(?:[-*+•‣◦–—]|\(?(?P<number>[SPsp]?\d{1,3}(?:\.\d{1,3})*)[.):]?|\(?[A-Za-z][.)])[ \t]+"
)
_NUMBERED = re.compile(
    r"\(?(?:(?P<number>(?:\d{1,2}|[SPsp][12])\.\d{1,2})[.):]{0,2}|\d{1,3}(?:\.\d{1,3})*[.):]{1,2})\s+(?=\S)"
)
_QUOTE = re.compile(r"[ \t]*>")
_HEADING = re.compile(r"[ \t]{0,3}(#{1,6})[ \t]+(.+)")
_FENCE = re.compile(r"[ \t]*(```|~~~)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPHASIS = re.compile(r"\*\*|__|~~|`")
_BLANK = re.compile(r"_{3,}")
_BRACKETS = re.compile(r"\([^()]*\)")
_BELOW_HEADINGS = 10
"""Nesting counts from here, so that a list is always below its heading."""


class Line(Struct, frozen=True):
    """A line with a box. ``section`` is the id of the section above it, ``item`` the number it gives itself, if any."""

    number: int
    text: str
    ticked: bool
    section: str = ""
    item: str = ""


def read(text: str, titles: Mapping[str, str]) -> tuple[Line, ...]:
    """Every line of a Markdown text that has a box, in its order. ``titles`` are the sections' by id."""
    sections = {words_of(title): id for id, title in titles.items()}
    above: dict[int, str] = {}
    found = []
    for number, row in _rows(text):
        heading = _HEADING.match(row)
        if heading:
            _enter(above, len(heading[1]), _section_in(_title(heading[2]), sections))
            continue
        box = _box(row.strip())
        if box is None:
            continue
        said, ticked, item = box
        level = _BELOW_HEADINGS + len(row) - len(row.lstrip(" \t"))
        if section := sections.get(_title(said)):
            _enter(above, level, section)
        elif words_of(said):
            found.append(Line(number, said, ticked, _under(above, level), item))
    return tuple(found)


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are no code and no comment, with their numbers."""
    shown = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    fence = ""
    for number, row in enumerate(shown.split("\n"), 1):
        mark = _FENCE.match(row)
        if mark and fence in {"", mark[1]}:
            fence = "" if fence else mark[1]
            continue
        kept = row[:LONGEST]
        while quote := _QUOTE.match(kept):
            kept = kept[quote.end() :].removeprefix(" ")
        if not fence and kept.strip():
            yield number, kept.rstrip()


def _box(row: str) -> tuple[str, bool, str] | None:
    """The text of a line, whether it is ticked, and the number that it gives itself; None for a line without a box."""
    if row.startswith("|"):
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        boxes = [box for cell in cells if (box := _BOX.fullmatch(cell))]
        return _said(max(cells, key=len), boxes[0], "") if len(boxes) == 1 else None
    bullet = _BULLET.match(row)
    rest = row[bullet.end() :].lstrip() if bullet else row
    number = (bullet["number"] or "") if bullet else ""
    box = _BOX.match(rest)
    if box:
        return _said(rest[box.end() :], box, number)
    last = [box for box in _BOX.finditer(rest) if box.end() == len(rest)]
    return _said(rest[: last[0].start()], last[0], number) if last else None


def _said(text: str, box: re.Match[str], number: str) -> tuple[str, bool, str]:
    plain = _plain(text)
    numbered = _NUMBERED.match(plain)
    if numbered:
        plain, number = plain[numbered.end() :], numbered["number"] or number
    ticked = box["sign"] in _TICKED if box["sign"] else box["mark"] in _MARKED
    return plain, ticked, number.upper() if "." in number else ""


def _plain(text: str) -> str:
    """The text as it reads: without links, emphasis, tags and escapes, and the lines on which people sign."""
    text = _BLANK.sub(" ", _LINK.sub(r"\1", text))
    text = _EMPHASIS.sub("", _TAG.sub(" ", text))
    return " ".join(_ESCAPE.sub(r"\1", html.unescape(text)).split())


def _title(text: str) -> tuple[str, ...]:
    """The words of a heading, without what stands in brackets."""
    return words_of(_BRACKETS.sub(" ", _plain(text)))


def _section_in(words: tuple[str, ...], sections: Mapping[tuple[str, ...], str]) -> str:
    """The section whose whole title stands in a heading; of several the longest title."""
    words = words[:_LONGEST_HEADING]
    spans = (words[at:end] for at in range(len(words)) for end in range(at + 1, len(words) + 1))
    return max(((len(span), sections[span]) for span in spans if span in sections), default=(0, ""))[1]


def _enter(above: dict[int, str], level: int, section: str) -> None:
    for deeper in [known for known in above if known >= level]:
        del above[deeper]
    if section:
        above[level] = section


def _under(above: Mapping[int, str], level: int) -> str:
    return max(((known, section) for known, section in above.items() if known < level), default=(0, ""))[1]
