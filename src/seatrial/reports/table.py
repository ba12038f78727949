"""The first screen: one number, a map of every item, what fails, and what to do next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from seatrial.engine.assess import Assessment
from seatrial.engine.decide import is_open
from seatrial.engine.ticks import old_list
from seatrial.engine.waivers import EXPIRED, USED
from seatrial.model.finding import ClaimVerdict, ItemVerdict
from seatrial.model.outcome import Outcome
from seatrial.reports._document import counts
from seatrial.reports._page import Page, plain, shorten

FAILS_SHOWN = 5
WIDE = 100
"""Columns from which on the map stands in three columns."""

NEXT_SHOWN = 6
LATER_SHOWN = 8
REASONS_SHOWN = 10
WAIVERS_SHOWN = 6

_SIGNS = {Outcome.PASS: "✓", Outcome.FAIL: "✗", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "–"}
_ASCII = {Outcome.PASS: "+", Outcome.FAIL: "x", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "-"}
_COLOURS = {Outcome.PASS: "32", Outcome.FAIL: "1;31", Outcome.UNKNOWN: "35", Outcome.NOT_APPLICABLE: "2"}
_GATE = {Outcome.PASS: "holds", Outcome.FAIL: "does not hold", Outcome.UNKNOWN: "cannot be told"}


def write(assessment: Assessment, page: Page) -> str:
    """Lines of at most ``page.width`` columns; readable without colour, and aloud."""
    lines = [
        *_head(assessment, page),
        "",
        *_map(assessment.items, page),
        _legend(page),
        *_fails(assessment.items, page),
        *_next(assessment, page),
        *_clock(assessment, page),
        *_waivers(assessment, page),
        *_changes(page),
        *_more(page),
    ]
    if page.timings:
        lines += _timings(assessment)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(assessment: Assessment, page: Page) -> Iterator[str]:
    trial = assessment.trial
    cluster = trial.cluster
    where = [plain(trial.name or cluster.context or "unnamed platform")]
    if trial.declared:
        where.append("manifests: declared, no proof of a live cluster")
    else:
        where += [plain(cluster.server), plain(cluster.version)]
        where += [f"cluster {cluster.uid[:8]}"] if cluster.uid else []
    where.append(trial.now.replace("T", " ")[:16] + " UTC")
    yield from _wrapped("SEATRIAL  ", where, page.width, " · ")
    number = counts(assessment)
    waived = f" · {number['waived']} waived" if number["waived"] else ""
    yield ""
    yield _paint(f"{assessment.decision.open} open items", "1", page) + (
        f" of {len(assessment.items)}   {number['fail']} fail · {number['unknown']} unknown · "
        f"{number['pass']} pass · {number['not-applicable']} not applicable{waived}"
    )
    gate = assessment.decision
    yield f"gate {plain(gate.gate)}: " + _paint(_GATE[gate.outcome], _COLOURS[gate.outcome], page)
    ticked = old_list(assessment.items, trial.profile.ticks)
    if ticked is not None:
        wrong = f" · wrong: {_some(ticked.contradicted, 8)}" if ticked.contradicted else ""
        yield shorten(f"old list: {ticked}{wrong}", page.width)
    for says in gate.reasons[:REASONS_SHOWN]:
        yield shorten(f"  {plain(says)}", page.width)
    if len(gate.reasons) > REASONS_SHOWN:
        yield f"  and {len(gate.reasons) - REASONS_SHOWN} more: seatrial assess -o json"


def _map(items: Sequence[ItemVerdict], page: Page) -> Iterator[str]:
    sections: dict[str, list[ItemVerdict]] = {}
    for item in items:
        sections.setdefault(item.section, []).append(item)
    columns = 3 if page.width >= WIDE else 2
    height = -(-len(sections) // columns)
    ids = list(sections)
    drawn = [
        _column({id: sections[id] for id in ids[at : at + height]}, page.width // columns, page)
        for at in range(0, len(ids), height)
    ]
    for at in range(height):
        yield "".join(column[at] for column in drawn if at < len(column))


def _column(sections: Mapping[str, Sequence[ItemVerdict]], width: int, page: Page) -> list[str]:
    """Number, title and one sign for each item, a section to a line."""
    longest = max(len(rows) for rows in sections.values())
    lines = []
    for id, rows in sections.items():
        title = f"{id:>3} " + shorten(rows[0].title, width - longest - 6)
        signs = "".join(_sign(row, page) for row in rows)
        lines.append(f"{title:<{width - longest - 1}}{signs}{' ' * (longest - len(rows) + 1)}")
    return lines


def _sign(item: ItemVerdict, page: Page) -> str:
    signs = _SIGNS if page.unicode else _ASCII
    sign = "w" if item.waiver and item.outcome in {Outcome.FAIL, Outcome.UNKNOWN} else signs[item.outcome]
    return _paint(sign, _COLOURS[item.outcome], page)


def _legend(page: Page) -> str:
    signs = _SIGNS if page.unicode else _ASCII
    named = [f"{signs[outcome]} {outcome.replace('-', ' ')}" for outcome in Outcome]
    return "    " + "   ".join([*named, "w waived"])


def _fails(items: Iterable[ItemVerdict], page: Page) -> Iterator[str]:
    failing = [item for item in items if item.outcome is Outcome.FAIL and is_open(item)]
    if not failing:
        return
    failing.sort(key=lambda item: (page.library.waivable(item.id), -_hit(item)))
    yield ""
    yield _paint("FAIL", _COLOURS[Outcome.FAIL], page)
    for item in failing[:FAILS_SHOWN]:
        yield shorten(f"{item.id:>5}  {item.text}", page.width)
        claims = sorted(
            (claim for claim in item.claims if claim.outcome is Outcome.FAIL),
            key=lambda claim: -claim.counts.get("fail", 0),
        )
        more = f" · and {len(claims) - 1} more claims" if len(claims) > 1 else ""
        yield "       " + shorten(_why(claims[0]), page.width - 7 - len(more)) + more
    if len(failing) > FAILS_SHOWN:
        rest = " ".join(item.id for item in failing[FAILS_SHOWN:])
        yield shorten(f"       and {len(failing) - FAILS_SHOWN} more: {rest}", page.width)


def _hit(item: ItemVerdict) -> int:
    return sum(claim.counts.get("fail", 0) for claim in item.claims)


def _why(claim: ClaimVerdict) -> str:
    failing = [finding for finding in claim.findings if finding.outcome is Outcome.FAIL]
    if not failing:
        return f"{claim.id}: none of what it asks for is there"
    counted = sum(claim.counts.get(key, 0) for key in ("pass", "fail", "unknown"))
    first = failing[0]
    more = f" (+{len(failing) - 1} more)" if len(failing) > 1 else ""
    share = f"{claim.counts.get('fail', 0)} of {counted}: " if counted > 1 else ""
    return plain(f"{claim.id}: {share}{first.subject}{more}: {first.observed}")


def _next(assessment: Assessment, page: Page) -> Iterator[str]:
    """What the unknown items wait for; what this version could not use is said to be so."""
    possible = [wait for wait in assessment.waits if wait.possible]
    later = [wait for wait in assessment.waits if not wait.possible]
    if assessment.waits:
        yield ""
        yield (
            _paint("NEXT", "1", page)
            + "  what unknown items wait for, each under its first: most for least effort"
        )
    for wait in possible[:NEXT_SHOWN]:
        yield shorten(
            f"{_items(len(wait.items)):>9}  {plain(wait.action)}  [{_some(wait.items)}]", page.width
        )
    if len(possible) > NEXT_SHOWN:
        rest = sum(len(wait.items) for wait in possible[NEXT_SHOWN:])
        yield f"{_items(rest):>9}  {len(possible) - NEXT_SHOWN} other things: seatrial assess -o json"
    if later:
        named = [f"{plain(wait.action)} {len(wait.items)}" for wait in later[:LATER_SHOWN]]
        named += [f"{len(later) - LATER_SHOWN} others"] if len(later) > LATER_SHOWN else []
        count = sum(len(wait.items) for wait in later)
        yield from _wrapped(f"{_items(count):>9}  not in this version: ", named, page.width, " · ", indent=11)


def _items(count: int) -> str:
    return f"{count} item" if count == 1 else f"{count} items"


def _clock(assessment: Assessment, page: Page) -> Iterator[str]:
    """By when measuring must have begun, for histories that cannot be made up afterwards."""
    rows = assessment.deadlines
    if not rows:
        return
    yield ""
    go_live = assessment.trial.profile.go_live.date
    if not go_live:
        count = sum(len(row.items) for row in rows)
        says = f"{_items(count)} need {rows[-1].days} to {rows[0].days} days of history; goLive.date in seatrial.yaml says by when"
        yield from _wrapped(_paint("CLOCK", "1", page) + "  ", [says], page.width, " ")
        return
    yield _paint("CLOCK", "1", page) + f"  go-live {go_live}: measuring must begin"
    for row in rows:
        when = (
            f"by {row.start}"
            if not row.late
            else f"{row.late} days ago; whole by {row.earliest} if it begins today"
        )
        yield shorten(
            f"{_items(len(row.items)):>9}  {row.days} days: {when}  [{_some(row.items)}]", page.width
        )


def _waivers(assessment: Assessment, page: Page) -> Iterator[str]:
    """Waivers that do not do what they were written for."""
    odd = [row for row in assessment.waivers if row.state != USED]
    if not odd:
        return
    named = [
        f"{row.waiver.item} {row.state}" + (f" {row.waiver.expires}" if row.state == EXPIRED else "")
        for row in odd[:WAIVERS_SHOWN]
    ]
    named += [f"{len(odd) - WAIVERS_SHOWN} more"] if len(odd) > WAIVERS_SHOWN else []
    yield ""
    yield from _wrapped(_paint("WAIVERS", "1", page) + "  ", list(map(plain, named)), page.width, " · ")


def _changes(page: Page) -> Iterator[str]:
    if page.changes is None:
        return
    counted: dict[str, int] = {}
    for row in page.changes.rows:
        counted[row.how] = counted.get(row.how, 0) + 1
    said = " · ".join(f"{count} {how}" for how, count in counted.items()) or "nothing"
    yield ""
    yield _paint("SINCE", "1", page) + f"  {page.changes.since.replace('T', ' ')[:16]} UTC: {said}"


def _more(page: Page) -> Iterator[str]:
    yield ""
    commands = [
        "seatrial explain ITEM",
        "seatrial fix",
        "seatrial doctor",
        "seatrial assess -o html=page.html",
    ]
    yield from _wrapped("More: ", commands, page.width, "   ")


def _some(ids: Sequence[str], most: int = 6) -> str:
    return " ".join(ids[:most]) + (" …" if len(ids) > most else "")


def _timings(assessment: Assessment) -> Iterator[str]:
    yield ""
    yield "SECONDS by source's question, slowest first (several are asked at once)"
    asked = sorted(assessment.trial.evidence.values(), key=lambda row: (-row.seconds, row.need))
    for row in asked:
        yield f"{row.seconds:>9.4f}  {row.need}: {row.count} objects, {row.received / 1e6:.1f} MB"
    yield ""
    yield "SECONDS by check, dearest first"
    for id, seconds in sorted(assessment.seconds.items(), key=lambda row: -row[1]):
        yield f"{seconds:>9.4f}  {id}"


def _wrapped(first: str, parts: Sequence[str], width: int, joint: str, indent: int = 4) -> Iterator[str]:
    """Words over as many lines as they need, the later ones indented under the first."""
    line = first
    for word in joint.join(parts).split(" "):
        if len(line) + len(word) > width and line.strip():
            yield line
            line = " " * indent
        line += word + " "
    yield line


def _paint(text: str, colour: str, page: Page) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if page.colour else text
