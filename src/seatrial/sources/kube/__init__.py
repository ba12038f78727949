"""A Kubernetes API server as a source."""

from seatrial.sources.kube.source import KubeSource, connect

__all__ = ["KubeSource", "connect"]
