"""Which item each line of a ticked list means: the same text, the same words, the same words before a remark, alike.

A line means one item at most, and an item is meant by one line. What is not certain is told, never guessed in silence.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from seatrial.catalogue.ticklist import Line
from seatrial.catalogue.wording import Wordings, words_of
from seatrial.model.item import Item

LIKE = 0.7
"""How alike a reworded line must be to an item, of 1: most of 67 lines that were reworded by hand are above it, and of
75 lines of other checklists the nearest comes to 0.63 (tests/unit/catalogue)."""

APART = 0.1
"""How much less alike the next item must be."""

_REMARK = re.compile(r"[:;,(\[{→@#]|\s[-–—/|]\s|https?:|[.!?](?:\s|$)")
_MOST_CUTS = 20


class Left(Struct, frozen=True):
    """A line that means no item, and why."""

    line: Line
    why: str


class Matched(Struct, frozen=True):
    """``lines`` by item id; ``guessed`` are the ids of items that their line words in another way."""

    lines: dict[str, Line]
    guessed: frozenset[str]
    left: tuple[Left, ...]
    known: bool
    """Whether any line spoke of an item, were it in a way that cannot be settled."""


def match(lines: Iterable[Line], items: Sequence[Item]) -> Matched:
    """Settles the surest lines first. Deterministic; no line of the result means two items, no item has two lines."""
    return _Matching(items).match(list(lines))


class _Matching:
    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._by_id = {item.id: item for item in items}
        self._order = {item.id: at for at, item in enumerate(items)}
        self._wordings = Wordings([item.text for item in items])
        self._scores: dict[str, list[float]] = {}
        self._texts = _index(items, lambda text: text)
        self._words = _index(items, words_of)
        self._lines: dict[str, Line] = {}
        self._disputed: set[str] = set()
        self._left: list[Left] = []

    def match(self, lines: list[Line]) -> Matched:
        twins: dict[tuple[str, ...], list[Line]] = {}
        for way in (self._same_text, self._same_words, self._before_remark):
            lines = self._settle(lines, way, twins)
        self._give_all(twins)
        sure = len(self._lines)
        alike: dict[tuple[str, ...], list[Line]] = {}
        lines = self._settle(lines, self._alike, alike)
        self._give_all(alike)
        self._left += [
            Left(line, f"none of the checklist's; nearest {self._nearest(line)}") for line in lines
        ]
        return Matched(
            lines=dict(sorted(self._lines.items(), key=lambda pair: self._order[pair[0]])),
            guessed=frozenset(list(self._lines)[sure:]),
            left=tuple(sorted(self._left, key=lambda row: row.line.number)),
            known=bool(self._lines or len(self._left) > len(lines)),
        )

    def _settle(
        self,
        lines: list[Line],
        way: Callable[[Line], tuple[str, ...]],
        several: dict[tuple[str, ...], list[Line]],
    ) -> list[Line]:
        """Gives lines to items by one way; those that may be of several items join ``several``, the rest is given back."""
        groups: dict[tuple[str, ...], list[Line]] = {}
        rest = []
        for line in lines:
            ids = self._narrowed(line, way(line))
            if ids:
                (groups if len(ids) == 1 else several).setdefault(ids, []).append(line)
            else:
                rest.append(line)
        self._give_all(groups)
        return rest

    def _give_all(self, groups: Mapping[tuple[str, ...], list[Line]]) -> None:
        for ids, group in sorted(groups.items()):
            self._give(ids, sorted(group, key=lambda line: line.number))

    def _narrowed(self, line: Line, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Of several items the one whose number, or else the one whose section, the line gives itself."""
        if len(ids) < 2:
            return ids
        numbered = tuple(id for id in ids if id == line.item)
        return numbered or tuple(id for id in ids if self._by_id[id].section == line.section) or ids

    def _give(self, ids: tuple[str, ...], group: list[Line]) -> None:
        free = [id for id in ids if id not in self._lines and id not in self._disputed]
        if len({line.ticked for line in group}) > 1:
            numbers = " and ".join(str(line.number) for line in group[:4])
            self._disputed.update(ids)
            self._leave(group, f"lines {numbers} say two things of {' and '.join(ids)}")
        elif len(ids) == 1:
            if free:
                self._lines[ids[0]] = group.pop(0)
            said = f"line {self._lines[ids[0]].number}" if ids[0] in self._lines else "others"
            self._leave(group, f"{said} spoke of {ids[0]} before")
        elif len(free) == len(group) and len({words_of(self._by_id[id].text) for id in ids}) == 1:
            self._lines.update(zip(free, group, strict=True))
        else:
            self._leave(
                group, f"it may be {' or '.join(ids)}; its number or its section's heading would tell"
            )

    def _leave(self, lines: Iterable[Line], why: str) -> None:
        self._left += [Left(line, why) for line in lines]

    def _same_text(self, line: Line) -> tuple[str, ...]:
        return self._texts.get(line.text, ())

    def _same_words(self, line: Line) -> tuple[str, ...]:
        return self._words.get(words_of(line.text), ())

    def _before_remark(self, line: Line) -> tuple[str, ...]:
        """The item whose words stand before a colon, a bracket, a dash...; the longest of them."""
        cuts = [cut.start() for cut in _REMARK.finditer(line.text)][:_MOST_CUTS]
        found = (self._words.get(words_of(line.text[:cut]), ()) for cut in reversed(cuts))
        return next(filter(None, found), ())

    def _alike(self, line: Line) -> tuple[str, ...]:
        scores = self._likeness(line)
        best = max(scores)
        if best < LIKE:
            return ()
        near = (item.id for item, score in zip(self._items, scores, strict=True) if best - score < APART)
        return tuple(near)

    def _likeness(self, line: Line) -> list[float]:
        if line.text not in self._scores:
            self._scores[line.text] = self._wordings.likeness(line.text)
        return self._scores[line.text]

    def _nearest(self, line: Line) -> str:
        scores = self._likeness(line)
        item = self._items[scores.index(max(scores))]
        return f"{item.id} {item.text}" if max(scores) else "no item"


def _index(items: Sequence[Item], key: Callable[[str], object]) -> dict[object, tuple[str, ...]]:
    found: dict[object, tuple[str, ...]] = {}
    for item in items:
        found[key(item.text)] = (*found.get(key(item.text), ()), item.id)
    return found
