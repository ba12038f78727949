"""Questions, what came back, and what is missing; all as values.

A *need* is a question. Its answer is *evidence*, which may have *gaps*: regions about which nothing is known.
A ``Partial`` is the reading side: it gives what is there and raises ``Unseen`` where a gap hides the answer.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct

V = TypeVar("V")

Key = tuple[str, str]
"""Namespace and name; the namespace is empty for kinds of the cluster."""


class Need(Struct, frozen=True, order=True):
    """One question to one source. ``id`` names it in gaps, timings and the trial file.

    For the API server the question is a list: ``group``, ``resource`` (plural), ``kind`` and the ``versions``
    that can be read, best first. ``schema`` is how an answer is stored.
    """

    id: str
    source: str
    schema: str
    group: str = ""
    resource: str = ""
    kind: str = ""
    versions: tuple[str, ...] = ()
    namespaced: bool = False
    always: tuple[str, ...] = ()
    """Objects that every server has, as ``namespace/name``: witnesses of a list that lost something."""


class Cause(StrEnum):
    """Why something is not known. Closed, so that every cause has a cure and a place in the reports."""

    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"
    STALE = "stale"
    NOT_SERVED = "not served"
    NOT_RECORDED = "not recorded"
    NOT_DECLARED = "not declared"
    NOT_CONFIGURED = "not configured"
    NO_CHECK = "no check"
    CRASHED = "crashed"
    UNDECIDABLE = "undecidable"


class Gap(Struct, frozen=True, order=True, omit_defaults=True, gc=False):
    """A region of an answer that is not known, why, and what would make it known.

    Without ``namespace`` the whole answer is missing, or all of it ``besides`` some namespaces that were read; with
    it that namespace; with ``name`` too that object.
    """

    need: str
    cause: Cause
    detail: str
    cure: str = ""
    namespace: str | None = None
    name: str | None = None
    besides: tuple[str, ...] = ()

    def covers(self, namespace: str | None, name: str | None = None) -> bool:
        """Whether something in the region asked for may be hidden here. None asks for everything."""
        if self.namespace is None or namespace is None:
            return namespace is None or namespace not in self.besides
        return self.namespace == namespace and (self.name is None or name is None or self.name == name)


class Unseen(Exception):
    """Raised by a reading that a gap covers. The engine turns it into unknown for the subject at hand."""

    def __init__(self, gap: Gap) -> None:
        super().__init__(f"{gap.need}: {gap.cause}: {gap.detail}")
        self.gap = gap


class Beyond(Exception):
    """Raised by a reading that asks a table of one namespace for more: only the whole table can answer it."""


class Partial(Generic[V]):
    """What is known of a table, and the gaps in it; with ``within`` the part of it that is one namespace.

    There is no ``[]`` and no iteration, so that nobody mistakes what was not seen for what is not there.
    """

    __slots__ = ("_by_namespace", "_rows", "gaps", "within")

    def __init__(self, rows: Mapping[Key, V], gaps: Iterable[Gap] = (), within: str | None = None) -> None:
        self._rows = rows
        self.gaps = tuple(sorted(gaps))
        self.within = within
        self._by_namespace: dict[str, list[tuple[Key, V]]] | None = None

    def find(self, namespace: str, name: str) -> V | None:
        """The row, or None where it is proved that there is none. Raises Unseen where a gap covers the key."""
        self.reach(namespace)
        row = self._rows.get((namespace, name))
        if row is None:
            self._refuse(namespace, name)
        return row

    def all(self, namespace: str | None = None) -> tuple[V, ...]:
        """Every row, of one namespace or of all. Raises Unseen where a gap covers any part of it."""
        self.reach(namespace)
        self._refuse(namespace, None)
        return tuple(self.known(namespace))

    def refuse_gaps(self, namespace: str | None = None) -> None:
        """Raises Unseen where a gap covers any part of a namespace, or of all: ``all`` without its rows."""
        self.reach(namespace)
        self._refuse(namespace, None)

    def known(self, namespace: str | None = None) -> Iterator[V]:
        """The rows that were seen, gaps or not. Only for selecting subjects and finding visible faults."""
        if namespace is None:
            return iter(self._rows.values())
        self.reach(namespace)
        return (row for _, row in self._in(namespace))

    def reach(self, namespace: str | None) -> None:
        """Raises Beyond where this is a part of the table that cannot answer for a namespace, or for all (None)."""
        if self.within is not None and namespace != self.within:
            raise Beyond

    def part(self, namespace: str) -> "Partial[V]":
        """The table as far as it is one namespace."""
        gaps = (gap for gap in self.gaps if gap.covers(namespace))
        return Partial(dict(self._in(namespace)), gaps, within=namespace)

    def changed(self, key: Key, row: V | None, gap: Gap | None = None) -> "Partial[V]":
        """The table with another row for a key: None takes it away; ``gap`` says that it cannot be read."""
        rows = dict(self._rows)
        if row is None:
            rows.pop(key, None)
        else:
            rows[key] = row
        if row is not None and key not in self._rows:
            rows = dict(sorted(rows.items(), key=lambda pair: f"{pair[0][0]}/{pair[0][1]}"))
        gaps = [found for found in self.gaps if (found.namespace, found.name) != key]
        changed = Partial(rows, [*gaps, gap] if gap is not None else gaps)
        if self._by_namespace is not None:
            here = [pair for pair in self._in(key[0]) if pair[0] != key]
            here += [(key, row)] if row is not None else []
            changed._by_namespace = {**self._by_namespace, key[0]: sorted(here, key=lambda pair: pair[0])}
        return changed

    def row(self, key: Key) -> V | None:
        """The row that was seen, gaps or not."""
        return self._rows.get(key)

    def places(self) -> Iterable[str]:
        """The namespaces that have rows."""
        self._in("")
        return () if self._by_namespace is None else self._by_namespace.keys()

    def _in(self, namespace: str) -> list[tuple[Key, V]]:
        if self._by_namespace is None:
            self._by_namespace = {}
            for key, row in self._rows.items():
                self._by_namespace.setdefault(key[0], []).append((key, row))
        return self._by_namespace.get(namespace, [])

    def _refuse(self, namespace: str | None, name: str | None) -> None:
        for gap in self.gaps:
            if gap.covers(namespace, name):
                raise Unseen(gap)


class Chunk(Struct, frozen=True, weakref=True):
    """Part of an answer as it is stored: a canonical JSON array of ``count`` records, compressed.

    ``digest`` is the SHA-256 of the array before compression; findings point into it.
    """

    digest: str
    count: int
    data: bytes


class Evidence(Struct, frozen=True, omit_defaults=True):
    """The answer to a need: records in canonical order, in chunks, and what is missing from it."""

    need: str
    schema: str
    collected_at: str
    """RFC 3339, UTC."""
    chunks: tuple[Chunk, ...] = ()
    gaps: tuple[Gap, ...] = ()
    resource_version: str = ""
    requests: int = 0
    received: int = 0
    """Bytes that the source read for it."""
    seconds: float = 0.0
    """How long the source took."""

    @property
    def count(self) -> int:
        return sum(chunk.count for chunk in self.chunks)


class Citation(Struct, frozen=True, order=True, omit_defaults=True, gc=False):
    """Where a finding's proof stands: a chunk, and a JSON pointer into it."""

    digest: str
    pointer: str
