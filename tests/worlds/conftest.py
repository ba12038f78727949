"""The real API server for worlds; where it cannot be had, a loud skip, or a failure where CI asks for it."""

import os

import pytest

from seatrial.testing.testbed import ControlPlane, Missing, StateWorld
from seatrial.testing.testbed.real_world import RealWorld

PROVED: dict[str, set[str]] = {}
"""Outcomes that each check gave on the real server, by check id."""


def missing(reason: str) -> None:
    if os.environ.get("SEATRIAL_REQUIRE_REAL"):
        pytest.fail(f"the real servers are required: {reason}", pytrace=False)
    pytest.skip(f"NOT PROVED ON THE REAL SERVER: {reason}")


@pytest.fixture(scope="session")
def without_servers():
    """What to do with the reason why a server of one's own cannot be had."""
    return missing


@pytest.fixture(scope="session")
def control_plane():
    try:
        with ControlPlane() as plane:
            yield plane
    except Missing as error:
        missing(str(error))


@pytest.fixture(scope="session")
def lenient_plane():
    """A server that only says whether an object is one: no admission refuses anything."""
    try:
        with ControlPlane(admission=False) as plane:
            yield plane
    except Missing as error:
        missing(str(error))


@pytest.fixture(scope="session")
def state_world(control_plane):
    return StateWorld(control_plane)


@pytest.fixture(scope="session")
def real_world(control_plane):
    return RealWorld(control_plane)


def pytest_terminal_summary(terminalreporter):
    if PROVED:
        from seatrial.app.catalogue import installed_checks

        both = sum({"pass", "fail"} <= outcomes for outcomes in PROVED.values())
        terminalreporter.write_line(f"checks proved both ways: {both} of {len(installed_checks())}")


@pytest.fixture(scope="session")
def proved():
    return PROVED
