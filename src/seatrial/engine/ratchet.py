"""The gate that lets nothing get worse: what is open may stay open, and nothing may be added to it."""

from collections.abc import Iterator

from msgspec import structs

from seatrial.engine.assess import Assessment
from seatrial.engine.decide import is_open
from seatrial.model.finding import ClaimVerdict, Decision, ItemVerdict
from seatrial.model.outcome import Outcome
from seatrial.model.profile import Declared, Declares, Profile

RATCHET = "ratchet"
_HINDERS = frozenset({Outcome.FAIL, Outcome.UNKNOWN})


def ratchet(before: Assessment, after: Assessment) -> Decision:
    """Holds where nothing got worse since ``before``, which the same checks must have judged; else says what did.

    Worse are: an item that is open and was not, an unknown item that fails, another object in an item that is open,
    an object that cannot be told any more, a waiver that is over, and a judgement that looks at less than before.
    """
    found = [
        *_items(before, after),
        *_unread(before, after),
        *_scope(before.trial.profile, after.trial.profile),
    ]
    return Decision(
        gate=RATCHET,
        outcome=Outcome.FAIL if found else Outcome.PASS,
        open=sum(map(is_open, after.items)),
        deciding=tuple(dict.fromkeys(item for item, _ in found if item)),
        reasons=tuple(f"{item}: {says}" if item else says for item, says in found),
    )


def _items(before: Assessment, after: Assessment) -> Iterator[tuple[str, str]]:
    earlier = {item.id: item for item in before.items}
    for item in after.items:
        was = earlier.get(item.id)
        if was is None or not is_open(item):
            continue
        if not is_open(was):
            waived = was.waiver and was.outcome in _HINDERS and not item.waiver
            yield item.id, "its waiver is over" if waived else f"was {was.outcome}, is {item.outcome}"
        elif was.outcome is Outcome.UNKNOWN and item.outcome is Outcome.FAIL:
            yield item.id, "was unknown, fails now"
        yield from ((item.id, says) for says in _claims(was, item))


def _claims(was: ItemVerdict, item: ItemVerdict) -> Iterator[str]:
    earlier = {claim.id: claim for claim in was.claims}
    for claim in item.claims:
        before = earlier.get(claim.id)
        if before is None or claim.outcome not in _HINDERS:
            continue
        if before.outcome not in _HINDERS:
            yield f"{claim.id} was {before.outcome}, is {claim.outcome}"
        yield from _objects(before, claim)


def _objects(before: ClaimVerdict, claim: ClaimVerdict) -> Iterator[str]:
    known = {row.key: row.outcome for row in before.findings if row.outcome in _HINDERS}
    for row in claim.findings:
        was = known.get(row.key)
        if row.outcome is Outcome.FAIL and was is not Outcome.FAIL:
            yield f"{claim.id}: {row.subject} fails" + (", was unknown" if was else "")
        elif row.outcome is Outcome.UNKNOWN and was is None:
            yield f"{claim.id}: {row.subject} cannot be told any more"


def _unread(before: Assessment, after: Assessment) -> Iterator[tuple[str, str]]:
    """Lists, and parts of lists, that were read and are not now."""
    for id, answer in after.trial.evidence.items():
        earlier = before.trial.evidence.get(id)
        if earlier is None:
            continue
        whole = next((gap for gap in earlier.gaps if gap.namespace is None and gap.name is None), None)
        parts = {gap.namespace for gap in earlier.gaps if gap.name is None}
        for gap in answer.gaps:
            if gap.name is not None:
                continue
            if gap.namespace is not None:
                was_read = gap.namespace not in parts and (whole is None or gap.namespace in whole.besides)
                lost = [f" of {gap.namespace}"] if was_read else []
            elif whole is None:
                lost = [""]
            else:
                lost = [f" of {place}" for place in sorted({*whole.besides} - {*gap.besides})]
            for where in lost:
                yield "", f"{id}{where} is not read any more: {gap.cause}, {gap.detail}"


_ASKED = (
    "node_services",
    "scheduled_tasks",
    "critical_components",
    "stateful_workloads",
    "security_profiles",
    "restricted_namespaces",
    "alternatives",
)
"""Declarations that ask for more: one that is gone, or says something else, asks less."""

_ALLOWED = ("capabilities", "platform_workloads")
"""Declarations that ask for less: each is an exception."""


def _declares(before: Declares, after: Declares) -> Iterator[tuple[str, str]]:
    written = {field.name: field.encode_name for field in structs.fields(Declares)}
    for names, first, second, says in (
        (_ASKED, before, after, "is not declared any more, or not as it was"),
        (_ALLOWED, after, before, "is declared"),
    ):
        for name in names:
            known = [_bare(row) for row in getattr(second, name)]
            for row in getattr(first, name):
                if _bare(row) not in known:
                    yield "", f"{getattr(row, 'name', '')} {says} (declares.{written[name]})"
    if after.restricted_namespaces and not before.restricted_namespaces:
        yield "", "only some namespaces are asked to be restricted (declares.restrictedNamespaces)"


def _bare(row: Declared) -> Declared:
    """A declaration without who answers for it, and why."""
    return structs.replace(row, owner="", reason="")


def _scope(before: Profile, after: Profile) -> Iterator[tuple[str, str]]:
    """What the profile takes out of the judgement, or reads more loosely, and did not before."""
    for name in sorted({*after.scope.platform_namespaces} - {*before.scope.platform_namespaces}):
        yield "", f"namespace {name} is no application's any more (scope.platformNamespaces)"
    known = {(row.kind, row.namespace, row.name) for row in before.scope.excluded}
    for row in after.scope.excluded:
        if (row.kind, row.namespace, row.name) not in known:
            yield "", f"{row.kind} {row.namespace}/{row.name} is excluded (scope.excluded)"
    for reading in sorted({row.reading for row in after.accepts} - {row.reading for row in before.accepts}):
        yield "", f"the looser reading {reading} is accepted (accepts)"
    declared = {(row.item, row.condition) for row in before.not_applicable}
    for entry in after.not_applicable:
        if (entry.item, entry.condition) not in declared:
            yield entry.item, f"is declared not applicable: {entry.condition} (notApplicable)"
    yield from _declares(before.declares, after.declares)
    outs = {(row.claim, row.kind, row.namespace, row.name) for row in before.declares.opt_outs}
    for out in after.declares.opt_outs:
        if (out.claim, out.kind, out.namespace, out.name) not in outs:
            yield "", f"{out.kind} {out.namespace}/{out.name} opts out of {out.claim} (declares.optOuts)"
    for claim in sorted(after.limits):
        if after.limits[claim] != before.limits.get(claim, {}):
            yield "", f"the limits of {claim} are others (limits)"
