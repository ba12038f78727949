"""A team's old ticked list, read: which items of the checklist its lines mean, and which of them it calls done."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from seatrial.app.catalogue import installed_catalogue
from seatrial.app.profile import API_VERSION, DEFAULT_PATH, TICKS
from seatrial.app.reporting import write_file
from seatrial.catalogue.matching import Left, match
from seatrial.catalogue.ticklist import Line, read
from seatrial.model.errors import UserError
from seatrial.model.item import Item
from seatrial.reports._page import plain, shorten

MOST_BYTES = 1024 * 1024
MOST_ROWS = 2_000
"""Lines with a box; the checklist has 216."""

MOST_TOLD = 40
"""Lines of a kind that are told one by one; their number is exact."""

_WIDTH = 160


class Read(Struct, frozen=True):
    """What a list comes to. ``guessed`` are lines that are worded in another way than the item."""

    done: tuple[str, ...]
    open: tuple[str, ...]
    guessed: tuple[tuple[Line, str], ...]
    unmatched: tuple[Left, ...]


def read_list(text: str, source: str = "the list") -> Read:
    """Maps each line to one item at most, and each item to one line. Raises UserError for a list with none of our lines."""
    items = [item for item in installed_catalogue().items if item.section != "Z"]
    lines = read(text, {item.section: item.title for item in items})
    if len(lines) > MOST_ROWS:
        raise UserError(
            f"{source} has more than {MOST_ROWS} lines with a box", hint="give the checklist alone"
        )
    found = match(lines, items)
    if not found.known:
        raise UserError(
            f"{source} has none of the checklist's lines"
            + ("" if lines else ", and no line with a box at all"),
            hint="a line looks like '- [x] Resource limits set for all pods': seatrial list items",
        )
    guessed = [(line, id) for id, line in found.lines.items() if id in found.guessed]
    return Read(
        tuple(id for id, line in found.lines.items() if line.ticked),
        tuple(id for id, line in found.lines.items() if not line.ticked),
        tuple(sorted(guessed, key=lambda row: row[0].number)),
        found.left,
    )


def take(path: str, profile_path: str | None, *, force: bool) -> tuple[Path, Read]:
    """Writes ``ticks.yaml`` beside the profile, and gives what was read. Raises UserError; nothing is half written."""
    source = Path(path)
    try:
        if source.stat().st_size > MOST_BYTES:
            raise UserError(f"{path} is larger than {MOST_BYTES} bytes", hint="give the checklist alone")
        text = source.read_bytes().decode("utf-8-sig")
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
    """What was read, for people: each line that was guessed, and each that means no item, with the reason."""
    total = len(found.done) + len(found.open)
    yield f"wrote {path}: {len(found.done)} of {total} items are ticked"
    catalogue = installed_catalogue()
    yield from _first(
        [
            f"line {line.number} is read as {id} {texts(catalogue.item(id))}: {line.text}"
            for line, id in found.guessed
        ],
        "more lines were guessed",
    )
    yield from _first(
        [f"line {row.line.number} is not used: {row.line.text} ({row.why})" for row in found.unmatched],
        "more lines are not used",
    )


def _first(lines: list[str], rest: str) -> Iterator[str]:
    yield from (f"  {shorten(plain(line), _WIDTH)}" for line in lines[:MOST_TOLD])
    if len(lines) > MOST_TOLD:
        yield f"  {len(lines) - MOST_TOLD} {rest}"
