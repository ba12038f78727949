"""From judgements to claims, from claims to items."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from msgspec import structs

from seatrial.algebra.outcomes import all_of, hold
from seatrial.engine.findings import Found, find
from seatrial.engine.judge import Answer
from seatrial.engine.plan import missing_for, route_of
from seatrial.engine.waivers import waive
from seatrial.inventory.views import Views
from seatrial.kit.checking import Check
from seatrial.model.evidence import Cause, Gap, Unseen
from seatrial.model.finding import ClaimVerdict, ItemVerdict
from seatrial.model.item import Among, Catalogue, Claim, Holds, Item, Use
from seatrial.model.outcome import Outcome, Proof

Finder = Callable[[Claim, Sequence[Answer], tuple[Gap, ...]], Found]
"""What the alternatives of a claim that were judged come to, beside those that were not."""

Judge = Callable[[Claim], Sequence[Answer]]
"""What the checks of a claim found; none for a claim without checks."""


def conclude(catalogue: Catalogue, judged: Judge, views: Views) -> tuple[ItemVerdict, ...]:
    """A verdict for every item of the catalogue, in its order. Each claim is judged once, and its answers let go."""
    verdicts: dict[tuple[str, str], ClaimVerdict] = {}
    uses: dict[str, list[tuple[Item, Use]]] = {}
    for item in catalogue.items:
        for use in item.uses:
            uses.setdefault(use.claim.id, []).append((item, use))
    for used in uses.values():
        answers = judged(used[0][1].claim)
        finder = _once(views)  # several items may use a claim: what it comes to is made once
        for item, use in used:
            verdicts[item.id, use.claim.id] = conclude_claim(use, catalogue, answers, views, finder)
    return tuple(
        conclude_item(item, [verdicts[item.id, use.claim.id] for use in item.uses], views)
        for item in catalogue.items
    )


def _once(views: Views) -> Finder:
    known: dict[tuple[tuple[str, ...], tuple[Gap, ...]], Found] = {}

    def found(claim: Claim, judging: Sequence[Answer], unjudged: tuple[Gap, ...]) -> Found:
        key = tuple(answer.check.id for answer in judging), unjudged
        if key not in known:
            known[key] = find(claim, judging, unjudged, views)
        return known[key]

    return found


def conclude_item(item: Item, found: Sequence[ClaimVerdict], views: Views) -> ItemVerdict:
    """The verdict of one item, from those of its claims in their order."""
    claims = tuple(found)
    outcome = all_of(claim.outcome for claim in claims)
    verdict = ItemVerdict(
        id=item.id,
        text=item.text,
        section=item.section,
        title=item.title,
        outcome=outcome,
        proof=tuple(proof for proof in Proof if any(claim.proof is proof for claim in claims)),
        claims=claims,
        waiver=waive(item, claims, views.profile, views.now),
    )
    declared = next((row for row in views.profile.not_applicable if row.item == item.id), None)
    if declared is None:
        return verdict
    said = f"{declared.condition}: {declared.reason} ({declared.owner})"
    if any(_contradicts(use, claim) for use, claim in zip(item.uses, claims, strict=True)):
        return structs.replace(verdict, outcome=Outcome.UNKNOWN, not_applicable=f"contradicted: {said}")
    return structs.replace(verdict, outcome=Outcome.NOT_APPLICABLE, not_applicable=said)


def _contradicts(use: Use, claim: ClaimVerdict) -> bool:
    """Whether subjects of the claim were seen, although the profile says that there are none."""
    counted = (Outcome.PASS, Outcome.FAIL)
    return use.claim.over != "cluster" and any(claim.counts.get(outcome, 0) for outcome in counted)


def conclude_claim(
    use: Use, catalogue: Catalogue, answers: Sequence[Answer], views: Views, found: Finder
) -> ClaimVerdict:
    """The verdict of a claim as one item uses it. ``answers`` are what its checks found."""
    claim = use.claim
    verdict = ClaimVerdict(id=claim.id, says=claim.says, outcome=Outcome.UNKNOWN, holds=str(claim.holds))
    route = route_of(claim, views.trial.sources)
    if route is None:
        missing = " and ".join(missing_for(claim, views.trial.sources))
        gap = Gap(f"source/{missing}", Cause.NOT_CONFIGURED, f"it waits for {missing}")
        return structs.replace(verdict, gaps=(gap,))
    on_route = [answer for answer in answers if answer.check.route == route]
    present = _present(use, catalogue, views)
    judging = [answer for answer in on_route if answer.check.via in present]
    unjudged = {
        via: gap or _no_check(claim, via)
        for via, gap in present.items()
        if gap is not None or all(answer.check.via != via for answer in on_route)
    }
    if not present:
        gap = Gap(
            "kube/discovery",
            Cause.UNDECIDABLE,
            f"none of {', '.join(use.via)} is here",
            "install one, or declare it under declares.alternatives",
        )
        if on_route and all(answer.is_empty for answer in on_route):
            return structs.replace(verdict, outcome=use.empty)
        return structs.replace(verdict, gaps=(gap,))
    if not judging:
        return structs.replace(verdict, gaps=tuple(unjudged.values()))
    return _judged_claim(use, verdict, judging, unjudged, views, found)


def _judged_claim(
    use: Use,
    verdict: ClaimVerdict,
    judging: Sequence[Answer],
    unjudged: Mapping[str, Gap],
    views: Views,
    find: Finder,
) -> ClaimVerdict:
    claim = use.claim
    gaps = list(dict.fromkeys(gap for answer in judging for gap in answer.gaps))
    found = find(claim, judging, tuple(unjudged.values()))
    findings, counts = found.findings, found.counts
    counted = any(count for outcome, count in counts.items() if outcome is not Outcome.NOT_APPLICABLE)
    # an alternative that nobody judged may have subjects of its own
    is_open = bool(gaps) or bool(unjudged and not counted)
    # there is always one cluster: where the claim does not speak of it, it does not apply
    empty = Outcome.NOT_APPLICABLE if claim.over == "cluster" else use.empty
    outcome = hold(_holds(claim, views), counts, is_open=is_open, empty=empty)
    stale = _stale(use, judging, views)
    if stale is not None and outcome is not Outcome.NOT_APPLICABLE:
        outcome = Outcome.UNKNOWN
        gaps.append(stale)
    if not counted and not is_open and outcome is Outcome.UNKNOWN:
        gaps.append(_nothing(claim, judging[0].check))
    own = [finding.gap for finding in findings if finding.gap is not None] if counts[Outcome.UNKNOWN] else []
    if is_open or own:
        gaps += unjudged.values()
    gaps += own
    apart: dict[str, int] = {}
    for answer in judging:
        apart |= answer.apart
    return structs.replace(
        verdict,
        outcome=outcome,
        proof=_proof(claim, views) if outcome in {Outcome.PASS, Outcome.FAIL} else None,
        counts={str(key): count for key, count in sorted(counts.items()) if count},
        findings=findings,
        gaps=tuple(dict.fromkeys(gaps)) if outcome is Outcome.UNKNOWN else (),
        apart=dict(sorted(apart.items())),
    )


def _proof(claim: Claim, views: Views) -> Proof:
    return Proof.DECLARED if views.trial.declared else claim.proof[0]


def _holds(claim: Claim, views: Views) -> Holds:
    share = views.profile.limits.get(claim.id, {}).get("share")
    return claim.holds if share is None else Holds("share", Fraction(str(share)))


def _present(use: Use, catalogue: Catalogue, views: Views) -> dict[str, Gap | None]:
    """The alternatives that may be here; with the gap where it could not be told whether they are."""
    if not use.via:
        return {"": None}
    found: dict[str, Gap | None] = {}
    for via in use.via:
        alternative = catalogue.alternatives.get(via)
        declared = any(row.name == via for row in views.profile.declares.alternatives)
        if alternative is None or declared or not (alternative.groups or alternative.declared):
            found[via] = None
            continue
        try:
            if any(views.served(name) for name in alternative.groups):
                found[via] = None
        except Unseen as unseen:
            found[via] = unseen.gap
    return found


def _no_check(claim: Claim, via: str) -> Gap:
    by = f" by {via}" if via else ""
    return Gap(f"claim/{claim.id}", Cause.NO_CHECK, f"no check of this version judges it{by}")


def _nothing(claim: Claim, check: Check[Any, Any]) -> Gap:
    """Why there is no subject: the profile does not declare any, or the cluster has none."""
    key = getattr(check.subject, "declared_as", "") if claim.among is Among.DECLARED else ""
    if key:
        cure = f"declare {key} in seatrial.yaml"
        return Gap("profile", Cause.NOT_DECLARED, f"no {claim.over} is declared", cure)
    return Gap(
        f"claim/{claim.id}",
        Cause.UNDECIDABLE,
        f"there is no {claim.over} that it speaks of",
        "see: seatrial explain " + claim.id,
    )


def _stale(use: Use, judging: Iterable[Answer], views: Views) -> Gap | None:
    for need in sorted({need for answer in judging for need in answer.check.needs}):
        evidence = views.trial.evidence.get(need.id)
        if evidence is None:
            continue
        age = views.now - datetime.fromisoformat(evidence.collected_at)
        if age > timedelta(seconds=use.fresh):
            detail = f"read {age} before the trial's time; the claim takes evidence of {use.fresh} s at most"
            return Gap(need.id, Cause.STALE, detail, "run a new trial")
    return None
