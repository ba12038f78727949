"""Objects that select by labels, and what has labels; indexed so that one looks at few of the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from seatrial.semantics.selectors import Predicate, predicate
from seatrial.wire.base import LabelSelector

T = TypeVar("T")


class Selecting(Generic[T]):
    """Rows by a label that their selectors ask for."""

    def __init__(self, rows: Iterable[T], selector: Callable[[T], LabelSelector | None]) -> None:
        self._by_label: dict[tuple[str, str] | None, list[tuple[Predicate, T]]] = {}
        for row in rows:
            found = selector(row)
            first = min(found.match_labels.items(), default=None) if found is not None else None
            self._by_label.setdefault(first, []).append((predicate(found), row))

    def of(self, labels: Mapping[str, str]) -> Iterator[T]:
        """The rows that select a pod with these labels."""
        for label in (*labels.items(), None):
            for select, row in self._by_label.get(label, ()):
                if select(labels):
                    yield row


class Labelled(Generic[T]):
    """Rows by each of their labels."""

    def __init__(self, rows: Iterable[tuple[Mapping[str, str], T]]) -> None:
        self._rows = tuple(rows)
        self._by_label: dict[tuple[str, str], list[tuple[Mapping[str, str], T]]] = {}
        for labels, row in self._rows:
            for label in labels.items():
                self._by_label.setdefault(label, []).append((labels, row))

    def under(self, selector: LabelSelector | None) -> Iterator[T]:
        """The rows that a selector selects."""
        first = min(selector.match_labels.items(), default=None) if selector is not None else None
        select = predicate(selector)
        for labels, row in self._rows if first is None else self._by_label.get(first, ()):
            if select(labels):
                yield row
