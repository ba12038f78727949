"""What must be asked, and whom, before anything can be judged."""

from collections.abc import Iterable
from typing import Any

from seatrial.kit.checking import Check
from seatrial.model.evidence import Need
from seatrial.model.item import Claim, Route
from seatrial.needs import kube


def needs_of(checks: Iterable[Check[Any, Any]]) -> tuple[Need, ...]:
    """Every question of these checks, once, in a steady order; discovery first, since the others rest on it."""
    found = {need for check in checks for need in check.needs}
    found.discard(kube.DISCOVERY)
    return (kube.DISCOVERY, *sorted(found))


def route_of(claim: Claim, sources: Iterable[str]) -> Route | None:
    """The route by which a claim is judged: the first that is configured. No lower one replaces it when it fails."""
    configured = set(sources)
    return next((route for route in claim.routes if set(route) <= configured), None)


def missing_for(claim: Claim, sources: Iterable[str]) -> tuple[str, ...]:
    """The sources that would have to be connected for the route that wants the fewest; the first of equals."""
    configured = set(sources)
    lacking = [tuple(source for source in route if source not in configured) for route in claim.routes]
    return min(lacking, key=len, default=())
