"""What would mend each subject that fails a check."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from seatrial.engine.findings import key_of
from seatrial.engine.judge import judge
from seatrial.inventory.views import Views
from seatrial.kit.checking import Check
from seatrial.kit.fixing import Fix, Undecided
from seatrial.model.evidence import Unseen
from seatrial.model.finding import Subject
from seatrial.model.item import Claim
from seatrial.model.outcome import Outcome


class Mend(Struct, frozen=True):
    """A failing subject and its fix; or why there is none that can be named."""

    key: str
    """The finding's."""
    check: str
    claim: str
    subject: Subject
    fix: Fix | None
    why: str = ""


def mends(
    checks: Iterable[Check[Any, Any]], claims: Mapping[str, Claim], views: Views, given: Mapping[str, str]
) -> Iterator[Mend]:
    """One for every subject that fails one of the checks, in their order; pods of one owner that differ are one."""
    for check in checks:
        claim = claims[check.answers]
        seen: set[Subject] = set()
        for row in judge(check, claim, views, lambda: 0.0).judged:
            subject = row.subject.subject
            if row.judgement.outcome is not Outcome.FAIL or subject in seen:
                continue
            seen.add(subject)
            fix, why = _fix(check, row.subject, given)
            yield Mend(key_of(views, check, subject), check.id, claim.id, subject, fix, why)


def _fix(check: Check[Any, Any], subject: Any, given: Mapping[str, str]) -> tuple[Fix | None, str]:
    if check.fix is None:
        return None, ""
    try:
        return check.fix(subject, given), ""
    except Undecided as undecided:
        return None, str(undecided)
    except Unseen as unseen:
        return None, f"{unseen.gap.cause}: {unseen.gap.detail}"
