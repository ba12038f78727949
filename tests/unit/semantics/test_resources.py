"""Requests and limits in effect."""

import pytest

from seatrial.semantics import resources
from seatrial.wire.pod import Container, Pod, PodSpec, Resources

AT = "/spec/containers/0"


def effective(which, own, level=None):
    container = Container(name="web", resources=own)
    pod = Pod(spec=PodSpec(containers=(container,), resources=level))
    found = getattr(resources, which)(pod, container, AT, "memory")
    return found.value, found.at


@pytest.mark.parametrize(
    ("own", "level", "value", "at"),
    [
        ({"memory": "1Gi"}, {}, "1Gi", f"{AT}/resources/limits/memory"),
        ({"memory": "1Gi"}, {"memory": "2Gi"}, "1Gi", f"{AT}/resources/limits/memory"),
        ({}, {"memory": "2Gi"}, "2Gi", "/spec/resources/limits/memory"),
        ({"memory": "0"}, {"memory": "2Gi"}, "2Gi", "/spec/resources/limits/memory"),
        ({"memory": "0"}, {}, None, AT),
        ({}, {"memory": "0"}, None, AT),
        ({"cpu": "1"}, {"cpu": "2"}, None, AT),
    ],
)
def test_a_limit_is_the_containers_own_else_the_pods_and_0_is_none(own, level, value, at):
    assert effective("limit", Resources(limits=own), Resources(limits=level)) == (value, at)


@pytest.mark.parametrize(
    ("requests", "limits", "value"),
    [
        ({"memory": "64Mi"}, {"memory": "1Gi"}, "64Mi"),
        ({}, {"memory": "1Gi"}, "1Gi"),
        ({"memory": "0"}, {"memory": "1Gi"}, None),
        ({}, {"memory": "0"}, None),
        ({"cpu": "1"}, {}, None),
    ],
)
def test_a_request_that_is_missing_is_the_limit_but_one_of_0_is_none(requests, limits, value):
    assert effective("request", Resources(requests=requests, limits=limits))[0] == value
