"""A judged trial that is kept up to date, object by object: the same verdicts as judging anew, in a part of the time.

Only claims whose checks read the kind of the changed object are judged again, and of these only the subjects in its
namespace. Whole claims are judged again where the object belongs to the cluster, where subjects look beyond their
own namespace, and where anything could not be seen.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from seatrial.engine.assess import Assessment
from seatrial.engine.conclude import conclude_claim, conclude_item
from seatrial.engine.deadlines import deadlines
from seatrial.engine.decide import decide
from seatrial.engine.findings import Found, Part, Tally, parts_of
from seatrial.engine.judge import Answer, Clock, judge
from seatrial.engine.plan import route_of
from seatrial.engine.waits import waits
from seatrial.engine.waivers import uses_of
from seatrial.inventory.local import LiveViews, Record
from seatrial.kit.checking import Check
from seatrial.model.evidence import Beyond, Gap, Key, Need
from seatrial.model.finding import ItemVerdict
from seatrial.model.item import Catalogue, Claim
from seatrial.model.trial import Trial
from seatrial.needs import kube

Basis = tuple[tuple[str, ...], tuple[Gap, ...]]
"""The checks that judge a claim for an item, and the alternatives that nobody judges."""


class Standing:
    """Holds a trial's verdicts in ``assessment``; ``change`` brings them up to date."""

    def __init__(
        self, trial: Trial, catalogue: Catalogue, checks: Sequence[Check[Any, Any]], gate: str, clock: Clock
    ) -> None:
        needs = {need for check in checks for need in check.needs}
        self._views = LiveViews(trial, datetime.fromisoformat(trial.now), needs)
        self._catalogue = catalogue
        self._gate = gate
        self._checks = {check.id: check.version for check in checks}
        self._claims: dict[str, _ClaimStanding] = {}
        for check in sorted(checks, key=lambda check: check.id):
            claim = catalogue.claims[check.answers]
            if route_of(claim, trial.sources) == check.route:
                self._claims.setdefault(claim.id, _ClaimStanding(claim, self._views, clock)).checks.append(
                    check
                )
        for standing in self._claims.values():
            standing.judge(self._places())
        self._items: dict[str, ItemVerdict] = {}
        self.assessment = self._assess(item.id for item in catalogue.items)

    def change(self, need: Need, key: Key, record: Record | None) -> Assessment:
        """The verdicts after an object of a need became another one, is new, or is gone (None).

        ``record`` is what a source would have stored. The list of a need must have been asked in the trial.
        """
        if need == kube.DISCOVERY or need.id not in self._views.trial.evidence:
            raise ValueError(f"{need.id} is no list of this trial")
        if not self._views.change(need, key, record):
            return self.assessment
        touched = [standing for standing in self._claims.values() if need in standing.needs]
        places = self._places()
        for standing in touched:
            standing.renew(key[0] if need.namespaced else None, places)
        ids = {standing.claim.id for standing in touched}
        self.assessment = self._assess(
            item.id for item in self._catalogue.items if any(use.claim.id in ids for use in item.uses)
        )
        return self.assessment

    def trial(self) -> Trial:
        """The trial as it would be recorded now."""
        return self._views.now_trial()

    def _places(self) -> tuple[str, ...]:
        said = self._views.profile.declares
        rows = (said.node_services, said.scheduled_tasks, said.critical_components)
        return self._views.places(row.namespace for declared in rows for row in declared)

    def _assess(self, ids: Iterable[str]) -> Assessment:
        answers = {id: standing.answers for id, standing in self._claims.items()}
        for id in ids:
            item = self._catalogue.item(id)
            if item is not None:
                claims = [
                    conclude_claim(
                        use, self._catalogue, answers.get(use.claim.id, ()), self._views, self._found
                    )
                    for use in item.uses
                ]
                self._items[id] = conclude_item(item, claims, self._views)
        items = tuple(self._items[item.id] for item in self._catalogue.items)
        return Assessment(
            trial=self._views.trial,
            catalogue=self._catalogue.digest,
            items=items,
            decision=decide(self._gate, items),
            waits=waits(items),
            waivers=uses_of(items, self._views.profile, self._views.now),
            deadlines=deadlines(self._catalogue, items, self._views.now, self._views.profile.go_live.date),
            seconds={answer.check.id: answer.seconds for found in answers.values() for answer in found},
            checks=self._checks,
        )

    def _found(self, claim: Claim, judging: Sequence[Answer], unjudged: tuple[Gap, ...]) -> Found:
        ids = tuple(answer.check.id for answer in judging)
        return self._claims[claim.id].tally((ids, unjudged)).found()


class _ClaimStanding:
    """One claim: judged place by place, or whole."""

    def __init__(self, claim: Claim, views: LiveViews, clock: Clock) -> None:
        self.claim = claim
        self.checks: list[Check[Any, Any]] = []
        self.answers: list[Answer] = []
        """What each check found, put together; the judgements themselves stay with their places."""
        self._views = views
        self._clock = clock
        self._by_place: dict[str, list[Answer]] = {}
        self._whole: list[Answer] | None = None
        self._tallies: dict[Basis, Tally] = {}

    @property
    def needs(self) -> set[Need]:
        return {need for check in self.checks for need in check.needs}

    def judge(self, places: Sequence[str]) -> None:
        """Judges everything: by place where that can be, else on the whole."""
        self._tallies.clear()
        self._by_place.clear()
        self._whole = None
        try:
            for place in places if all(check.subject.placed for check in self.checks) else ():
                self._judge_place(place)
        except Beyond:
            self._by_place.clear()
        if self._by_place:
            self._sum()
        else:
            self._judge_whole()

    def renew(self, place: str | None, places: Sequence[str]) -> None:
        """Judges again after an object changed: in a namespace, or of the cluster (None)."""
        if self._whole is not None or place is None:
            self.judge(places)
            return
        before = self._by_place.get(place, ())
        try:
            self._judge_place(place)
        except Beyond:
            self._by_place.clear()
            self._tallies.clear()
            self._judge_whole()
            return
        self._sum_again(before, self._by_place[place])
        for basis, tally in self._tallies.items():
            tally.put(place, self._parts(basis, self._by_place[place]).get(place))

    def tally(self, basis: Basis) -> Tally:
        """What the claim comes to for an item."""
        if basis not in self._tallies:
            parts = {}
            for answers in [self._whole] if self._whole is not None else self._by_place.values():
                parts.update(self._parts(basis, answers))
            self._tallies[basis] = Tally(self.claim, parts, self._views)
        return self._tallies[basis]

    def _parts(self, basis: Basis, answers: Sequence[Answer]) -> dict[str, Part]:
        ids, unjudged = basis
        judging = [answer for answer in answers if answer.check.id in ids]
        return parts_of(self.claim, judging, unjudged, self._views)

    def _judge_place(self, place: str) -> None:
        """Raises Beyond where the place alone cannot tell; so it is where anything is missing."""
        views = self._views.local(place)
        before: Sequence[Answer | None] = self._by_place.get(place) or [None] * len(self.checks)
        answers = [
            judge(check, self.claim, views, self._clock, known)
            for check, known in zip(self.checks, before, strict=True)
        ]
        if any(answer.gaps for answer in answers):
            raise Beyond
        self._by_place[place] = answers

    def _judge_whole(self) -> None:
        self._whole = [judge(check, self.claim, self._views, self._clock) for check in self.checks]
        self.answers = self._whole

    def _sum(self) -> None:
        self.answers = [Answer(check, (), (), {}, 0.0) for check in self.checks]
        for answers in self._by_place.values():
            self._sum_again((), answers)

    def _sum_again(self, before: Sequence[Answer], after: Sequence[Answer]) -> None:
        """Takes what was found in a place out of the sums, and puts in what is found now."""
        for at, answer in enumerate(self.answers):
            apart = dict(answer.apart)
            for sign, found in ((-1, before), (1, after)):
                for reason, count in found[at].apart.items() if found else ():
                    apart[reason] = apart.get(reason, 0) + sign * count
            judged = next((found[at].judged for found in self._by_place.values() if found[at].judged), ())
            self.answers[at] = Answer(
                answer.check,
                judged,
                (),
                {reason: count for reason, count in apart.items() if count},
                answer.seconds + after[at].seconds,
            )
