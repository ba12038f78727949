"""Records to chunks and back: the one form in which answers are stored, hashed and judged.

Records stand in the order in which etcd has them, of ``namespace/name`` as one text, so that neither the server's
order nor the page size shows, and nearly every list can be packed while it is read.
Pods and the controllers of pods are stored as their structs; every other kind whole and redacted.
"""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeVar
from weakref import WeakSet

import msgspec
import zstandard

from seatrial.model.evidence import Cause, Chunk, Gap, Key, Unseen
from seatrial.wire.base import Object
from seatrial.wire.cluster import Node
from seatrial.wire.pod import Pod
from seatrial.wire.storing import EncodedPod
from seatrial.wire.workload import CronJob, DaemonSet, Job, ReplicaSet, WholeDeployment, WholeStatefulSet

T = TypeVar("T")

CHUNK_RECORDS = 500
"""Records in a chunk: as many as a page of the API server, so that one damaged chunk costs little."""

MAX_CHUNK_BYTES = 192 * 1024 * 1024
"""The most that one chunk may unpack to: 500 objects at etcd's limit of 1.5 MiB would be 750 MB; real ones are 4 MB."""

STORED_AS: dict[str, type[Object]] = {
    "core/v1/Pod@1": Pod,
    "apps/v1/ReplicaSet@1": ReplicaSet,
    "batch/v1/Job@1": Job,
    "core/v1/Node@1": Node,
    "apps/v1/Deployment@1": WholeDeployment,
    "apps/v1/StatefulSet@1": WholeStatefulSet,
    "apps/v1/DaemonSet@1": DaemonSet,
    "batch/v1/CronJob@1": CronJob,
}
"""The kinds that are stored as their struct: pods, what makes them and what runs them, since there are most of them."""

_proved: WeakSet[Chunk] = WeakSet()
"""Chunks whose content is known to be what their digest says: packed here, or proved once. Equal ones are the same bytes."""

_encoder = msgspec.json.Encoder(order="deterministic")


def key_of(record: Any) -> Key:
    """Namespace and name of a struct or of a decoded JSON object."""
    if isinstance(record, (Object, EncodedPod)):
        metadata = record.metadata
        return metadata.namespace, metadata.name
    plain = record.get("metadata") or {}
    return plain.get("namespace") or "", plain.get("name") or ""


def order_of(record: Any) -> str:
    """What records are ordered by: ``namespace/name``, or the name alone for kinds of the cluster."""
    namespace, name = key_of(record)
    return f"{namespace}/{name}" if namespace else name


def pack(records: Iterable[Any]) -> tuple[Chunk, ...]:
    """Chunks of the records, in the order in which they come; records are structs or JSON values."""
    rows = records if isinstance(records, Sequence) else list(records)
    return tuple(_pack_one(rows[at : at + CHUNK_RECORDS]) for at in range(0, len(rows), CHUNK_RECORDS))


class Duplicate(Exception):
    """Two records of one key: what was packed is no list of a server's objects."""


class Packer:
    """Packs a list while it is read, page by page, into chunks in canonical order; holds one chunk's records.

    ``type`` is what the records decode to when a list that does not come in order must be taken apart again.
    """

    def __init__(self, type: Any) -> None:
        self._type = type
        self._chunks: list[Chunk] = []
        self._waiting: list[Any] = []
        self._last = ""
        self._in_order = True
        self.count = 0

    def add(self, records: Iterable[Any]) -> None:
        """More records. Raises Duplicate where one follows itself; other repetitions show in ``chunks``."""
        waiting, last, before = self._waiting, self._last, len(self._waiting)
        for record in records:
            order = order_of(record)
            if order <= last:
                if order == last:
                    raise Duplicate(order)
                self._in_order = False
            last = order
            waiting.append(record)
        self._last = last
        self.count += len(waiting) - before
        while len(waiting) >= CHUNK_RECORDS:
            self._chunks.append(_pack_one(waiting[:CHUNK_RECORDS]))
            del waiting[:CHUNK_RECORDS]

    def chunks(self) -> tuple[Chunk, ...]:
        """Everything that was added, in canonical order. Raises Duplicate."""
        if self._in_order:
            return (*self._chunks, *pack(self._waiting))
        records = [record for chunk in self._chunks for record in unpack(chunk, self._type)]
        records += self._waiting
        records.sort(key=order_of)
        for earlier, later in pairwise(map(order_of, records)):
            if earlier == later:
                raise Duplicate(earlier)
        return pack(records)


def _pack_one(rows: Sequence[Any]) -> Chunk:
    plain = _encoder.encode(rows)
    digest = hashlib.sha256(plain).hexdigest()
    chunk = Chunk(digest=digest, count=len(rows), data=zstandard.ZstdCompressor(level=3).compress(plain))
    _proved.add(chunk)
    return chunk


def unpack(chunk: Chunk, type: type[T]) -> list[T]:
    """The records of a chunk. Raises ValueError where it does not unpack, does not decode or is not itself."""
    try:
        # a frame that says its size is unpacked whatever the limit
        if zstandard.frame_content_size(chunk.data) > MAX_CHUNK_BYTES:
            raise ValueError(f"chunk {chunk.digest[:12]} would unpack to more than {MAX_CHUNK_BYTES} bytes")
        plain = zstandard.ZstdDecompressor().decompress(chunk.data, max_output_size=MAX_CHUNK_BYTES)
    except zstandard.ZstdError as error:
        raise ValueError(f"chunk {chunk.digest[:12]} does not unpack: {error}") from error
    if chunk not in _proved:
        if hashlib.sha256(plain).hexdigest() != chunk.digest:
            raise ValueError(f"chunk {chunk.digest[:12]} was changed: its digest does not match")
        _proved.add(chunk)
    try:
        records = msgspec.json.decode(plain, type=list[type])  # type: ignore[valid-type]
    except msgspec.DecodeError as error:
        raise ValueError(f"chunk {chunk.digest[:12]} does not decode: {error}") from error
    if len(records) != chunk.count:
        raise ValueError(f"chunk {chunk.digest[:12]} holds {len(records)} records, not {chunk.count}")
    return records


def without_nulls(value: Any) -> Any:
    """A copy in which absent and null are one, as they are to Kubernetes; nulls within lists stay."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(inner) for inner in value]
    return value


def as_struct(record: Any, type: type[T], need: str) -> T:
    """A struct of one decoded JSON object. Raises Unseen, with the path and the type, where its shape is wrong."""
    try:
        return msgspec.convert(without_nulls(record), type=type, strict=True)
    except (msgspec.ValidationError, OverflowError, RecursionError) as error:
        key = key_of(record) if isinstance(record, dict) else ("", "")
        raise Unseen(undecodable(need, key, error)) from error


def undecodable(need: str, key: Key, error: Exception) -> Gap:
    """The gap of one object whose shape is wrong."""
    return Gap(
        need=need,
        cause=Cause.MALFORMED,
        detail=str(error),
        cure="look at the object as the server stores it: kubectl get -o json",
        namespace=str(key[0]),
        name=str(key[1]),
    )
