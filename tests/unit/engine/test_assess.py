"""From a trial to verdicts: routes, alternatives, freshness, waivers, declarations, gates, and what to do next."""

import pytest
from msgspec import structs

from seatrial.algebra.outcomes import FAIL, NOT_APPLICABLE, PASS, UNKNOWN
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.engine.assess import assess
from seatrial.engine.decide import decide, selected
from seatrial.engine.plan import missing_for, needs_of, route_of
from seatrial.kit import World
from seatrial.model.evidence import Cause
from seatrial.model.item import Claim, Holds
from seatrial.model.outcome import Proof
from seatrial.testing.worlds import hold, trial_of

CATALOGUE = installed_catalogue()
CHECKS = installed_checks()
POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: web, image: "shop/web:2.1", resources: {limits: {cpu: "1", memory: %s}}}]}
status: {phase: Running}
"""
LIMITED = World(POD % "128Mi")
UNLIMITED = World(POD % "null")


def judged(world, *, profile="", gate="3.7", **changes):
    trial = trial_of(hold(structs.replace(world, profile=profile)), needs_of(CHECKS))
    return assess(structs.replace(trial, **changes), CATALOGUE, CHECKS, gate, lambda: 0.0)


def item(result, id):
    return next(row for row in result.items if row.id == id)


def claim(result, id, name):
    return next(row for row in item(result, id).claims if row.id == name)


def test_an_item_is_the_all_of_of_its_claims():
    assert item(judged(LIMITED), "3.7").outcome is PASS
    assert item(judged(UNLIMITED), "3.7").outcome is FAIL


def test_every_item_is_there_and_what_no_check_answers_is_unknown():
    result = judged(LIMITED)

    assert len(result.items) == 220
    assert item(result, "18.1").outcome is UNKNOWN
    assert all(row.gaps for row in item(result, "18.1").claims)


def test_a_pass_cites_the_stored_evidence():
    (finding,) = claim(judged(LIMITED), "3.7", "memory-limit").findings
    (cite,) = finding.cites

    assert cite.pointer == "/0/spec/containers/0/resources/limits/memory"
    assert len(cite.digest) == 64


def test_a_findings_key_does_not_depend_on_its_words():
    before = claim(judged(LIMITED), "3.7", "memory-limit").findings[0]
    after = claim(judged(UNLIMITED), "3.7", "memory-limit").findings[0]

    assert before.observed != after.observed
    assert before.key == after.key


def test_old_evidence_is_unknown():
    late = judged(LIMITED, now="2026-06-01T14:00:01Z")

    assert claim(late, "3.7", "memory-limit").outcome is UNKNOWN
    assert Cause.STALE in {gap.cause for gap in claim(late, "3.7", "memory-limit").gaps}


def test_a_waiver_changes_the_gate_and_not_the_verdict():
    waiver = "waivers: [{item: '3.7', owner: o, reason: r, expires: '%s'}]"
    held = judged(UNLIMITED, profile=waiver % "2026-06-01")
    gone = judged(UNLIMITED, profile=waiver % "2026-05-31")

    assert (item(held, "3.7").outcome, held.decision.outcome) == (FAIL, PASS)
    assert (item(gone, "3.7").outcome, gone.decision.outcome) == (FAIL, FAIL)


def test_a_declaration_that_observation_contradicts_is_unknown():
    says = "notApplicable: [{item: '17.2', condition: external-state, owner: o, reason: r}]"
    bare = World("""
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop}
spec:
  containers: [{name: db, image: "shop/db:1"}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
status: {phase: Running}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
""")

    assert item(judged(LIMITED, profile=says), "17.2").outcome is NOT_APPLICABLE
    assert item(judged(bare, profile=says), "17.2").outcome is UNKNOWN


def test_a_subject_that_a_claim_does_not_speak_of_stays_so_beside_an_alternative_nobody_judged():
    """An implementation that may be here makes the list open; it makes no question of what keeps no state."""
    trial = trial_of(hold(LIMITED), needs_of(CHECKS))
    discovery = structs.replace(trial.evidence["kube/discovery"], chunks=())
    result = assess(
        structs.replace(trial, evidence=trial.evidence | {"kube/discovery": discovery}),
        CATALOGUE,
        CHECKS,
        "none",
        lambda: 0.0,
    )
    lost = claim(result, "17.2", "stateful-pod-owner")

    assert {str(row.outcome) for row in lost.findings} == {"not-applicable"}
    assert lost.outcome is UNKNOWN


def a_claim(*routes):
    return Claim("a", "A", "pod", None, Holds("every"), (Proof.OBSERVED,), routes)


def test_the_first_route_that_is_configured_decides():
    routed = a_claim(("prober",), ("kube", "profile"), ("kube",))

    assert route_of(routed, ["kube", "profile"]) == ("kube", "profile")
    assert route_of(routed, ["kube"]) == ("kube",)
    assert route_of(routed, ["git"]) is None


def test_what_is_missing_is_the_least_that_would_do():
    assert missing_for(a_claim(("git", "kube"), ("statement",)), ["kube"]) == ("git",)


@pytest.mark.parametrize(
    ("gate", "ids"),
    [
        ("go-live", ["3.1", "3.10", "17.1"]),
        ("none", []),
        ("3.*", ["3.1", "3.10"]),
        ("3.1, 17.*", ["3.1", "17.1"]),
    ],
)
def test_a_gate_asks_for_what_it_names(gate, ids):
    assert list(selected(gate, ["3.1", "3.10", "17.1"])) == ids


def test_a_gate_fails_cannot_be_told_or_holds():
    rows = judged(UNLIMITED).items

    assert decide("3.7", rows).outcome is FAIL
    assert decide("18.*", rows).outcome is UNKNOWN
    assert decide("none", rows).outcome is PASS


def test_each_unknown_item_waits_once():
    result = judged(LIMITED)
    waiting = [id for wait in result.waits for id in wait.items]

    assert len(waiting) == len(set(waiting))
    assert set(waiting) == {row.id for row in result.items if row.outcome is UNKNOWN}


def test_nobody_is_asked_for_what_this_version_could_not_use():
    for wait in judged(LIMITED).waits:
        if wait.action.startswith("connect "):
            assert not wait.possible


def test_what_can_be_done_comes_first():
    possible = [wait.possible for wait in judged(LIMITED).waits]

    assert possible == sorted(possible, reverse=True)
