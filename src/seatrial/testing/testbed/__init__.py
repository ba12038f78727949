"""The real components: built from pinned Go modules, started on loopback, taken down again."""

from seatrial.testing.testbed.components import Missing, binary
from seatrial.testing.testbed.control_plane import ControlPlane
from seatrial.testing.testbed.state_world import StateWorld, ambient, install_crds, refusals, uninstall_crds

__all__ = [
    "ControlPlane",
    "Missing",
    "StateWorld",
    "ambient",
    "binary",
    "install_crds",
    "refusals",
    "uninstall_crds",
]
