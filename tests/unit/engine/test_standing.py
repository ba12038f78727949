"""One changed object, judged again: whatever changes, the verdicts are those of judging everything anew."""

import functools

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.trials import demo
from seatrial.engine.assess import assess
from seatrial.engine.plan import needs_of
from seatrial.engine.standing import Standing
from seatrial.needs import kube
from seatrial.wire.chunks import STORED_AS, key_of, unpack

CATALOGUE, CHECKS = installed_catalogue(), installed_checks()


@functools.cache
def recorded():
    """The demo's trial, its lists as JSON, and the needs that have objects."""
    trial = demo()
    rows = {}
    for need in needs_of(CHECKS):
        if need == kube.DISCOVERY or need.id not in trial.evidence:
            continue
        stored = STORED_AS.get(need.schema, dict)
        found = [row for chunk in trial.evidence[need.id].chunks for row in unpack(chunk, stored)]
        if found:
            rows[need] = [msgspec.to_builtins(row) for row in found]
    return trial, rows


def said(assessment):
    """Everything that a reader sees, less where it stands in the evidence and how long it took."""
    told = msgspec.to_builtins(assessment.items, order="sorted")
    for item in told:
        for claim in item.get("claims", ()):
            for finding in claim.get("findings", ()):
                finding.pop("cites", None)
    return told, msgspec.to_builtins(assessment.decision), msgspec.to_builtins(assessment.waits)


@st.composite
def changes(draw):
    _, rows = recorded()
    need = draw(st.sampled_from(sorted(rows)))
    record = draw(st.sampled_from(rows[need]))
    other = draw(st.sampled_from(rows[need]))
    key = key_of(record)
    way = draw(st.sampled_from(["gone", "other", "moved", "relabelled", "odd", "same"]))
    match way:
        case "gone":
            return need, key, None
        case "other":
            return need, key, {**record, "spec": other.get("spec", {}), "status": other.get("status", {})}
        case "moved":
            place = draw(st.sampled_from(sorted({key_of(row)[0] for row in rows[need]})))
            moved = {**record, "metadata": {**record["metadata"], "namespace": place, "name": "moved"}}
            if not need.namespaced:
                moved["metadata"].pop("namespace")
            return need, key_of(moved), moved
        case "relabelled":
            labels = other["metadata"].get("labels", {})
            return need, key, {**record, "metadata": {**record["metadata"], "labels": labels}}
        case "odd":
            return need, key, {**record, "metadata": {**record["metadata"], "labels": "none"}}
        case _:
            return need, key, record


def stored(need, record):
    """As a source would have stored it; of an odd one the kinds with a struct leave nothing but a gap."""
    struct = STORED_AS.get(need.schema)
    if struct is None or record is None:
        return record
    try:
        return msgspec.convert(record, struct)
    except msgspec.ValidationError:
        return None


@given(st.lists(changes(), min_size=1, max_size=4))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_a_change_judged_again_gives_what_judging_everything_anew_gives(steps):
    trial, _ = recorded()
    standing = Standing(trial, CATALOGUE, CHECKS, "go-live", lambda: 0.0)
    for need, key, record in steps:
        found = standing.change(need, key, stored(need, record))
        anew = assess(standing.trial(), CATALOGUE, CHECKS, "go-live", lambda: 0.0)

        assert said(found) == said(anew), (need.id, key)


def test_nothing_changed_is_what_assess_gives():
    trial, _ = recorded()

    assert said(Standing(trial, CATALOGUE, CHECKS, "go-live", lambda: 0.0).assessment) == said(
        assess(trial, CATALOGUE, CHECKS, "go-live", lambda: 0.0)
    )
