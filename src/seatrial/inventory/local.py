"""Views that can change, object by object, and views of one namespace.

Nearly everything that is judged depends on its own namespace and on objects of the cluster. So one changed object
asks for one namespace to be looked at anew; whoever reads beyond it is told so (``Beyond``) and judged on the whole.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any, TypeVar, cast

import msgspec

from seatrial.inventory.grouping import StoredPod, read_metadata
from seatrial.inventory.views import View, Views
from seatrial.inventory.workloads import Workloads
from seatrial.model.evidence import Citation, Gap, Key, Need, Partial, Unseen
from seatrial.model.trial import Trial
from seatrial.needs import kube
from seatrial.wire.base import Object, Wire
from seatrial.wire.chunks import (
    CHUNK_RECORDS,
    STORED_AS,
    as_struct,
    key_of,
    order_of,
    pack,
    undecodable,
    unpack,
)

T = TypeVar("T", bound=Object)
X = TypeVar("X")
W = TypeVar("W", bound=View)

Record = Any
"""An object as it is stored: a struct of ``STORED_AS``, or a redacted JSON object."""


class _Metadata(Wire, frozen=True, gc=False):
    namespace: str = ""
    name: str = ""


class _Placed(Wire, frozen=True, gc=False):
    metadata: _Metadata = _Metadata()


class LiveViews(Views):
    """The views of a trial of which single objects may change. Views of one namespace are kept, until it changes."""

    def __init__(self, trial: Trial, now: datetime, needs: Iterable[Need]) -> None:
        super().__init__(trial, now)
        self._changes: dict[str, dict[Key, Record | None]] = {}
        self._types: dict[str, type[Any]] = {}
        self._local: dict[str, LocalViews] = {}
        self._pods_in: dict[str, list[int]] = {}
        """The chunks that hold pods of a namespace."""
        self.pod_gaps: list[Gap] = []
        for at, row in self.scan(kube.PODS, _Placed, self.pod_gaps):
            chunks = self._pods_in.setdefault(row.metadata.namespace, [])
            if not chunks or chunks[-1] != at // CHUNK_RECORDS:
                chunks.append(at // CHUNK_RECORDS)
        self._places = set(self._pods_in)
        for need in needs:
            if need.namespaced or need == kube.NAMESPACES:
                self._places.update(
                    _place(need, (row.metadata.namespace, row.metadata.name))
                    for _, row in self.scan(need, _Placed, [])
                )

    def table(self, need: Need, type: type[T]) -> Partial[T]:
        self._types[need.id] = type
        return super().table(need, type)

    def view(self, type: type[W]) -> W:
        """A view of the whole; put together from those of the namespaces, where its type can be (``joined``)."""
        join = getattr(type, "joined", None)
        if join is not None and type not in self._made:
            self._made[type] = join((self.local(place).view(type) for place in self.places(())), self)
        return super().view(type)

    def local(self, place: str) -> "LocalViews":
        """The views of one namespace."""
        if place not in self._local:
            self._local[place] = LocalViews(self, place)
        return self._local[place]

    def places(self, more: Iterable[str]) -> tuple[str, ...]:
        """Every namespace that is there, or was, or has objects that were read; and some more."""
        return tuple(sorted({*self._places, *more} - {""}))

    def change(self, need: Need, key: Key, record: Record | None) -> bool:
        """An object is now another one, is new, or is gone (None). False where nothing that is read of it changed."""
        changed = need == kube.PODS or self._change_table(need, key, record)
        self._changes.setdefault(need.id, {})[key] = record
        if not changed:
            return False
        self._places.add(_place(need, key))
        self.forget(need)
        for local in [self.local(key[0])] if need.namespaced else self._local.values():
            local.forget(need)
        return True

    def _change_table(self, need: Need, key: Key, record: Record | None) -> bool:
        table = self._tables.get(need.id)
        if table is None:
            return False
        row, gap = None, None
        try:
            plain = msgspec.json.decode(msgspec.json.encode(record))  # a table may read less than is stored
            row = None if record is None else as_struct(plain, self._types[need.id], need.id)
        except Unseen as unseen:
            gap = unseen.gap
        if gap is None and row == table.row(key):
            return False
        self._tables[need.id] = table.changed(key, row, gap)
        return True

    def pods_in(self, place: str, gaps: list[Gap]) -> Iterator[tuple[int, StoredPod]]:
        """The pods of a namespace, in order; what cannot be read goes to ``gaps``."""
        gaps += [gap for gap in self.pod_gaps if gap.covers(place)]
        changes = self._changes.get(kube.PODS.id, {})
        rows: list[tuple[str, int, StoredPod]] = []
        for chunk in self._pods_in.get(place, ()):
            for at, row in self.records(kube.PODS, StoredPod, chunk):
                found = read_metadata(row.metadata)
                if found.namespace == place and (place, found.name) not in changes:
                    rows.append((found.name, at, row))
        for key, record in changes.items():
            if key[0] != place or record is None:
                continue
            try:
                plain = msgspec.json.encode(record, order="sorted")
                rows.append((key[1], -1, msgspec.json.decode(plain, type=StoredPod)))
            except msgspec.ValidationError as error:
                gaps.append(undecodable(kube.PODS.id, key, error))
        if changes:
            rows.sort(key=itemgetter(0))
        return ((at, row) for _, at, row in rows)

    def cite(self, need: Need, key: Key, pointer: str = "") -> Citation | None:
        changes = self._changes.get(need.id, {})
        if key not in changes:
            return super().cite(need, key, pointer)
        record = changes[key]
        return None if record is None else Citation(pack([record])[0].digest, f"/0{pointer}")

    def now_trial(self) -> Trial:
        """The trial with everything that changed in its evidence: what a new reading would have recorded."""
        evidence = dict(self.trial.evidence)
        for id, changes in self._changes.items():
            answer = evidence[id]
            stored: Any = STORED_AS.get(answer.schema, dict[str, Any])
            records = [
                record
                for chunk in answer.chunks
                for record in unpack(chunk, stored)
                if key_of(record) not in changes
            ]
            records += [record for record in changes.values() if record is not None]
            records.sort(key=order_of)
            evidence[id] = msgspec.structs.replace(answer, chunks=pack(records))
        return msgspec.structs.replace(self.trial, evidence=evidence)


class LocalViews(Views):
    """The views of one namespace: its objects, and those of the cluster. Readings beyond them raise Beyond."""

    def __init__(self, whole: LiveViews, place: str) -> None:
        super().__init__(whole.trial, whole.now)
        self.within = place
        self._before: Workloads | None = None
        self._kept: dict[Hashable, Mapping[int, Any]] = {}
        self._whole = whole

    def table(self, need: Need, type: type[T]) -> Partial[T]:
        whole = self._whole.table(need, type)
        if not need.namespaced or self.within is None:
            return whole
        part: Partial[T] | None = self._tables.get(need.id)
        if part is None:
            part = self._tables[need.id] = whole.part(self.within)
        return part

    def view(self, type: type[W]) -> W:
        """A view of the namespace; one that reads the cluster's own objects only is the same for all."""
        if not any(need.namespaced for need in type.needs):
            return self._whole.view(type)
        return super().view(type)

    def scan(self, need: Need, type: type[X], gaps: list[Gap]) -> Iterator[tuple[int, X]]:
        if need != kube.PODS or type is not StoredPod or self.within is None:
            raise TypeError(f"{need.id} is not scanned by namespace")
        rows: Iterator[Any] = self._whole.pods_in(self.within, gaps)
        return rows

    def before(self, type: type[W]) -> W | None:
        return cast("W | None", self._before) if type is Workloads else None

    def kept(self, of: Hashable) -> Mapping[int, Any]:
        return self._kept.get(of, {})

    def keep(self, of: Hashable, rows: Mapping[int, Any]) -> None:
        self._kept[of] = rows

    def forget(self, need: Need) -> None:
        if need != kube.PODS:  # what stands beside a changed pod is as it was, unless its owners are not
            self._kept.clear()
        self._before = self._made.get(Workloads, self._before)
        super().forget(need)
        self._tables.pop(need.id, None)

    def remember(self, need: Need, key: Key, at: int) -> None:
        self._whole.remember(need, key, at)

    def cite(self, need: Need, key: Key, pointer: str = "") -> Citation | None:
        return self._whole.cite(need, key, pointer)

    def served(self, name: str) -> bool:
        return self._whole.served(name)

    def answers(self, group: str) -> bool:
        return self._whole.answers(group)


def _place(need: Need, key: Key) -> str:
    """The namespace that an object stands in, or is."""
    return key[1] if need == kube.NAMESPACES else key[0]
