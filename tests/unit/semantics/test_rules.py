"""Selectors, schedules, budgets, images, times: the rules of the field against tables and brute force."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.semantics import disruption, images, schedules, selectors, times
from seatrial.wire.base import LabelSelector, Requirement
from seatrial.wire.policy import DisruptionBudgetSpec

LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"), max_size=3)
ROWS = st.builds(
    Requirement,
    key=st.sampled_from("abc"),
    operator=st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"]),
    values=st.lists(st.sampled_from("xyz"), max_size=2).map(tuple),
)
SELECTORS = st.builds(
    LabelSelector, match_labels=LABELS, match_expressions=st.lists(ROWS, max_size=3).map(tuple)
)


def by_hand(selector, labels):
    for key, value in selector.match_labels.items():
        if labels.get(key) != value:
            return False
    for row in selector.match_expressions:
        there = row.key in labels
        among = labels.get(row.key) in row.values
        if not {"In": there and among, "NotIn": not among, "Exists": there, "DoesNotExist": not there}[
            row.operator
        ]:
            return False
    return True


@given(SELECTORS, LABELS)
def test_a_selector_selects_what_its_rows_say(selector, labels):
    assert by_hand(selector, labels) == selectors.matches(selector, labels)


@given(LABELS)
def test_no_selector_selects_nothing_and_an_empty_one_everything(labels):
    assert not selectors.matches(None, labels)
    assert selectors.matches(LabelSelector(), labels)


def test_an_operator_that_is_not_there_is_refused():
    with pytest.raises(selectors.Malformed):
        selectors.predicate(LabelSelector(match_expressions=(Requirement(key="a", operator="Like"),)))


@pytest.mark.parametrize(
    ("fields", "total", "wanted"),
    [
        ({"max_unavailable": 1}, 3, 1), ({"max_unavailable": "50%"}, 3, 2), ({"max_unavailable": "1%"}, 100, 1),
        ({"min_available": "50%"}, 3, 1), ({"min_available": "51%"}, 2, 0), ({"min_available": 5}, 3, 0), ({}, 3, 2),
        ({"max_unavailable": 9}, 3, 3),
    ],
)  # fmt: skip
def test_a_budget_rounds_as_its_controller_does(fields, total, wanted):
    assert wanted == disruption.allowed(DisruptionBudgetSpec(**fields), total)


@pytest.mark.parametrize(
    ("image", "registry", "repository", "tag"),
    [
        ("nginx", "docker.io", "library/nginx", ""), ("nginx:1.27", "docker.io", "library/nginx", "1.27"),
        ("team/app", "docker.io", "team/app", ""), ("localhost/app", "localhost", "app", ""),
        ("registry.example:5000/app", "registry.example:5000", "app", ""),
        ("registry.example:5000/a/b:1", "registry.example:5000", "a/b", "1"),
    ],
)  # fmt: skip
def test_a_port_is_no_tag(image, registry, repository, tag):
    found = images.parse(image)

    assert (registry, repository, tag) == (found.registry, found.repository, found.tag)


def test_a_digest_stands_beside_a_tag():
    found = images.parse("app:1@sha256:ab")

    assert (found.tag, found.digest) == ("1", "sha256:ab")


@pytest.mark.parametrize(
    ("image", "hint"),
    [
        ("postgres:16", "postgres"),
        ("bitnami/redis", "redis"),
        ("redish/app", ""),
        ("shop/postgres-exporter", ""),
    ],
)
def test_a_name_hints_at_a_database_only_where_it_is_one(image, hint):
    assert hint == images.database_hint(image)


NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "interval"),
    [("*/5 * * * *", timedelta(minutes=5)), ("@hourly", timedelta(hours=1)), ("0 3 * * *", timedelta(days=1)),
     ("@every 90m", timedelta(minutes=90)), ("0 0 * * 1", timedelta(days=7)), ("0 0 1 * *", timedelta(days=31))],
)  # fmt: skip
def test_the_interval_is_the_longest_gap_between_runs(line, interval):
    assert interval == schedules.Schedule(line, None).interval(NOW)


def test_a_night_of_summer_time_is_an_hour_shorter_or_longer():
    after_change = datetime(2026, 10, 27, 12, tzinfo=UTC)

    assert schedules.Schedule("30 3 * * *", "Europe/Berlin").interval(after_change) == timedelta(hours=25)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "* * * *",
        "60 * * * *",
        "TZ=UTC * * * * *",
        "CRON_TZ=UTC 0 0 * * *",
        "0 0 31 2 *",
        "0 0 L * *",
        "0 0 * * 1#2",
        "@reboot",
        "x" * 300,
    ],
)
def test_a_schedule_that_kubernetes_would_refuse_is_refused(line):
    with pytest.raises(schedules.Malformed):
        schedules.Schedule(line, None)


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "Local", "/etc/passwd", "../../etc/passwd"])
def test_a_time_zone_that_is_none_is_refused(zone):
    with pytest.raises(schedules.Malformed):
        schedules.Schedule("* * * * *", zone)


@given(st.text(max_size=30))
def test_any_schedule_is_read_or_refused(line):
    with contextlib.suppress(schedules.Malformed):
        schedules.Schedule(line, None)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90m", timedelta(minutes=90)),
        ("1h30m", timedelta(minutes=90)),
        ("7d", timedelta(days=7)),
        ("250ms", timedelta(milliseconds=250)),
    ],
)
def test_durations_are_read(text, span):
    assert span == times.parse_duration(text)


@pytest.mark.parametrize("text", ["", "5", "h", "1 h", "-1h", "1x", "999999999w"])
def test_other_durations_are_refused(text):
    with pytest.raises(times.Malformed):
        times.parse_duration(text)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(times.Malformed):
        times.parse_time("2026-06-01T12:00:00")

    assert times.parse_time("2026-06-01T14:00:00.123456+02:00").hour == 12
