r"""The form of a trial file.

seatrial trial 1\n                      the first line
8 bytes, big endian                     the length of the header
the header                              JSON: the trial; its chunks by digest, count and length only
the chunks                              as they are, one after the other, in the header's order
32 bytes                                SHA-256 over everything before
"""

import hashlib
from typing import Any

import msgspec
from msgspec import Struct

from seatrial.model.errors import UserError
from seatrial.model.evidence import Evidence, Gap
from seatrial.model.trial import Trial

MAGIC = b"seatrial trial 1\n"
FAMILY = b"seatrial trial "
LENGTH_BYTES = 8
SEAL_BYTES = 32
MOST_HEADER = 64 * 1024 * 1024
MOST_CHUNKS = 100_000
MOST_CHUNK = 64 * 1024 * 1024
"""Bytes of one compressed chunk; ``wire.chunks`` bounds what it may unpack to."""


class TrialFileError(UserError):
    """A file that is no whole trial: what is wrong with it, and where."""


class ChunkRow(Struct, frozen=True, forbid_unknown_fields=True):
    digest: str
    count: int
    length: int
    packed: str = ""
    """Of the compressed bytes, so that a changed bit which unpacks to the same is named too; empty in old files."""


class EvidenceRow(Struct, frozen=True, omit_defaults=True):
    """Evidence without its bytes."""

    need: str
    schema: str
    collected_at: str
    chunks: tuple[ChunkRow, ...] = ()
    gaps: tuple[Gap, ...] = ()
    resource_version: str = ""
    requests: int = 0
    received: int = 0
    seconds: float = 0.0


class Header(Struct, frozen=True):
    """The trial without its evidence, and the evidence without its bytes."""

    trial: Trial
    evidence: tuple[EvidenceRow, ...]


def header_of(trial: Trial) -> bytes:
    rows = tuple(_row(evidence) for _, evidence in sorted(trial.evidence.items()))
    bare = msgspec.structs.replace(trial, evidence={})
    return msgspec.json.encode(Header(bare, rows), order="sorted")


def _row(evidence: Evidence) -> EvidenceRow:
    fields: dict[str, Any] = {
        name: getattr(evidence, name) for name in evidence.__struct_fields__ if name != "chunks"
    }
    chunks = tuple(
        ChunkRow(chunk.digest, chunk.count, len(chunk.data), packed(chunk.data)) for chunk in evidence.chunks
    )
    return EvidenceRow(**fields, chunks=chunks)


def packed(data: bytes) -> str:
    """The digest of a chunk's compressed bytes."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()
