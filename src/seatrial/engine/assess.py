"""The whole way from a trial to its verdicts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from seatrial.engine.conclude import conclude
from seatrial.engine.deadlines import Deadline, deadlines
from seatrial.engine.decide import decide
from seatrial.engine.judge import Answer, Clock, judge
from seatrial.engine.plan import route_of
from seatrial.engine.waits import Wait, waits
from seatrial.engine.waivers import WaiverUse, uses_of
from seatrial.inventory.views import Views
from seatrial.kit.checking import Check
from seatrial.model.finding import Decision, ItemVerdict
from seatrial.model.item import Catalogue, Claim
from seatrial.model.trial import Trial


class Assessment(Struct, frozen=True):
    """A judged trial: all that reports show. ``seconds`` are by check id and of no matter for any verdict."""

    trial: Trial
    catalogue: str
    """The catalogue's digest."""
    items: tuple[ItemVerdict, ...]
    decision: Decision
    waits: tuple[Wait, ...]
    deadlines: tuple[Deadline, ...]
    waivers: tuple[WaiverUse, ...]
    seconds: dict[str, float]
    checks: dict[str, int]
    """The checks that judged, with their versions."""


def assess(
    trial: Trial, catalogue: Catalogue, checks: Sequence[Check[Any, Any]], gate: str, clock: Clock
) -> Assessment:
    """Judges a trial. The same trial, catalogue, checks and gate give the same verdicts, whatever the clock."""
    views = Views(trial, datetime.fromisoformat(trial.now))
    of_claim: dict[str, list[Check[Any, Any]]] = {}
    for check in sorted(checks, key=lambda check: check.id):
        claim = catalogue.claims[check.answers]
        if route_of(claim, trial.sources) == check.route:
            of_claim.setdefault(claim.id, []).append(check)
    seconds: dict[str, float] = {}

    def judged(claim: Claim) -> list[Answer]:
        answers = [judge(check, claim, views, clock) for check in of_claim.get(claim.id, ())]
        seconds.update({answer.check.id: answer.seconds for answer in answers})
        return answers

    items = conclude(catalogue, judged, views)
    return Assessment(
        trial=trial,
        catalogue=catalogue.digest,
        items=items,
        decision=decide(gate, items),
        waits=waits(items),
        waivers=uses_of(items, trial.profile, views.now),
        deadlines=deadlines(catalogue, items, views.now, trial.profile.go_live.date),
        seconds=seconds,
        checks={check.id: check.version for check in checks},
    )
