"""The ``.trial`` file: one trial, content-addressed, written whole or not at all, read as if by an enemy."""

from seatrial.trialfile.reading import read
from seatrial.trialfile.writing import write

__all__ = ["read", "write"]
