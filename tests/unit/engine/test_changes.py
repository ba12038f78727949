"""What changed between two judgements, and the gate that lets nothing get worse."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.engine.assess import assess
from seatrial.engine.changes import FindingRecord, How, ItemRecord, Record, compare, record_of
from seatrial.engine.plan import needs_of
from seatrial.engine.ratchet import _ALLOWED, _ASKED, ratchet
from seatrial.kit import World
from seatrial.model.evidence import Cause, Gap
from seatrial.model.outcome import Outcome
from seatrial.model.profile import Declares
from seatrial.needs import kube
from seatrial.testing.worlds import hold, trial_of

CATALOGUE = installed_catalogue()
CHECKS = installed_checks()


def pod(name, memory):
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: shop}}
spec:
  containers: [{{name: c, image: "shop/web:2.1", resources: {{limits: {{cpu: "1", memory: {memory}}}, requests: {{cpu: "1", memory: 1Mi}}}}}}]
status: {{phase: Running}}
"""


@cache
def judged(*pods, profile="", now="2026-06-01T12:00:00Z", refused=""):
    world = World("---".join(pod(*row) for row in pods), profile=profile)
    trial = structs.replace(trial_of(hold(world), needs_of(CHECKS)), now=now)
    if refused:
        answer = structs.replace(
            trial.evidence[refused], chunks=(), gaps=(Gap(refused, Cause.REFUSED, "HTTP 403", "grant it"),)
        )
        trial = structs.replace(trial, evidence={**trial.evidence, refused: answer})
    return assess(trial, CATALOGUE, CHECKS, "go-live", lambda: 0.0)


GOOD = judged(("web", "1Mi"))
BAD = judged(("web", "null"))
WORSE = judged(("web", "null"), ("api", "null"))
MENDED_AND_NEW = judged(("web", "1Mi"), ("api", "null"))


def of(result, claim="memory-limit"):
    return [(row.how, row.what) for row in result if row.claim == claim]


def between(before, after):
    return compare(record_of(before), record_of(after))


def test_an_item_that_fails_now_is_worse_and_its_object_is_new():
    found = between(GOOD, BAD)

    assert ("worse", "3.7", "pass", "fail") in [(row.how, row.item, row.was, row.now) for row in found]
    assert of(found) == [("new", "Pod shop/web (c)")]


def test_the_way_back_is_better_and_gone():
    found = between(BAD, GOOD)

    assert ("better", "3.7") in [(row.how, row.item) for row in found]
    assert of(found) == [("gone", "Pod shop/web (c)")]


def test_another_object_in_a_failing_item_shows():
    assert of(between(BAD, WORSE)) == [("new", "Pod shop/api (c)")]


def test_what_cannot_be_read_any_more_is_unknown_now():
    found = between(BAD, judged(("web", "null"), refused=kube.PODS.id))

    assert ("unknown now", "3.7") in [(row.how, row.item) for row in found if not row.key]


RECORDS = st.builds(
    lambda items, findings: Record("2026-01-01T00:00:00Z", "x", "c", False, 0, items, findings, {}),
    st.dictionaries(
        st.sampled_from(["1.1", "3.7", "30.10"]), st.builds(ItemRecord, st.sampled_from(Outcome), st.just("t"), st.booleans()),
        min_size=3,
    ),
    st.dictionaries(
        st.sampled_from(["a", "b", "c", "d"]),
        st.builds(FindingRecord, st.sampled_from([Outcome.FAIL, Outcome.UNKNOWN]), st.just("s"), st.just("3.7"), st.just("m")),
    ),
)  # fmt: skip
BACK = {How.NEW: How.GONE, How.GONE: How.NEW}


@given(RECORDS)
def test_nothing_differs_from_itself(record):
    assert compare(record, record) == ()


@given(RECORDS, RECORDS)
def test_every_difference_is_one_the_other_way_round(before, after):
    there, back = compare(before, after), compare(after, before)

    assert {(row.item, row.key) for row in there} == {(row.item, row.key) for row in back}
    for row in there:
        (other,) = [found for found in back if (found.item, found.key) == (row.item, row.key)]
        assert (row.was, row.now) == (other.now, other.was)
        if row.how in BACK:
            assert other.how == BACK[row.how]
        if row.how == How.BETTER:
            assert other.how in {How.WORSE, How.UNKNOWN_NOW}
    assert [list(How).index(row.how) for row in there] == sorted(list(How).index(row.how) for row in there)


def held(before, after):
    found = ratchet(before, after)
    assert found.outcome is (Outcome.FAIL if found.reasons else Outcome.PASS)
    return found.reasons


@pytest.mark.parametrize("run", [GOOD, BAD, WORSE])
def test_the_ratchet_holds_over_what_is_the_same(run):
    assert held(run, run) == ()


def test_the_ratchet_holds_where_something_got_better():
    assert held(WORSE, BAD) == ()
    assert held(BAD, GOOD) == ()


def test_another_object_in_a_failing_item_does_not_pass_the_ratchet():
    reasons = held(BAD, WORSE)

    assert "3.7: memory-limit: Pod shop/api (c) fails" in reasons


def test_one_mended_and_one_new_do_not_make_up_for_one_another():
    assert "3.7: memory-limit: Pod shop/api (c) fails" in held(BAD, MENDED_AND_NEW)


def test_pass_to_fail_and_pass_to_unknown_do_not_pass_it():
    lost = judged(("web", "1Mi"), refused=kube.PODS.id)

    assert "3.7: was pass, is fail" in held(GOOD, BAD)
    assert "3.7: was pass, is unknown" in held(GOOD, lost)
    assert f"{kube.PODS.id} is not read any more: refused, HTTP 403" in held(GOOD, lost)


def test_a_list_that_was_not_read_before_either_is_nothing_new():
    lost = judged(("web", "1Mi"), refused=kube.PODS.id)

    assert held(lost, lost) == ()


def partly(besides):
    gap = Gap(kube.PODS.id, Cause.REFUSED, "HTTP 403", "grant it", besides=besides)
    evidence = dict(BAD.trial.evidence)
    evidence[kube.PODS.id] = structs.replace(evidence[kube.PODS.id], gaps=(gap,))
    return structs.replace(BAD, trial=structs.replace(BAD.trial, evidence=evidence))


def test_a_namespace_that_is_not_read_any_more_does_not_pass_it():
    reasons = held(partly(("a", "b")), partly(("a",)))

    assert reasons == (f"{kube.PODS.id} of b is not read any more: refused, HTTP 403",)
    assert held(partly(("a",)), partly(("a", "b"))) == ()


TASK = "declares: {scheduledTasks: [{name: t, namespace: shop, cronJob: t, owner: %s, reason: r}]}"


def test_a_declaration_that_is_gone_does_not_pass_it_and_another_owner_does():
    declared = judged(("web", "null"), profile=TASK % "o")

    assert "t is not declared any more, or not as it was (declares.scheduledTasks)" in held(declared, BAD)
    assert not [
        row for row in held(declared, judged(("web", "null"), profile=TASK % "p")) if "declare" in row
    ]


def test_every_declaration_asks_for_more_or_for_less():
    """A new one must be told apart here, else taking it out would pass."""
    told = {*_ASKED, *_ALLOWED, "opt_outs"}

    assert told == set(Declares.__struct_fields__)


def test_a_waiver_that_is_over_does_not_pass_it():
    waiver = "waivers: [{item: '3.7', owner: o, reason: r, expires: '2026-06-01'}]"
    while_it_held = judged(("web", "null"), profile=waiver)
    after_it = judged(("web", "null"), profile=waiver, now="2026-06-02T12:00:00Z")

    assert held(while_it_held, while_it_held) == ()
    assert "3.7: its waiver is over" in held(while_it_held, after_it)


@pytest.mark.parametrize(
    ("profile", "says"),
    [
        ("scope: {platformNamespaces: [shop]}", "namespace shop is no application's any more"),
        (
            "scope: {excluded: [{kind: Pod, namespace: shop, name: web, owner: o, reason: r}]}",
            "Pod shop/web is excluded",
        ),
        ("accepts: [{reading: no-cpu-limits, owner: o, reason: r}]", "the looser reading no-cpu-limits is accepted"),
        (
            "declares: {optOuts: [{kind: Pod, namespace: shop, name: web, claim: horizontal-autoscaler, owner: o, reason: r}]}",
            "Pod shop/web opts out of horizontal-autoscaler",
        ),
        ("limits: {memory-limit: {share: 0.5}}", "the limits of memory-limit are others"),
        (
            "notApplicable: [{item: '17.2', condition: external-state, owner: o, reason: r}]",
            "is declared not applicable: external-state",
        ),
    ],
)  # fmt: skip
def test_looking_at_less_does_not_pass_it(profile, says):
    reasons = held(BAD, judged(("web", "null"), profile=profile))

    assert [row for row in reasons if says in row], reasons
    assert not [row for row in held(judged(("web", "null"), profile=profile), BAD) if says in row]
