"""A real cluster on this machine: two kubelets, real pods, enforced network policies; and the demo platform on it."""

from seatrial.testing.cluster.cluster import Cluster, Unfit

__all__ = ["Cluster", "Unfit"]
