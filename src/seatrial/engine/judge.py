"""Every subject of a check, judged one by one. A check that raises makes that subject unknown, nothing else."""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from seatrial.inventory.views import Views
from seatrial.kit.checking import Check, Parameter
from seatrial.model.evidence import Beyond, Cause, Gap, Unseen
from seatrial.model.finding import Judgement
from seatrial.model.item import Among, Claim
from seatrial.model.outcome import Outcome

Clock = Callable[[], float]
"""Seconds that only ever grow, for timings."""


MOST_SKEW = 300
"""Seconds between the server's clock and the recorder's: Kubernetes dates its certificates back by as much."""


class Judged(Struct, frozen=True, gc=False):
    """One subject, and what the check said of it."""

    subject: Any
    """The check's own kind of subject: see ``inventory.subjects.Judged``."""
    judgement: Judgement


class Answer(Struct, frozen=True):
    """All that one check found. ``gaps`` mean that there may be subjects which were not seen."""

    check: Check[Any, Any]
    judged: tuple[Judged, ...]
    gaps: tuple[Gap, ...]
    apart: dict[str, int]
    seconds: float

    @property
    def is_empty(self) -> bool:
        """Whether it is known that there is no subject."""
        return not self.judged and not self.gaps


def judge(
    check: Check[Any, Any], claim: Claim, views: Views, clock: Clock, before: Answer | None = None
) -> Answer:
    """Selects the claim's subjects and judges each. Never raises for what a check or the evidence does.

    ``before`` is what it found before an object of a namespace changed: subjects that are still the very same are
    not judged again by a check that looks at nothing else of that namespace.
    """
    began = clock()
    selection = check.subject.select(views, claim.among or Among.ALL)
    arguments = [_argument(parameter, check, claim, views) for parameter in check.parameters]
    unseen = _clocks_differ(views) if any(row.kind == "now" for row in check.parameters) else None
    judged: list[Judged] = []
    same: dict[str, Judgement] = {}
    stood: dict[int, Judged] = {}
    if before is not None and _looks_at_its_subject_only(check):
        stood = {id(row.subject): row for row in before.judged}
    for subject in selection.subjects:
        if stood and (known := stood.get(id(subject))) is not None:
            judged.append(known)
            continue
        judgement = _judge_one(check, subject, arguments) if unseen is None else _unknown(unseen)
        # thousands of subjects are judged in the same words
        alike = same.get(judgement.observed)
        if alike == judgement and alike is not None:
            judgement = alike
        else:
            same[judgement.observed] = judgement
        judged.append(Judged(subject, judgement))
    return Answer(check, tuple(judged), tuple(selection.gaps), selection.apart, clock() - began)


def _looks_at_its_subject_only(check: Check[Any, Any]) -> bool:
    views = (row.type for row in check.parameters if row.kind == "view")
    return not any(need.namespaced for view in views for need in view.needs)


def _judge_one(check: Check[Any, Any], subject: Any, arguments: list[Any]) -> Judgement:
    try:
        return check.judge(subject, *arguments)
    except Unseen as unseen:
        return _unknown(unseen.gap)
    except Beyond:
        raise
    except Exception as error:  # noqa: BLE001  # the one place where a check's fault becomes an unknown
        return _unknown(
            Gap(
                f"check/{check.id}",
                Cause.CRASHED,
                f"the check failed on this subject: {type(error).__name__}{_where(error)}",
                "report it with the trial file, if you may share it",
            )
        )


def _where(error: Exception) -> str:
    """The file and line that raised; never the error's own text, which may repeat what the cluster holds."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    name = trace.tb_frame.f_globals.get("__name__", "?")
    return f" in {name}, line {trace.tb_lineno}"


def _unknown(gap: Gap) -> Judgement:
    return Judgement(Outcome.UNKNOWN, gap.detail, gap=gap)


def _clocks_differ(views: Views) -> Gap | None:
    """Why no age can be told, where the server's clock and the recorder's do not agree."""
    skew = views.trial.skew
    if abs(skew) <= MOST_SKEW:
        return None
    way = "ahead of" if skew > 0 else "behind"
    detail = f"the API server's clock is {abs(skew)} s {way} this machine's: no age can be told"
    return Gap("kube/clock", Cause.STALE, detail, "set the clocks, then run again")


def _argument(parameter: Parameter, check: Check[Any, Any], claim: Claim, views: Views) -> Any:
    if parameter.kind == "profile":
        return views.profile
    if parameter.kind == "now":
        return views.now
    if parameter.kind == "limits":
        try:
            return check.limited(views.profile.limits.get(claim.id, {}))
        except msgspec.ValidationError as error:  # the profile is checked when it is loaded
            raise ValueError(f"limits of {claim.id}: {error}") from error
    if parameter.or_gap:
        gap = next((gap for need in parameter.type.needs if (gap := views.gap(need)) is not None), None)
        if gap is not None:
            return gap
    return views.view(parameter.type)
