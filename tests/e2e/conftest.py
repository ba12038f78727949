"""The real cluster; where it cannot be had, a loud skip, or a failure where CI asks for it."""

import os

import pytest

from seatrial.testing.cluster import Cluster, Unfit
from seatrial.testing.cluster.demo import deploy


def missing(reason):
    if os.environ.get("SEATRIAL_REQUIRE_REAL"):
        pytest.fail(f"the real cluster is required: {reason}", pytrace=False)
    pytest.skip(f"NOT TRIED ON THE REAL CLUSTER: {reason}")


@pytest.fixture
def fit():
    """This machine can run a cluster; none need run yet."""
    try:
        Cluster().refuse_unfit()
    except Unfit as error:
        missing(error)


@pytest.fixture(scope="session")
def cluster():
    try:
        with Cluster() as running:
            yield running
    except Unfit as error:
        missing(error)
    assert running.leftovers() == []


@pytest.fixture(scope="session")
def demo_cluster(cluster):
    deploy(cluster)
    return cluster
