"""The Pod Security Standards: a table of every control at its edges, and what holds for any pod."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.semantics import pod_security
from seatrial.semantics.pod_security import ENFORCE, ENFORCE_VERSION, NEWEST, UnknownVersion, enforced
from seatrial.testing.pod_security import ALONE, COMPLIANT, HARMLESS, mixed, pod
from seatrial.testing.worlds import merge
from seatrial.wire.pod import Pod

MINORS = range(NEWEST + 1)
CHANGES = {8, 19, 22, 23, 25, 27, 29, 31, 32, 34, 35}
SHUTS = {8, 19, 22, 23, 34}
"""The changes that only forbid more; the others excuse."""

PODS = st.builds(
    lambda cases: [mixed(cases[0].pod, cases[1].pod), cases[0].pod],
    st.lists(st.sampled_from(ALONE), min_size=2, max_size=2),
).flatmap(st.sampled_from)


def read(pod):
    return msgspec.convert(pod, type=Pod)


def violations(pod, level, minor):
    return pod_security.violations(read(pod), level, minor)


def controls(pod, level, minor):
    return {row.control for row in violations(pod, level, minor)}


@pytest.mark.parametrize("level", ["baseline", "restricted"])
@pytest.mark.parametrize("case", ALONE, ids=lambda case: case.name)
def test_each_control_is_broken_in_its_versions_and_in_no_other(case, level):
    found = {minor: controls(case.pod, level, minor) for minor in MINORS}

    assert found == {minor: case.breaks(level, minor) for minor in MINORS}


@given(PODS, st.sampled_from(MINORS))
def test_privileged_forbids_nothing(pod, minor):
    assert violations(pod, "privileged", minor) == ()


@given(PODS, st.sampled_from(MINORS))
def test_what_breaks_baseline_breaks_restricted(pod, minor):
    """But for Windows pods: what restricted excuses them from, no server lets them set."""
    sets_linux_only = pod["spec"].get("os") == {"name": "windows"} and minor >= 25
    if violations(pod, "baseline", minor) and not sets_linux_only:
        assert violations(pod, "restricted", minor)


@given(PODS, st.sampled_from(["baseline", "restricted"]), st.sampled_from(MINORS[1:]))
def test_the_rules_of_a_version_are_those_of_the_version_before_but_for_its_changes(pod, level, minor):
    before, after = controls(pod, level, minor - 1), controls(pod, level, minor)

    if minor not in CHANGES:
        assert before == after
    elif minor not in SHUTS:
        assert before >= after
    elif minor == 19:  # annotations gave way to fields
        assert before - {"seccompProfile"} <= after
    else:
        assert before <= after


@given(PODS, st.sampled_from(MINORS))
def test_every_violation_points_at_what_is_there(pod, minor):
    """Where something is missing, at the container that lacks it."""
    for row in violations(pod, "restricted", minor):
        at = pod
        for part in row.at.removeprefix("/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            at = at[int(name)] if isinstance(at, list) else at[name]
        assert at not in (None, [], {}), row


@given(PODS, st.sampled_from(["baseline", "restricted"]), st.sampled_from(MINORS))
def test_the_order_of_containers_changes_no_control(pod, level, minor):
    spec = {key: value[::-1] if key.endswith("ontainers") else value for key, value in pod["spec"].items()}
    assert controls(pod, level, minor) == controls({**pod, "spec": spec}, level, minor)


@given(PODS, st.sampled_from(["baseline", "restricted"]), st.sampled_from(MINORS))
def test_a_harmless_container_more_mends_nothing_and_breaks_nothing(pod, level, minor):
    more = {
        **HARMLESS,
        "name": "more",
        "securityContext": HARMLESS["securityContext"]
        | {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    }
    grown = {**pod, "spec": {**pod["spec"], "containers": [*pod["spec"]["containers"], more]}}

    assert controls(pod, level, minor) == controls(grown, level, minor)


def test_a_violation_names_the_container_and_the_value():
    second = merge(
        HARMLESS, {"name": "proxy", "securityContext": {"capabilities": {"add": ["NET_ADMIN", "BPF"]}}}
    )
    (found,) = violations(pod({"initContainers": [second]}), "restricted", NEWEST)

    assert (found.control, found.says) == ("capabilities", "proxy adds BPF, NET_ADMIN")
    assert found.at == "/spec/initContainers/0/securityContext/capabilities/add"


def test_a_pod_without_containers_breaks_nothing_of_theirs():
    assert violations(merge(COMPLIANT, {"spec": {"containers": []}}), "restricted", NEWEST) == ()


@pytest.mark.parametrize("level", ["privileged", "baseline", "restricted"])
def test_a_version_newer_than_the_known_ones_is_refused(level):
    with pytest.raises(UnknownVersion, match=re.escape(f"1.{NEWEST + 1}")):
        violations(COMPLIANT, level, NEWEST + 1)


@pytest.mark.parametrize(
    ("labels", "level", "minor", "odd"),
    [
        ({ENFORCE: "privileged"}, "privileged", None, ""),
        ({ENFORCE: "baseline", ENFORCE_VERSION: "latest"}, "baseline", None, ""),
        ({ENFORCE: "restricted", ENFORCE_VERSION: "v1.0"}, "restricted", 0, ""),
        ({ENFORCE: "restricted", ENFORCE_VERSION: "v1.36"}, "restricted", 36, ""),
        ({ENFORCE: "restricted", ENFORCE_VERSION: "v1.12345"}, "restricted", 12345, ""),
        ({ENFORCE: "Restricted", ENFORCE_VERSION: "v1.20"}, "restricted", 20, f"{ENFORCE}=Restricted"),
        ({ENFORCE: "", ENFORCE_VERSION: "v1.20"}, "restricted", 20, f"{ENFORCE}="),
        *(
            ({ENFORCE: "baseline", ENFORCE_VERSION: text}, "baseline", None, f"{ENFORCE_VERSION}={text}")
            for text in (
                "1.20",
                "v1.05",
                "v1.20.1",
                "v2.0",
                "v1.",
                "v1.-1",
                "v1.\u0663",
                "v1.20\n",
                "Latest",
                "",
            )
        ),
        ({ENFORCE: "none", ENFORCE_VERSION: "1.20"}, "restricted", None, f"{ENFORCE}=none"),
    ],
)
def test_labels_that_do_not_parse_are_read_as_the_strictest(labels, level, minor, odd):
    found = enforced(labels)

    assert (found.level, found.minor, found.odd) == (level, minor, odd)
    assert bool(found.note) == bool(odd)


@pytest.mark.parametrize(
    "labels", [{}, {ENFORCE_VERSION: "v1.20"}, {"pod-security.kubernetes.io/warn": "restricted"}]
)
def test_without_a_level_the_labels_enforce_nothing(labels):
    assert enforced(labels) is None
    assert pod_security.describe(enforced(labels)) == "no enforce label"


@given(st.dictionaries(st.sampled_from([ENFORCE, ENFORCE_VERSION]), st.text(max_size=30)))
def test_any_labels_are_read(labels):
    found = enforced(labels)

    assert (found is None) == (ENFORCE not in labels)
    assert found is None or found.level in pod_security.LEVELS
