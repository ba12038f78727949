"""Foreign text, made harmless for each thing that reads a report: Markdown, spreadsheets, addresses, CI logs."""

import re
from urllib.parse import quote

from seatrial.reports._page import plain, shorten

LONGEST = 1000
"""Characters of one foreign text that a report shows; names are shorter, and messages that are longer are cut."""

_TICKS = re.compile(r"`+")
_MARKS = re.compile(r"([\\`*_\[\]<>#|~@$^]|&(?=[#\w]))")
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_OLD_COMMAND = re.compile(r"##(?=\[)")


def safe(text: str, most: int = LONGEST) -> str:
    """One line of at most ``most`` characters: nothing that does not show, nothing that turns the direction of writing."""
    return shorten(plain(text), most)


def code(text: str, most: int = LONGEST) -> str:
    """A code span of Markdown, in which nothing is markup, mentions nobody and links nowhere. Not for table cells."""
    shown = safe(text, most) or " "
    fence = "`" * (max(map(len, _TICKS.findall(shown)), default=0) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def words(text: str) -> str:
    """Our own words as Markdown that shows them as they are, also in a table cell."""
    return _MARKS.sub(r"\\\1", safe(text))


def cell(text: str, most: int = LONGEST) -> str:
    """A spreadsheet's cell that is no formula: what a spreadsheet would calculate gets a quote before it."""
    shown = safe(text, most)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


def segment(text: str) -> str:
    """One part of a relative address: never empty, never a step up, no separator within it."""
    shown = quote(safe(text, 300), safe="")
    return shown if shown.strip(".") else f"_{shown}"


def path(text: str) -> str:
    """A file's path as a relative address."""
    return "/".join(segment(part) for part in text.replace("\\", "/").split("/") if part not in {"", "."})


def data(text: str, most: int = LONGEST) -> str:
    """The message of a workflow command of GitHub Actions, or a line for its log: it holds no other command."""
    shown = _OLD_COMMAND.sub("##·", safe(text, most))
    return shown.replace("%", "%25")


def property_value(text: str, most: int = LONGEST) -> str:
    """A property of a workflow command, such as its title."""
    return data(text, most).replace(":", "%3A").replace(",", "%2C")
