"""The patches that ``seatrial fix`` prints, as the real API server takes them."""

import shlex
import subprocess

import pytest
from msgspec import structs

from seatrial.app import fixing, trials
from seatrial.app.catalogue import installed_checks
from seatrial.app.collect import quiet
from seatrial.testing.proving import module_of, worlds
from seatrial.testing.testbed import binary
from seatrial.testing.worlds import hold

GIVEN = {
    "memory-limit": "256Mi", "cpu-limit": "1", "cpu-request": "100m", "memory-request": "64Mi", "run-as-user": "10001",
    "priority-class": "business", "critical-class": "system-cluster-critical",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo():
    plan = fixing.plan(
        (), manifests=(), replay=None, demo=True, profile_path=None, given=GIVEN, progress=quiet
    )
    trial = structs.replace(plan.trial, cluster=structs.replace(plan.trial.cluster, context=""))
    return fixing._manifests_of(trials.demo()), structs.replace(plan, trial=trial)


def test_the_server_takes_every_patch_of_the_demo_as_a_dry_run(control_plane, state_world, demo):
    whole, plan = demo
    wanted = set(plan.patches)
    objects = [row.object for row in whole if fixing._subject(row) in wanted]
    assert len(objects) == len(wanted) > 10
    with state_world.holding([{**row, "metadata": placed(row["metadata"])} for row in objects]):
        for line in fixing.commands(plan):
            words = shlex.split(line)
            words[0] = binary("kubectl")
            done = subprocess.run(
                [*words, "--kubeconfig", control_plane.kubeconfig(), "--dry-run=server", "-o", "name"],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{line}\n{done.stderr}"
            assert "no change" not in done.stderr


def placed(metadata):
    return {key: value for key, value in metadata.items() if key in {"name", "namespace", "labels"}}


def test_most_of_what_fails_in_the_demo_is_mended_or_explained(demo):
    _, plan = demo

    assert len(plan.mended) > 20
    for row in plan.rows:
        assert row.why or row.patch


def test_every_check_with_a_fix_has_a_world(demo):
    """The law of fixes is one over worlds: none is left out."""
    for check in installed_checks():
        if check.fix is not None:
            assert any(hold(world, trap).objects for _, world, trap in worlds(module_of(check)))
