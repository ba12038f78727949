"""The checklist as values: items, the claims they are made of, and how a claim must hold."""

from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from seatrial.model.outcome import Outcome, Proof

Route = tuple[str, ...]
"""The sources that must answer together, such as ``("kube", "profile")``; written ``kube+profile``."""


class Among(StrEnum):
    """Which subjects a claim speaks of."""

    APPLICATION = "application"
    PLATFORM = "platform"
    ALL = "all"
    DECLARED = "declared"


class Holds(Struct, frozen=True):
    """``every`` subject, ``some`` subject, or a ``share`` of the subjects (0 < share <= 1)."""

    kind: str
    share: Fraction = Fraction(1)

    def __str__(self) -> str:
        return f"share {float(self.share):g}" if self.kind == "share" else self.kind


class Claim(Struct, frozen=True):
    """One separately provable statement. The same id in several items is one claim, answered once.

    ``among`` is empty where no check of this version answers the claim: it is settled with its first check.
    """

    id: str
    says: str
    over: str
    among: Among | None
    holds: Holds
    proof: tuple[Proof, ...]
    routes: tuple[Route, ...]


class Use(Struct, frozen=True):
    """How one item uses a claim: what no subject means, the oldest evidence it takes, its alternatives."""

    claim: Claim
    empty: Outcome
    fresh: int
    """Seconds."""
    window: int
    """Seconds of history that the claim needs; 0 for none."""
    via: tuple[str, ...]


class Item(Struct, frozen=True):
    """A line of the checklist, word for word; it is the all-of of its claims."""

    id: str
    text: str
    section: str
    title: str
    """The title of its section."""
    role: str
    """Who answers for it."""
    waivable: bool
    not_applicable: tuple[str, ...]
    """The conditions under which a profile may call it not applicable."""
    uses: tuple[Use, ...]


class Catalogue(Struct, frozen=True):
    """Every item in the order of the checklist, every claim by id, and what shows that a ``via`` is there."""

    items: tuple[Item, ...]
    claims: dict[str, Claim]
    alternatives: dict[str, "Alternative"]
    digest: str

    def item(self, id: str) -> Item | None:
        return next((item for item in self.items if item.id == id), None)


class Alternative(Struct, frozen=True):
    """What tells whether an implementation can be here: API groups it cannot work without.

    ``groups`` empty and ``declared`` false: part of Kubernetes itself, always there.
    ``declared`` true: it leaves no API group; it is there only when the profile declares it.
    """

    groups: tuple[str, ...] = ()
    declared: bool = False
