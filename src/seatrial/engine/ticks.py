"""What a team's old list is worth: how much of what it calls done is proved."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from seatrial.model.finding import ItemVerdict
from seatrial.model.outcome import Outcome


class OldList(Struct, frozen=True):
    """Items that the list calls done, by what is known of them."""

    proved: tuple[str, ...]
    contradicted: tuple[str, ...]
    unproved: tuple[str, ...]
    """Unknown: nobody can say."""
    not_applicable: tuple[str, ...]

    def __str__(self) -> str:
        count = sum(map(len, (self.proved, self.contradicted, self.unproved, self.not_applicable)))
        said = [
            f"{len(self.proved)} proved",
            f"{len(self.contradicted)} contradicted",
            f"{len(self.unproved)} unproved",
        ]
        if self.not_applicable:
            said.append(f"{len(self.not_applicable)} not applicable")
        return f"claims {count} done: {', '.join(said)}"


def old_list(items: Iterable[ItemVerdict], ticks: Sequence[str]) -> OldList | None:
    """The list against the verdicts; None where there is no list."""
    if not ticks:
        return None
    found: dict[Outcome, list[str]] = {outcome: [] for outcome in Outcome}
    for item in items:
        if item.id in ticks:
            found[item.outcome].append(item.id)
    return OldList(
        *(tuple(found[row]) for row in (Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE))
    )
