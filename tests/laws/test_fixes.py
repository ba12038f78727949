"""Every fix mends: the patched object is judged again and passes; what cannot be mended by a patch says why."""

from functools import cache

import pytest

from seatrial.app import fixing
from seatrial.app.catalogue import installed_checks
from seatrial.app.fixing import plan_of
from seatrial.engine.plan import needs_of
from seatrial.sources.manifests.files import Manifest
from seatrial.testing.proving import module_of, worlds
from seatrial.testing.worlds import hold, trial_of

GIVEN = {
    "memory-limit": "256Mi", "cpu-limit": "1", "cpu-request": "100m", "memory-request": "64Mi", "run-as-user": "10001",
    "priority-class": "standard", "critical-class": "system-cluster-critical",
}  # fmt: skip
FIXED = [check for check in installed_checks() if check.fix is not None]


def written(objects):
    """The objects that somebody wrote: pods of a controller become its template."""
    found = {(row["kind"], row["metadata"].get("namespace"), row["metadata"]["name"]): row for row in objects}
    for row in objects:
        owner = next(
            (row for row in row["metadata"].get("ownerReferences", ()) if row.get("controller")), None
        )
        if owner is None:
            continue
        del found[row["kind"], row["metadata"].get("namespace"), row["metadata"]["name"]]
        if row["kind"] == "Pod" and owner["apiVersion"] == "apps/v1":
            key = (owner["kind"], row["metadata"]["namespace"], owner["name"])
            labels = row["metadata"].get("labels", {})
            template = {"metadata": {"labels": labels}, "spec": row["spec"]}
            made = {
                "apiVersion": "apps/v1",
                "kind": owner["kind"],
                "metadata": {"name": owner["name"], "namespace": row["metadata"]["namespace"]},
            }
            known = found.get(key, made)
            found[key] = {
                **known,
                "spec": {**known.get("spec", {"selector": {"matchLabels": labels}}), "template": template},
            }
    return list(found.values())


@cache
def plans(check):
    """Of every world of a check that fails as declared: its plan."""
    found = []
    for name, world, trap in worlds(module_of(check)):
        held = hold(world, trap)
        whole = [Manifest(row, f"world/{name}") for row in written(held.objects)]
        if whole:
            recorded = trial_of(held, needs_of(installed_checks()))
            bare = plan_of(whole, recorded, [check], {})
            found.append((name, plan_of(whole, recorded, [check], GIVEN), bare))
    return [row for row in found if row[1].rows]


@pytest.mark.parametrize("check", FIXED, ids=lambda check: check.id)
def test_a_fix_mends_what_its_check_finds(check):
    found = plans(check)
    mended = [row for _, plan, _ in found for row in plan.mended]

    assert mended, f"no world shows that the fix mends: {[(n, [r.why for r in p.rows]) for n, p, _ in found]}"
    for name, plan, _ in found:
        for row in plan.rows:
            assert row.why or row.patch, name


@pytest.mark.parametrize("check", FIXED, ids=lambda check: check.id)
def test_a_fix_needs_nothing_but_its_subject_and_what_is_given(check):
    """The same subject gives the same patch, and without what only the user knows there is none, with the way to say it."""
    for _, plan, bare in plans(check):
        for first, row in zip(plan.rows, bare.rows, strict=True):
            if "--set" in row.why:
                assert "decide" in row.why
                assert not row.patch
            else:
                assert row.mend.fix is not None or first.mend.fix is None


def test_what_has_no_fix_explains():
    for check in installed_checks():
        if check.fix is None:
            assert fixing._how(check.id)


def test_how_many_fixes_there_are():
    """As the documents say: docs/how-to/fix.md."""
    assert (len(FIXED), len(installed_checks())) == (18, 49)
