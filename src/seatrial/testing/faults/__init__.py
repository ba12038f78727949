"""What an API server, and all that stands between, can do wrong; done on purpose, to any request of a trial.

``FaultyServer`` stands before an upstream (a real API server, or one that serves a world's objects) and lets a *fault*
answer chosen requests in its place. ``python -m seatrial.testing.faults`` runs the campaign and writes its table.
"""

from seatrial.testing.faults.catalogue import FAULTS, Fault
from seatrial.testing.faults.exchange import Exchange, Reply
from seatrial.testing.faults.server import FaultyServer

__all__ = ["FAULTS", "Exchange", "Fault", "FaultyServer", "Reply"]
