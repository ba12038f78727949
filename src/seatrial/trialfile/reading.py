"""Reading a trial: every length is bounded before it is believed, every digest checked before its bytes are used."""

import hashlib
from io import BufferedReader
from pathlib import Path
from typing import Any

import msgspec

from seatrial.model.evidence import Chunk, Evidence
from seatrial.model.trial import Trial
from seatrial.trialfile.format import (
    FAMILY,
    LENGTH_BYTES,
    MAGIC,
    MOST_CHUNK,
    MOST_CHUNKS,
    MOST_HEADER,
    SEAL_BYTES,
    EvidenceRow,
    Header,
    TrialFileError,
    packed,
)
from seatrial.wire.chunks import unpack

_AGAIN = "record the trial again, or fetch the file again"


def read(path: Path) -> Trial:
    """The trial of a file. Raises TrialFileError, which names the damaged part."""
    try:
        with path.open("rb") as file:
            return _Reading(path, file).trial()
    except OSError as error:
        raise TrialFileError(f"{path} cannot be read: {error.strerror}", hint="--replay FILE") from error


class _Reading:
    def __init__(self, path: Path, file: BufferedReader) -> None:
        self._path = path
        self._file = file
        self._seal = hashlib.sha256()
        self._at = 0

    def trial(self) -> Trial:
        self._check_magic()
        length = int.from_bytes(self._take(LENGTH_BYTES, "the length of the header"), "big")
        if length > MOST_HEADER:
            raise self._error(f"a header of {length} bytes; {MOST_HEADER} are read at most")
        header = self._header(self._take(length, "the header"))
        if sum(len(row.chunks) for row in header.evidence) > MOST_CHUNKS:
            raise self._error(f"more than {MOST_CHUNKS} chunks")
        evidence = {row.need: self._evidence(row) for row in header.evidence}
        wanted = self._seal.digest()
        if self._take(SEAL_BYTES, "the seal") != wanted:
            raise self._error(
                "it was changed: the seal at its end does not match; the chunks do, so the header was"
            )
        if self._file.read(1):
            raise self._error(f"something follows after its end at byte {self._at}")
        return msgspec.structs.replace(header.trial, evidence=evidence)

    def _check_magic(self) -> None:
        magic = self._file.read(len(MAGIC))
        if magic == MAGIC:
            self._at = len(magic)
            self._seal.update(magic)
            return
        if magic.startswith(FAMILY) and magic.endswith(b"\n"):
            raise self._error("it was written by a newer version", hint="upgrade Seatrial")
        raise self._error("no trial file", hint="--replay takes what --save wrote")

    def _header(self, plain: bytes) -> Header:
        try:
            return msgspec.json.decode(plain, type=Header)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise self._error(f"its header does not decode: {error}") from error

    def _evidence(self, row: EvidenceRow) -> Evidence:
        chunks = []
        for at, chunk in enumerate(row.chunks, 1):
            what = f"chunk {at} of {len(row.chunks)} of {row.need} ({chunk.digest[:12]})"
            if chunk.length > MOST_CHUNK:
                raise self._error(f"{what} has {chunk.length} bytes; {MOST_CHUNK} are read at most")
            found = Chunk(chunk.digest, chunk.count, self._take(chunk.length, what))
            if chunk.packed and packed(found.data) != chunk.packed:
                raise self._error(f"{what} was changed: its bytes are not those that were written")
            try:
                unpack(found, msgspec.Raw)
            except ValueError as error:
                raise self._error(f"{what} was changed: {error}") from error
            chunks.append(found)
        fields: dict[str, Any] = {
            name: getattr(row, name) for name in row.__struct_fields__ if name != "chunks"
        }
        return Evidence(**fields, chunks=tuple(chunks))

    def _take(self, length: int, what: str) -> bytes:
        part = self._file.read(length)
        if len(part) < length:
            raise self._error(f"it ends at byte {self._at + len(part)}, within {what}")
        self._at += length
        self._seal.update(part)
        return part

    def _error(self, says: str, hint: str = _AGAIN) -> TrialFileError:
        return TrialFileError(f"{self._path}: {says}", hint=hint)
