"""What quotas bound together, against brute force; what a LimitRange gives; what autoscalers need."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.semantics import autoscaling, limit_ranges, quotas
from seatrial.wire.base import Metadata
from seatrial.wire.pod import Container, Pod, PodSpec, Resources
from seatrial.wire.policy import (
    AutoscalerSpec,
    LimitRangeItem,
    Metric,
    MetricTarget,
    ResourceMetric,
    ResourceQuota,
    ResourceQuotaSpec,
    ScopeExpression,
    ScopeSelector,
)

PLAIN = ("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "CrossNamespacePodAffinity")
ROWS = st.one_of(
    st.builds(ScopeExpression, scope_name=st.sampled_from(PLAIN), operator=st.just("Exists")),
    st.builds(
        ScopeExpression,
        scope_name=st.just("PriorityClass"),
        operator=st.sampled_from(["In", "NotIn"]),
        values=st.lists(st.sampled_from("ab"), min_size=1, max_size=2, unique=True).map(tuple),
    ),
    st.builds(
        ScopeExpression,
        scope_name=st.just("PriorityClass"),
        operator=st.sampled_from(["Exists", "DoesNotExist"]),
    ),
)
SCOPED = st.lists(ROWS, min_size=0, max_size=3).map(tuple)


def quota(*rows, hard=None, scopes=()):
    hard = hard or {"pods": "9", "requests.cpu": "1", "requests.memory": "1Gi", "limits.memory": "1Gi"}
    selector = ScopeSelector(match_expressions=rows) if rows else None
    return ResourceQuota(
        metadata=Metadata(name="q"), spec=ResourceQuotaSpec(hard=hard, scopes=scopes, scope_selector=selector)
    )


PODS = [
    {"until": until, "amounts": amounts, "far": far, "class": name}
    for until, amounts, far, name in itertools.product(
        (None, 60), ({}, {"cpu": "1"}), (False, True), ("", "a", "b", "c")
    )
]
"""Pods of every kind: with a deadline or none, with requests or none, with far affinity or none, of every class."""


def by_hand(row, pod):
    name = pod["class"]
    match row.scope_name, row.operator:
        case "Terminating", _:
            return pod["until"] is not None
        case "NotTerminating", _:
            return pod["until"] is None
        case "BestEffort", _:
            return not pod["amounts"]
        case "NotBestEffort", _:
            return bool(pod["amounts"])
        case "CrossNamespacePodAffinity", _:
            return pod["far"]
        case _, "In":
            return name in row.values
        case _, "NotIn":
            return name == "" or name not in row.values
        case _, "Exists":
            return name != ""
        case _:
            return name == ""


@given(st.lists(SCOPED, max_size=4))
def test_quotas_bound_the_pods_that_are_in_the_scopes_of_one(scoped):
    found = [quota(*rows) for rows in scoped]

    def bounded(pod):
        return any(all(by_hand(row, pod) for row in rows) for rows in scoped)

    for what in ("pods", "memory limits"):
        assert quotas.bounds_all(found, what) == all(map(bounded, PODS))
    for what in ("CPU requests", "memory requests"):
        assert quotas.bounds_all(found, what) == all(bounded(pod) for pod in PODS if pod["amounts"])


@given(st.lists(SCOPED, max_size=3), SCOPED)
def test_one_more_quota_takes_no_bound_away(scoped, more):
    for what in quotas.NAMES:
        if quotas.bounds_all([quota(*rows) for rows in scoped], what):
            assert quotas.bounds_all([quota(*rows) for rows in (*scoped, more)], what)


def test_scopes_by_name_and_by_selector_are_the_same():
    by_name = [quota(scopes=("Terminating",)), quota(scopes=("NotTerminating",))]

    assert quotas.bounds_all(by_name, "pods")
    assert not quotas.bounds_all(by_name[:1], "pods")
    assert not quotas.bounds_all([quota(scopes=("SomethingNew",))], "pods")


def test_a_quota_bounds_only_what_it_names():
    assert not quotas.bounds_all([], "pods")
    assert not quotas.bounds_all([quota(hard={"configmaps": "9"})], "pods")
    assert quotas.bounds_all([quota(hard={"count/pods": "9"})], "pods")
    assert not quotas.bounds_all([quota(hard={"cpu": "9"})], "memory requests")


def test_of_two_names_the_smaller_bound_holds():
    both = quota(hard={"memory": "4Gi", "requests.memory": "1Gi"})

    assert quotas.bound(both, "memory requests") == 2**30 * 10**9
    assert quotas.bound(both, "pods") is None


@pytest.mark.parametrize(
    ("fields", "limits", "requests"),
    [
        ({"default": {"cpu": "1"}}, {"cpu"}, {"cpu"}), ({"max": {"cpu": "1"}}, {"cpu"}, {"cpu"}),
        ({"default_request": {"cpu": "1"}}, set(), {"cpu"}), ({"min": {"cpu": "1"}}, set(), {"cpu"}),
        ({"max_limit_request_ratio": {"cpu": "2"}}, set(), set()),
    ],
)  # fmt: skip
def test_a_limit_range_fills_in_as_the_server_does(fields, limits, requests):
    item = LimitRangeItem(type="Container", **fields)

    assert (limits, requests) == (limit_ranges.default_limits(item), limit_ranges.default_requests(item))
    assert not limit_ranges.default_requests(LimitRangeItem(type="Pod", **fields))


def spec(name="cpu", type="Utilization", container=""):
    metric = ResourceMetric(name=name, container=container, target=MetricTarget(type=type))
    field = "container_resource" if container else "resource"
    return AutoscalerSpec(metrics=(Metric(type="Resource", **{field: metric}),))


def pod(**requests):
    containers = [
        Container(name=name, resources=Resources(requests=amounts)) for name, amounts in requests.items()
    ]
    return Pod(spec=PodSpec(containers=tuple(containers)))


@pytest.mark.parametrize(
    ("asked", "requests", "lacks"),
    [
        (spec(), {"main": {"cpu": "1"}}, ""), (spec(), {"main": {}}, "main"), (spec(), {"main": {"cpu": "0"}}, "main"),
        (spec(), {"main": {"cpu": "1"}, "proxy": {}}, "proxy"), (spec("memory"), {"main": {"cpu": "1"}}, "main"),
        (spec(type="AverageValue"), {"main": {}}, ""), (spec(container="main"), {"main": {"cpu": "1"}, "proxy": {}}, ""),
        (spec(container="proxy"), {"main": {"cpu": "1"}, "proxy": {}}, "proxy"), (AutoscalerSpec(), {"main": {}}, "main"),
    ],
)  # fmt: skip
def test_utilization_needs_requests(asked, requests, lacks):
    found = autoscaling.without_request(asked, [pod(**requests)])

    assert (lacks in found) if lacks else (found == "")


def test_a_sidecar_counts_and_an_init_container_does_not():
    started = Container(name="migrate"), Container(name="log", restart_policy="Always")
    main = Container(name="main", resources=Resources(requests={"cpu": "1"}))

    def lacks(init):
        return autoscaling.without_request(
            spec(), [Pod(spec=PodSpec(containers=(main,), init_containers=(init,)))]
        )

    assert lacks(started[0]) == ""
    assert "log" in lacks(started[1])
