"""What a judgement is, and what judgements come to."""

from msgspec import Struct

from seatrial.model.evidence import Citation, Gap
from seatrial.model.outcome import Outcome, Proof


class Subject(Struct, frozen=True, order=True, omit_defaults=True, gc=False):
    """What a finding is about: a facet (container, claim template...) of a top owner. It outlives its pods."""

    kind: str
    name: str
    namespace: str = ""
    group: str = ""
    facet: str = ""

    def __str__(self) -> str:
        place = f"{self.namespace}/" if self.namespace else ""
        facet = f" ({self.facet})" if self.facet else ""
        return f"{self.kind} {place}{self.name}{facet}"


class Judgement(Struct, frozen=True, gc=False):
    """One subject judged by one check.

    ``observed`` is what was seen, ``expected`` what the rule asks; ``at`` are JSON pointers, relative to the
    subject, to the fields that decided; ``note`` is a remark that changes no outcome.
    """

    outcome: Outcome
    observed: str = ""
    expected: str = ""
    at: tuple[str, ...] = ()
    note: str = ""
    gap: Gap | None = None


class Finding(Struct, frozen=True, omit_defaults=True, gc=False):
    """A check's answer for one subject, its members counted. ``key`` never depends on wording."""

    key: str
    check: str
    claim: str
    via: str
    subject: Subject
    outcome: Outcome
    members: dict[str, int]
    """How many members (pods, mostly) have which outcome."""
    names: tuple[str, ...] = ()
    """The first members that have the finding's outcome."""
    observed: str = ""
    expected: str = ""
    notes: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()
    gap: Gap | None = None
    recheck_at: str = ""


class ClaimVerdict(Struct, frozen=True, omit_defaults=True):
    """A claim as one item uses it. ``gaps`` are the things it waits for, findings' own gaps among them."""

    id: str
    says: str
    outcome: Outcome
    proof: Proof | None = None
    holds: str = ""
    counts: dict[str, int] = {}
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    apart: dict[str, int] = {}
    """Subjects left out of the count, by reason (mirror pod, excluded by the profile...)."""


class ItemVerdict(Struct, frozen=True, omit_defaults=True):
    """An item of the checklist, judged. ``waiver`` changes the gate, never ``outcome``."""

    id: str
    text: str
    section: str
    title: str
    outcome: Outcome
    proof: tuple[Proof, ...] = ()
    claims: tuple[ClaimVerdict, ...] = ()
    waiver: str = ""
    not_applicable: str = ""


class Decision(Struct, frozen=True, omit_defaults=True):
    """What a gate says: it holds, it does not, or it cannot be told; with the items that decided."""

    gate: str
    outcome: Outcome
    open: int
    """Items that fail or are unknown, and are not waived."""
    deciding: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """What got worse, where that is what the gate asks."""
