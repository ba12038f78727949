"""A team's old ticked list, read: which items of the checklist its lines mean, and which of them it calls done."""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from seatrial.app.catalogue import installed_catalogue
from seatrial.app.profile import API_VERSION, DEFAULT_PATH, TICKS
from seatrial.app.reporting import write_file
from seatrial.model.errors import UserError
from seatrial.model.item import Item
from seatrial.reports._page import plain

MOST_BYTES = 1024 * 1024
MOST_ROWS = 5_000
LIKE = 0.8
"""How alike a reworded line must be to an item's text, of 1; and how much more than to any other item."""

APART = 0.05

_BOX = re.compile(r"\s*(?:[-*+]|\d{1,4}[.)])?\s*\[(?P<mark>[ xX✓✔✅☑]?)\]\s*(?P<text>\S.*)")
_SIGN = re.compile(r"\s*(?:[-*+]|\d{1,4}[.)])?\s*(?P<mark>[✅☑✔✓☐⬜❌])️?\s*(?P<text>\S.*)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*)")
_DONE = frozenset("xX✓✔✅☑")
_ID = re.compile(r"(?P<id>(?:\d{1,2}|[SP][12]|Z)\.\d{1,2})[.):]?\s+(?P<rest>\S.*)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


class Row(Struct, frozen=True):
    """A line with a box."""

    line: int
    text: str
    done: bool
    heading: str


class Read(Struct, frozen=True):
    """What a list comes to. ``guessed`` are lines that are worded in another way than the item."""

    done: tuple[str, ...]
    open: tuple[str, ...]
    guessed: tuple[tuple[Row, str], ...]
    unmatched: tuple[Row, ...]


def read_list(text: str, source: str = "the list") -> Read:
    """Maps each line to one item at most, and each item to one line. Raises UserError for a list with none of our lines."""
    items = [item for item in installed_catalogue().items if item.section != "Z"]
    rows = list(_rows(text))
    if len(rows) > MOST_ROWS:
        raise UserError(
            f"{source} has more than {MOST_ROWS} lines with a box", hint="give the checklist alone"
        )
    found: dict[str, Row] = {}
    left: list[Row] = []
    for row in rows:
        id = _exact(row, items, found)
        if id is None:
            left.append(row)
        else:
            found[id] = row
    guessed: list[tuple[Row, str]] = []
    unmatched: list[Row] = []
    for score, row, id in sorted(_alike(left, items), key=lambda guess: (-guess[0], guess[1].line)):
        if score and id not in found:
            found[id] = row
            guessed.append((row, id))
        else:
            unmatched.append(row)
    if not found:
        raise UserError(
            f"{source} has none of the checklist's lines"
            + ("" if rows else ", and no line with a box at all"),
            hint="a line looks like '- [x] Resource limits set for all pods': seatrial list items",
        )
    order = [item.id for item in items]
    done, still = (
        [id for id in order if id in found and found[id].done is wanted] for wanted in (True, False)
    )
    return Read(
        tuple(done), tuple(still), tuple(sorted(guessed, key=lambda row: row[0].line)),
        tuple(sorted(unmatched, key=lambda row: row.line)),
    )  # fmt: skip


def nearest_item(row: Row) -> str:
    """The item that a line that was not matched is most like, for people to look at."""
    items = [item for item in installed_catalogue().items if item.section != "Z"]
    words = _words(row.text)
    best = max(items, key=lambda item: difflib.SequenceMatcher(None, words, _words(item.text)).ratio())
    return f"{best.id} {best.text}"


def take(path: str, profile_path: str | None, *, force: bool) -> tuple[Path, Read]:
    """Writes ``ticks.yaml`` beside the profile, and gives what was read. Raises UserError; nothing is half written."""
    source = Path(path)
    try:
        if source.stat().st_size > MOST_BYTES:
            raise UserError(f"{path} is larger than {MOST_BYTES} bytes", hint="give the checklist alone")
        text = source.read_bytes().decode("utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", hint="--ticks FILE.md") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is no UTF-8 text", hint="save it as UTF-8") from error
    found = read_list(text, path)
    target = Path(profile_path or DEFAULT_PATH).parent / TICKS
    if target.exists() and not force:
        raise UserError(f"{target} is there already", hint="--force writes it anew")
    catalogue = installed_catalogue()
    lines = [
        "# What the team's old list calls done. Every report says how much of it is proved.",
        f"apiVersion: {API_VERSION}", "kind: Ticks", "items:",
        *(f'- "{id}"  # {texts(catalogue.item(id))}' for id in found.done),
    ]  # fmt: skip
    write_file(target, "\n".join(lines if found.done else [*lines[:-1], "items: []"]) + "\n")
    return target, found


def texts(item: Item | None) -> str:
    return item.text if item else ""


def told(found: Read, path: Path) -> Iterator[str]:
    """What was read, for people."""
    total = len(found.done) + len(found.open)
    yield f"wrote {path}: {len(found.done)} of {total} items are ticked"
    for row, id in found.guessed:
        yield plain(f"  line {row.line} is read as {id} {texts(installed_catalogue().item(id))}: {row.text}")
    for row in found.unmatched:
        yield plain(
            f"  line {row.line} is none of the checklist's: {row.text} (nearest: {nearest_item(row)})"
        )


def _rows(text: str) -> Iterator[Row]:
    heading = ""
    for number, line in enumerate(text.splitlines(), 1):
        title = _HEADING.match(line)
        if title:
            heading = _words(title[1])
            continue
        box = _BOX.match(line[:2000]) or _SIGN.match(line[:2000])
        if box:
            yield Row(number, box["text"].strip(), box["mark"] in _DONE and bool(box["mark"]), heading)


def _exact(row: Row, items: Sequence[Item], found: dict[str, Row]) -> str | None:
    """The item of the very same words; of several the one of the section that the line stands in, else the first."""
    named = _ID.match(row.text)
    texts = {_words(row.text), _words(named["rest"])} if named else {_words(row.text)}
    same = [item for item in items if _words(item.text) in texts and item.id not in found]
    if not same:
        return None
    if named and any(item.id == named["id"] for item in same):
        return named["id"]
    return min(same, key=lambda item: _words(item.title) not in row.heading).id


def _alike(rows: Sequence[Row], items: Sequence[Item]) -> Iterator[tuple[float, Row, str]]:
    """For each line the item that it is like, with how much; 0 where it is like none, or like several."""
    worded = [(item.id, _words(item.text)) for item in items]
    for row in rows:
        named = _ID.match(row.text)
        words = _words(named["rest"] if named else row.text)
        matcher = difflib.SequenceMatcher(None, "", words, autojunk=False)
        scores = []
        for id, text in worded:
            matcher.set_seq1(text)
            if matcher.real_quick_ratio() >= LIKE and matcher.quick_ratio() >= LIKE:
                scores.append((matcher.ratio(), id))
        scores.sort(reverse=True)
        good = (
            bool(scores)
            and scores[0][0] >= LIKE
            and (len(scores) == 1 or scores[0][0] - scores[1][0] >= APART)
        )
        yield (scores[0][0], row, scores[0][1]) if good else (0.0, row, "")


def _words(text: str) -> str:
    """A text in small letters without marks, links' targets, and the lines on which people sign."""
    text = _LINK.sub(r"\1", text)
    text = re.split(r":\s*_{3,}", text)[0]
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[^\w/%<>=.+-]+|[_*`~]+", " ", text).split()).strip(" .")
