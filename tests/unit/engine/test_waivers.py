"""Waivers of whole items, of claims and of single objects; and those that do nothing."""

import pytest
from msgspec import structs

from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.engine.assess import assess
from seatrial.engine.plan import needs_of
from seatrial.kit import World
from seatrial.model.evidence import Cause, Gap
from seatrial.model.outcome import Outcome
from seatrial.needs import kube
from seatrial.testing.worlds import hold, trial_of

POD = """
apiVersion: v1
kind: Pod
metadata: {name: %s, namespace: shop}
spec:
  containers: [{name: c, image: i, resources: {limits: {cpu: "1", memory: %s}, requests: {cpu: "1", memory: 1Mi}}}]
status: {phase: Running}
"""

PODS = (("web", "null"), ("api", "null"), ("good", "1Mi"))


def judged(*pods, profile, now="2026-06-01T12:00:00Z", gap=None):
    world = World("---".join(POD % row for row in pods), profile=profile)
    trial = structs.replace(trial_of(hold(world), needs_of(installed_checks())), now=now)
    if gap is not None:
        evidence = dict(trial.evidence)
        evidence[gap.need] = structs.replace(evidence[gap.need], gaps=(gap,))
        trial = structs.replace(trial, evidence=evidence)
    return assess(trial, installed_catalogue(), installed_checks(), "go-live", lambda: 0.0)


def item(waivers, id="3.7", pods=PODS, now="2026-06-01T12:00:00Z"):
    found = judged(*pods, profile=f"waivers: [{waivers}]", now=now)
    return next(row for row in found.items if row.id == id), [row.state for row in found.waivers]


def waiver(more="", expires="2026-12-31"):
    return f"{{item: '3.7', owner: o, reason: r, expires: '{expires}'{more and ', ' + more}}}"


def subjects(*rows):
    return f"subjects: [{', '.join(rows)}]"


ALL = subjects("{kind: Pod, namespace: shop, name: '*'}")
WEB = subjects("{kind: Pod, namespace: shop, name: web}")
API = subjects("{name: api}")


def test_a_waiver_of_all_the_objects_that_hinder_waives_the_item_and_changes_no_verdict():
    found, states = item(waiver(ALL))

    assert (found.outcome, found.waiver, states) == (Outcome.FAIL, "until 2026-12-31: r (o)", ["used"])


def test_one_object_that_is_not_among_them_keeps_the_item_open():
    found, states = item(waiver(WEB))

    assert (found.waiver, states) == ("", ["not enough"])


def test_waivers_of_single_objects_add_up():
    found, states = item(f"{waiver(WEB)}, {waiver(API)}")

    assert found.waiver
    assert states == ["used", "used"]


def test_an_object_that_comes_later_is_not_waived():
    found, _ = item(waiver(subjects("{name: web}", "{name: api}")), pods=(*PODS, ("new", "null")))

    assert found.waiver == ""


def test_a_waiver_of_a_claim_covers_that_claim_and_no_other():
    assert item(waiver("claim: memory-limit"))[0].waiver
    assert item(waiver("claim: cpu-limit")) == (item(waiver("claim: cpu-limit"))[0], ["unused"])
    assert item(waiver("claim: cpu-limit"))[0].waiver == ""
    assert item(waiver("claim: cpu-limit, " + ALL))[0].waiver == ""
    assert item(waiver("claim: memory-limit, " + ALL))[0].waiver


@pytest.mark.parametrize(("pods", "outcome"), [(PODS, Outcome.FAIL), ((("web", "1Mi"),), Outcome.UNKNOWN)])
def test_objects_do_not_waive_what_could_not_be_read(pods, outcome):
    """A list with a gap may hold more than the objects that a waiver names."""
    gap = Gap(kube.PODS.id, Cause.REFUSED, "HTTP 403", "grant it", namespace="other")
    found = judged(*pods, profile=f"waivers: [{waiver(ALL)}]", gap=gap)
    item = next(row for row in found.items if row.id == "3.7")

    assert (item.outcome, item.waiver) == (outcome, "")


@pytest.mark.parametrize("more", ["", ALL])
def test_after_its_last_day_it_covers_nothing_and_is_told(more):
    on_the_day, during = item(waiver(more, "2026-06-01"))
    found, states = item(waiver(more, "2026-05-31"))

    assert on_the_day.waiver
    assert during == ["used"]
    assert (found.waiver, states) == ("", ["expired"])


@pytest.mark.parametrize("more", ["", WEB])
def test_one_that_covers_nothing_any_more_is_told(more):
    found, states = item(waiver(more), pods=(("web", "1Mi"),))

    assert found.outcome is Outcome.PASS
    assert states == ["unused"]


def test_an_item_that_cannot_be_waived_is_not():
    found = judged(*PODS, profile="waivers: [{item: '29.7', owner: o, reason: r, expires: '2026-12-31'}]")

    assert next(row for row in found.items if row.id == "29.7").waiver == ""
