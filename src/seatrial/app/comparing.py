"""The use cases behind ``diff`` and ``--baseline``: two runs of one cluster, judged by the same checks."""

import time
from collections.abc import Iterator

import msgspec

from seatrial.app import runs, trials
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.memory import for_many_objects
from seatrial.engine.assess import Assessment, assess
from seatrial.engine.changes import Changes, How, compare, identity, record_of
from seatrial.engine.decide import GO_LIVE
from seatrial.model.errors import UserError
from seatrial.model.trial import Cluster
from seatrial.reports._page import Page, plain, shorten

SHOWN = 40
"""Rows of each kind that the table shows; ``-o json`` has all."""


def baseline(name: str) -> Assessment:
    """An earlier run, judged by the checks of this version: what they ask more is then asked of both."""
    with for_many_objects():
        trial = trials.from_file(str(runs.trial_path(name)))
        return assess(trial, installed_catalogue(), installed_checks(), GO_LIVE, time.perf_counter)


def refuse_another(before: Assessment, after: Assessment) -> None:
    """Raises UserError where two runs cannot be compared: they are of two clusters, or one is of manifests."""
    if before.trial.declared != after.trial.declared:
        kinds = ["of manifests" if row.trial.declared else "of a live cluster" for row in (before, after)]
        raise UserError(
            f"the first run is {kinds[0]}, the second {kinds[1]}", hint="compare runs of the same kind"
        )
    if not after.trial.declared and not _is_same(before.trial.cluster, after.trial.cluster):
        of = [identity(row) for row in (before, after)]
        names = [plain(row.trial.name or row.trial.cluster.server or "unnamed") for row in (before, after)]
        raise UserError(
            f"these are runs of two clusters, or cannot be told to be of one: {names[0]} ({of[0][:8] or 'uid not read'}) and "
            f"{names[1]} ({of[1][:8] or 'uid not read'})",
            hint="compare two runs of one cluster: seatrial list runs",
        )


def _is_same(first: Cluster, second: Cluster) -> bool:
    """Whether two runs are of one cluster: by uid and CA, by the CA alone where a uid was not read; never by nothing."""
    if first.uid and second.uid:
        return (first.uid, first.ca) == (second.uid, second.ca)
    return bool(first.ca) and first.ca == second.ca


def diff(first: str, second: str, form: str, page: Page) -> tuple[str, bool]:
    """What changed from one run to another, as text or JSON; and whether anything got worse."""
    before, after = baseline(first), baseline(second)
    refuse_another(before, after)
    changes = Changes(before.trial.now, compare(record_of(before), record_of(after)))
    bad = any(row.how in {How.WORSE, How.UNKNOWN_NOW, How.NEW} for row in changes.rows)
    if form == "json":
        told = {
            "from": before.trial.now, "to": after.trial.now, "open": [before.decision.open, after.decision.open],
            "changes": msgspec.to_builtins(changes.rows),
        }  # fmt: skip
        return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n", bad
    return "\n".join(_lines(before, after, changes, page)) + "\n", bad


def _lines(before: Assessment, after: Assessment, changes: Changes, page: Page) -> Iterator[str]:
    times = [row.trial.now.replace("T", " ")[:16] for row in (before, after)]
    yield f"{times[0]} UTC to {times[1]} UTC: {before.decision.open} open items, now {after.decision.open}"
    if not changes.rows:
        yield "nothing changed"
    for how in How:
        rows = [row for row in changes.rows if row.how == how]
        if not rows:
            continue
        yield ""
        yield f"{str(how).upper()}  {len(rows)}"
        for row in rows[:SHOWN]:
            way = " → ".join(word for word in (row.was, row.now) if word) or str(how)
            where = f"{row.claim}: " if row.claim else ""
            key = f"  [{row.key}]" if row.key else ""
            line = plain(
                f"{row.item:>5}  {where}{row.what}: {way if page.unicode else way.replace('→', '->')}"
            )
            yield shorten(line, page.width - len(key)) + key
        if len(rows) > SHOWN:
            yield f"       and {len(rows) - SHOWN} more: -o json has all"
