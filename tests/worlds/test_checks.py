"""Every world of every check, written into a real etcd, read through the unmodified API server, and judged.

One test for each check; worlds that need another API group served come last, group by group.
"""

import pytest

from seatrial.algebra.outcomes import PASS
from seatrial.app.catalogue import installed_checks
from seatrial.needs import kube
from seatrial.testing.proving import module_of, worlds
from seatrial.testing.testbed.state_world import ambient, refusals
from seatrial.testing.worlds import ambient as ambient_in_memory
from seatrial.testing.worlds import hold

CHECKS = installed_checks()
SPO = (kube.PROFILE_NODE_STATUSES.group + "/v1", (kube.PROFILE_NODE_STATUSES.resource,))

each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)


def served(trap, world):
    groups = set(world.serves) | {
        (change.target, tuple(change.value))
        for change in (trap.changes if trap else ())
        if change.verb == "serve"
    }
    if "security-profiles-operator" in world.objects:
        groups.add(SPO)
    return frozenset(groups)


@each_check
def test_every_world_on_the_real_server(check, real_world, proved):
    skipped = 0
    for name, world, trap in sorted(worlds(module_of(check)), key=lambda row: sorted(served(row[2], row[1]))):
        held = hold(world, trap)
        if any(place is not None for _, place in held.refused):
            skipped += 1  # RBAC refuses a list in the whole cluster, or nowhere
            continue
        with real_world.serving(served(trap, world)):
            found = real_world.judge(check, trap)

        assert (trap.gives if trap else PASS) == found.outcome, (name, found.findings, found.gaps)
        proved.setdefault(check.id, set()).add(str(found.outcome))
    assert skipped <= 1


@each_check
def test_every_object_of_its_worlds_is_one_that_a_server_takes(check, lenient_plane):
    """Unknown fields and wrong values would make a world that cannot be: each object is created as a dry run."""
    seen = set()
    for name, world, trap in worlds(module_of(check)):
        for row in hold(world, trap).objects:
            text = repr(row)
            if text in seen or "security-profiles-operator" in text:
                continue
            seen.add(text)
            found = [says for says in refusals(lenient_plane, [row]) if not allowed(check.id, says)]

            assert not found, (name, found)


def allowed(check, says):
    """What stands in real clusters although a server of today would not take it anew, and why."""
    return any(part in says for part in OLD_OBJECTS.get(check, ()))


OLD_OBJECTS = {
    # older than the rule that a schedule has no time zone in it (1.29)
    "scheduled_task_deployed_cronjob": (
        "TZ=Europe/Berlin",
        "CRON_TZ=UTC",
        "unknown time zone Europe/Atlantis",
    ),
}


def test_the_ambient_objects_in_memory_are_those_of_an_empty_server(control_plane):
    assert ambient(control_plane) == sorted(
        ambient_in_memory(),
        key=lambda row: (row["kind"], row["metadata"].get("namespace", ""), row["metadata"]["name"]),
    )
