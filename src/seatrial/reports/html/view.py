"""The page as values, ready for its template: nothing is judged here, and nothing is escaped yet."""

import shlex
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from seatrial.engine.assess import Assessment
from seatrial.engine.deadlines import Deadline
from seatrial.engine.decide import GO_LIVE
from seatrial.engine.ratchet import RATCHET
from seatrial.engine.ticks import old_list
from seatrial.model.finding import ClaimVerdict, ItemVerdict
from seatrial.model.outcome import Outcome
from seatrial.reports._digest import digest
from seatrial.reports._document import counts
from seatrial.reports._page import Changes, Page, shorten
from seatrial.reports.html import told
from seatrial.reports.html.claims import Bounds
from seatrial.reports.html.items import ItemRow, by_role, is_waived, item_rows
from seatrial.reports.html.words import HINDERS, LONGEST, SIGNS, number, role_words, word

_GATE = {Outcome.PASS: "holds", Outcome.FAIL: "does not hold", Outcome.UNKNOWN: "cannot be told"}
_FIRST = 20
"""Failing items told on the front; the others are named."""
_DIGITS = 12
"""Hexadecimal digits of a digest that are shown where all are too many."""


class Kind(Struct, frozen=True):
    """One entry of the legend, which is also the count."""

    name: str
    sign: str
    count: int
    word: str


class Failing(Struct, frozen=True):
    row: ItemRow
    claims: tuple[tuple[str, str], ...]
    """Claim id, and what was found."""
    more: int


class Waiting(Struct, frozen=True):
    count: int
    action: str
    items: tuple[str, ...]


class History(Struct, frozen=True):
    """Items that need ``days`` of history, and ``when`` measuring must begin."""

    days: int
    when: str
    items: tuple[str, ...]


class Role(Struct, frozen=True):
    """One who signs: what he would answer for."""

    id: str
    name: str
    rows: tuple[ItemRow, ...]
    open: int
    failing: tuple[ItemRow, ...]
    unknown: int
    waiting: tuple[tuple[str, tuple[ItemRow, ...]], ...]
    waived: tuple[ItemRow, ...]
    settled: tuple[ItemRow, ...]


class Section(Struct, frozen=True):
    id: str
    title: str
    rows: tuple[ItemRow, ...]
    tally: tuple[Kind, ...]


class Told(Struct, frozen=True):
    """Everything that the template shows."""

    name: str
    declared: bool
    facts: tuple[tuple[str, str], ...]
    total: int
    open: int
    kinds: tuple[Kind, ...]
    gate: str
    gate_outcome: Outcome
    gate_word: str
    deciding: int
    reasons: tuple[str, ...]
    """What got worse, the first of it."""
    more_reasons: int
    old_list: str
    """What the team's old list is worth; empty without one."""
    sections: tuple[Section, ...]
    failing: tuple[Failing, ...]
    more_failing: tuple[ItemRow, ...]
    now: tuple[Waiting, ...]
    """What can be done with this version."""
    later: tuple[Waiting, ...]
    deadlines: tuple[History, ...]
    go_live: str
    days_left: str
    changes: Changes | None
    more_changes: int
    roles: tuple[Role, ...]
    declarations: tuple[told.Table, ...]
    unread: tuple[told.Table, ...]
    read: told.Table
    objects: int
    digest: str
    versions: tuple[tuple[str, str], ...]
    replay: str
    run: str


def view(assessment: Assessment, page: Page, bounds: Bounds) -> Told:
    """What the page shows, with so many objects."""
    rows = item_rows(assessment, page.library, bounds)
    failing = _failing(assessment.items, rows)
    trial = assessment.trial
    changes = page.changes
    return Told(
        name=trial.name or trial.cluster.context or "unnamed platform",
        declared=trial.declared,
        facts=tuple((name, text) for name, text in _facts(assessment) if text),
        total=len(rows),
        open=assessment.decision.open,
        kinds=_kinds(assessment),
        gate=assessment.decision.gate,
        gate_outcome=assessment.decision.outcome,
        gate_word=_GATE[assessment.decision.outcome],
        deciding=len(assessment.decision.deciding),
        reasons=tuple(shorten(text, LONGEST) for text in assessment.decision.reasons[:_FIRST]),
        more_reasons=max(len(assessment.decision.reasons) - _FIRST, 0),
        old_list=_old_list(assessment),
        sections=tuple(_sections(assessment.items, rows)),
        failing=failing[:_FIRST],
        more_failing=tuple(one.row for one in failing[_FIRST:]),
        now=_waiting(assessment, possible=True),
        later=_waiting(assessment, possible=False),
        deadlines=tuple(History(row.days, _when(row), row.items) for row in assessment.deadlines),
        go_live=trial.profile.go_live.date,
        days_left=_days_left(trial.now, trial.profile.go_live.date),
        changes=Changes(changes.since, changes.rows[: _FIRST * 2]) if changes else None,
        more_changes=max(len(changes.rows) - _FIRST * 2, 0) if changes else 0,
        roles=tuple(_role(id, mine) for id, mine in by_role(rows).items() if id),
        declarations=told.declared(assessment, bounds),
        unread=told.unread(assessment, bounds),
        read=told.read(assessment),
        objects=bounds.objects,
        digest=digest(trial),
        versions=(
            ("Catalogue", assessment.catalogue),
            ("Checks", number(len(assessment.checks))),
            ("Recorded by Seatrial", trial.recorder or "unknown"),
        ),
        replay=_replay(assessment),
        run=f"{trial.now.replace('T', ' ')[:16]} UTC",
    )


def _facts(assessment: Assessment) -> Iterable[tuple[str, str]]:
    trial = assessment.trial
    cluster = trial.cluster
    yield "Tried", f"{trial.now.replace('T', ' ')[:16]} UTC"
    yield "API server", cluster.server
    yield "Kubernetes", cluster.version + (f", emulates {cluster.emulates}" if cluster.emulates else "")
    yield "Context", cluster.context
    yield "Cluster", cluster.uid
    yield "CA key", cluster.ca[:_DIGITS]
    yield "Stage", trial.profile.stage
    yield "Run", digest(trial)[:_DIGITS]


def _kinds(assessment: Assessment) -> tuple[Kind, ...]:
    counted = counts(assessment)
    order = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)
    kinds = [Kind(outcome, SIGNS[outcome], counted[outcome], word(outcome)) for outcome in order]
    return (*kinds, Kind("waived", "w", counted["waived"], "of these waived"))


def _sections(items: Iterable[ItemVerdict], rows: Iterable[ItemRow]) -> Iterable[Section]:
    grouped: dict[str, list[ItemRow]] = {}
    titles: dict[str, str] = {}
    for item, row in zip(items, rows, strict=True):
        grouped.setdefault(item.section, []).append(row)
        titles[item.section] = item.title
    for id, mine in grouped.items():
        tally = []
        for outcome in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE):
            count = sum(row.outcome is outcome for row in mine)
            if count:
                tally.append(Kind(outcome, SIGNS[outcome], count, word(outcome)))
        yield Section(id, titles[id], tuple(mine), tuple(tally))


def _failing(items: Iterable[ItemVerdict], rows: Iterable[ItemRow]) -> tuple[Failing, ...]:
    """Worst first: what cannot be waived, then by the objects that are hit."""
    found = []
    for item, row in zip(items, rows, strict=True):
        if item.outcome is not Outcome.FAIL or is_waived(item):
            continue
        claims = [claim for claim in item.claims if claim.outcome is Outcome.FAIL]
        claims.sort(key=lambda claim: -claim.counts.get("fail", 0))
        hit = sum(claim.counts.get("fail", 0) for claim in claims)
        told = tuple((claim.id, _found(claim)) for claim in claims[:3])
        found.append((row.waivable, -hit, Failing(row, told, len(claims) - len(told))))
    return tuple(failing for _, _, failing in sorted(found, key=lambda one: one[:2]))


def _found(claim: ClaimVerdict) -> str:
    failing = [finding for finding in claim.findings if finding.outcome is Outcome.FAIL]
    if not failing:
        return "none of what it asks for is there"
    counted = sum(claim.counts.get(key, 0) for key in ("pass", "fail", "unknown"))
    share = f"{number(claim.counts.get('fail', 0))} of {number(counted)}: " if counted > 1 else ""
    more = f" and {number(len(failing) - 1)} more" if len(failing) > 1 else ""
    return shorten(f"{share}{failing[0].subject}{more}: {failing[0].observed}", LONGEST)


def _role(id: str, rows: list[ItemRow]) -> Role:
    waiting: dict[str, list[ItemRow]] = {}
    for row in rows:
        if row.open and row.outcome is Outcome.UNKNOWN:
            waiting.setdefault(row.why, []).append(row)
    by_count = sorted(waiting.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return Role(
        id=id,
        name=role_words(id, title=True),
        rows=tuple(rows),
        open=sum(row.open for row in rows),
        failing=tuple(row for row in rows if row.open and row.outcome is Outcome.FAIL),
        unknown=sum(len(mine) for mine in waiting.values()),
        waiting=tuple((why, tuple(mine)) for why, mine in by_count),
        waived=tuple(row for row in rows if row.waived),
        settled=tuple(row for row in rows if row.outcome not in HINDERS),
    )


def _waiting(assessment: Assessment, *, possible: bool) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(len(wait.items), wait.action, wait.items)
        for wait in assessment.waits
        if wait.possible is possible
    )


def _when(row: Deadline) -> str:
    if not row.start:
        return f"{row.earliest} at the earliest"
    if not row.late:
        return f"by {row.start}"
    return f"{number(row.late, 'day')} too late; whole by {row.earliest} if it begins today"


def _days_left(now: str, go_live: str) -> str:
    """How far the day of going live is, at the trial's time; empty where it is no date."""
    try:
        days = (date.fromisoformat(go_live) - date.fromisoformat(now[:10])).days
    except ValueError:
        return ""
    if days < 0:
        return f"{number(-days, 'day')} ago"
    return f"in {number(days, 'day')}" if days else "today"


def _old_list(assessment: Assessment) -> str:
    found = old_list(assessment.items, assessment.trial.profile.ticks)
    if found is None:
        return ""
    wrong = f"; contradicted are {', '.join(found.contradicted[:_FIRST])}" if found.contradicted else ""
    return f"{found}{wrong}"


def _replay(assessment: Assessment) -> str:
    gate = assessment.decision.gate
    words = ["seatrial", "assess", "--replay", "FILE.trial"]
    words += ["--gate", gate] if gate != GO_LIVE else []
    words += ["--baseline", "BASELINE.trial"] if gate == RATCHET else []
    return shlex.join([*words, "-o", "html=again.html"])
