"""What to do next, and by when measuring must begin."""

from datetime import UTC, datetime

from msgspec import structs

from seatrial.app.catalogue import installed_catalogue
from seatrial.engine.deadlines import DAY, deadlines
from seatrial.engine.waits import COMMAND, PERSON, SERVICE, SETTING, waits
from seatrial.model.evidence import Cause, Gap
from seatrial.model.finding import ClaimVerdict, ItemVerdict
from seatrial.model.outcome import Outcome

CATALOGUE = installed_catalogue()


def item(id, *gaps, outcome=Outcome.UNKNOWN, waiver=""):
    claim = ClaimVerdict("claim", "says", Outcome.UNKNOWN, gaps=gaps)
    return ItemVerdict(id, "text", "1", "title", outcome, claims=(claim,), waiver=waiver)


def wait_for(cause, detail="detail", cure="", need="need"):
    return Gap(need, cause, detail, cure)


def test_most_items_for_least_effort_come_first():
    grant = wait_for(Cause.REFUSED, cure="grant list on pods (core): seatrial doctor --rbac")
    declare = wait_for(Cause.NOT_DECLARED, cure="declare nodeServices in seatrial.yaml")
    again = wait_for(Cause.UNREACHABLE, cure="run again")
    found = waits([item("1", again), item("2", again), item("3", grant), item("4", declare)])

    assert [(wait.action, wait.items, wait.effort) for wait in found] == [
        ("seatrial doctor --rbac | kubectl apply -f -", ("3",), COMMAND),
        ("run again", ("1", "2"), SERVICE),
        ("declare nodeServices in seatrial.yaml", ("4",), SETTING),
    ]


def test_nobody_is_asked_for_what_this_version_cannot_use():
    source = wait_for(Cause.NOT_CONFIGURED, need="source/prometheus and statement")
    grant = wait_for(Cause.REFUSED, cure="grant: seatrial doctor --rbac")
    (found,) = waits([item("1", grant, source)])

    assert found.action == "sources.prometheus and seatrial attest"
    assert not found.possible
    assert found.effort == PERSON


def test_an_item_that_fails_or_is_waived_waits_for_nothing():
    gap = wait_for(Cause.UNREACHABLE)

    assert not waits([item("1", gap, outcome=Outcome.FAIL), item("2", gap, waiver="until then")])


def verdicts(outcome):
    return [
        ItemVerdict(
            row.id,
            row.text,
            row.section,
            row.title,
            outcome,
            claims=tuple(ClaimVerdict(use.claim.id, "", outcome) for use in row.uses),
        )
        for row in CATALOGUE.items
    ]


NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_every_item_with_a_window_stands_once_under_its_longest():
    rows = deadlines(CATALOGUE, verdicts(Outcome.UNKNOWN), NOW, "2027-01-31")
    wanted = {row.id: max(use.window for use in row.uses) // DAY for row in CATALOGUE.items}

    assert {id: row.days for row in rows for id in row.items} == {
        id: days for id, days in wanted.items() if days
    }
    assert [row.days for row in rows] == sorted({days for days in wanted.values() if days}, reverse=True)


def test_the_last_day_to_begin_is_the_go_live_less_the_window():
    by_days = {row.days: row for row in deadlines(CATALOGUE, verdicts(Outcome.UNKNOWN), NOW, "2027-01-31")}

    assert (by_days[30].start, by_days[30].late) == ("2027-01-01", 0)
    assert (by_days[90].start, by_days[90].late, by_days[90].earliest) == ("2026-11-02", 23, "2027-02-23")


def test_what_is_decided_needs_no_history():
    assert not deadlines(CATALOGUE, verdicts(Outcome.PASS), NOW, "2027-01-31")


def test_without_a_date_nothing_is_late():
    rows = deadlines(CATALOGUE, verdicts(Outcome.UNKNOWN), NOW, "")

    assert rows
    assert {(row.start, row.late) for row in rows} == {("", 0)}
    assert structs.asdict(rows[0])["earliest"] > "2027"
