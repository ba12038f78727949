"""Records to chunks and back: the one form in which answers are stored, hashed and judged.

Records stand in the order of namespace and name, so that neither the server's order nor the page size shows.
Pod, ReplicaSet and Job are stored as their structs; every other kind whole, redacted, keys sorted.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec
import zstandard

from seatrial.model.evidence import Cause, Chunk, Gap, Key, Unseen
from seatrial.wire.base import Object
from seatrial.wire.pod import Pod
from seatrial.wire.workload import Job, ReplicaSet

T = TypeVar("T")

CHUNK_RECORDS = 500
"""Records in a chunk: as many as a page of the API server, so that one damaged chunk costs little."""

MAX_CHUNK_BYTES = 256 * 1024 * 1024
"""The most that one chunk may unpack to: 500 objects at etcd's limit of 1.5 MiB would be 750 MB; real ones are 4 MB."""

STORED_AS: dict[str, type[Object]] = {
    "core/v1/Pod@1": Pod,
    "apps/v1/ReplicaSet@1": ReplicaSet,
    "batch/v1/Job@1": Job,
}
"""The kinds that are stored as their struct, since there are most of them."""

_encoder = msgspec.json.Encoder(order="sorted")


def key_of(record: Any) -> Key:
    """Namespace and name of a struct or of a decoded JSON object."""
    if isinstance(record, Object):
        return record.metadata.namespace, record.metadata.name
    metadata = record.get("metadata") or {}
    return metadata.get("namespace") or "", metadata.get("name") or ""


def pack(records: Iterable[Any]) -> tuple[Chunk, ...]:
    """Chunks of the records, which must be in canonical order already; records are structs or JSON values."""
    rows = records if isinstance(records, Sequence) else list(records)
    return tuple(_pack_one(rows[at : at + CHUNK_RECORDS]) for at in range(0, len(rows), CHUNK_RECORDS))


def _pack_one(rows: Sequence[Any]) -> Chunk:
    plain = _encoder.encode(rows)
    digest = hashlib.sha256(plain).hexdigest()
    return Chunk(digest=digest, count=len(rows), data=zstandard.ZstdCompressor(level=3).compress(plain))


def unpack(chunk: Chunk, type: type[T]) -> list[T]:
    """The records of a chunk. Raises ValueError where it does not unpack, does not decode or is not itself."""
    try:
        plain = zstandard.ZstdDecompressor().decompress(chunk.data, max_output_size=MAX_CHUNK_BYTES)
    except zstandard.ZstdError as error:
        raise ValueError(f"chunk {chunk.digest[:12]} does not unpack: {error}") from error
    if hashlib.sha256(plain).hexdigest() != chunk.digest:
        raise ValueError(f"chunk {chunk.digest[:12]} was changed: its digest does not match")
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
        namespace, name = key_of(record) if isinstance(record, dict) else ("", "")
        raise Unseen(
            Gap(
                need=need,
                cause=Cause.MALFORMED,
                detail=str(error),
                cure="look at the object as the server stores it: kubectl get -o json",
                namespace=str(namespace),
                name=str(name),
            )
        ) from error
