"""Manifests as a source: files, folders and standard input."""

from seatrial.sources.manifests.source import ManifestsSource

__all__ = ["ManifestsSource"]
