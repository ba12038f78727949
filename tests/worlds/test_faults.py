"""The faults before a real API server, over worlds in a real etcd: the same answers as in memory, and no false pass."""

import pytest

from seatrial.app.catalogue import installed_checks
from seatrial.testing.faults import FaultyServer
from seatrial.testing.faults.campaign import Campaign, worlds_of
from seatrial.testing.faults.upstreams import Real
from seatrial.testing.proving import module_of
from seatrial.testing.worlds import hold

CHECKS = {check.id: check for check in installed_checks()}
TRIED = ("disruption_budget", "pods_isolated", "quota_bounds_compute_resourcequota")
"""Checks over workloads, policies and quotas: together they ask for most kinds of lists."""


@pytest.mark.parametrize("id", TRIED)
def test_no_fault_before_the_real_server_moves_a_verdict_towards_pass(
    id, control_plane, state_world, real_world
):
    reader = real_world.reader()
    campaign = Campaign(share=0.25)
    for name, trap in worlds_of(CHECKS[id]):
        held = hold(module_of(CHECKS[id]).GOOD, trap)
        with state_world.holding(held.objects), FaultyServer(Real(control_plane)) as server:
            campaign.world(CHECKS[id], name, held, server, user=reader)

    assert campaign.result.injected > 60
    assert not campaign.result.false_passes
    assert not campaign.result.wordless
