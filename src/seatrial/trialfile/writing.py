"""Writing a trial: to a file beside the last, which then takes its place in one step."""

import contextlib
import glob
import hashlib
import os
import tempfile
import time
from pathlib import Path

from seatrial.model.errors import UserError
from seatrial.model.trial import Trial
from seatrial.trialfile.format import LENGTH_BYTES, MAGIC, header_of

LEFT_BEHIND = 3600
"""Seconds after which a part of a file is nobody's any more; writing the largest trial takes one."""


def write(trial: Trial, path: Path) -> None:
    """Writes a trial so that, at any moment, the old file or the new one stands there whole. Raises UserError."""
    try:
        _clear(path)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}", hint="choose another folder"
        ) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            seal = hashlib.sha256()
            header = header_of(trial)
            parts = [MAGIC, len(header).to_bytes(LENGTH_BYTES, "big"), header]
            for part in parts:
                seal.update(part)
                file.write(part)
            for _, evidence in sorted(trial.evidence.items()):
                for chunk in evidence.chunks:
                    seal.update(chunk.data)
                    file.write(chunk.data)
            file.write(seal.digest())
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}", hint="choose another place") from error
    finally:
        temporary.unlink(missing_ok=True)


def _clear(path: Path) -> None:
    """Removes what runs that were killed left behind; not what another run may be writing now."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - part.stat().st_mtime > LEFT_BEHIND:
                part.unlink()
