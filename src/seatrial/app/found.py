"""What a run found of an item, a claim, a check or one finding: the second half of ``seatrial explain``."""

import re
import textwrap
import time
from collections.abc import Iterator, Sequence

from msgspec import structs

from seatrial.app.assessing import choose_trial
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.collect import Progress
from seatrial.app.explaining import explain
from seatrial.app.memory import for_many_objects
from seatrial.app.reporting import library
from seatrial.engine.assess import Assessment, assess
from seatrial.engine.decide import GO_LIVE
from seatrial.model.errors import UserError
from seatrial.model.finding import ClaimVerdict, Finding, ItemVerdict
from seatrial.model.outcome import Outcome
from seatrial.model.trial import Trial
from seatrial.reports._kubectl import command, reads_pods
from seatrial.reports._page import Location, Page, plain
from seatrial.reports._told import HINDERS, kept_for, located, reason, said, waiting

OBJECTS_SHOWN = 10
"""Objects that hinder a claim which are named; every one of them is in ``-o json``."""

GOOD_SHOWN = 3
"""Objects that pass or do not apply which are named, as examples; the counts are exact."""

_SIGNS = {Outcome.PASS: "✓", Outcome.FAIL: "✗", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "–"}
_ASCII = {Outcome.PASS: "+", Outcome.FAIL: "x", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "-"}


_KEY = re.compile("[0-9a-f]{16}")


def tell(
    name: str,
    page: Page,
    *,
    replay: str | None,
    manifests: Sequence[str],
    demo: bool,
    profile_path: str | None,
    progress: Progress,
) -> str:
    """What a name means, and what the run that is given found of it. Raises UserError where there is nothing of that name."""
    is_key = _KEY.fullmatch(name) is not None
    if not (replay or manifests or demo):
        if is_key:
            raise UserError(
                f"{name} is the key of a finding, and a finding is of a run",
                hint=f"seatrial explain {name} --replay FILE",
            )
        return explain(name, page.width)
    meaning = "" if is_key else explain(name, page.width) + "\n"
    with for_many_objects():
        trial, locations = choose_trial(manifests, replay, demo, profile_path, {}, progress)
        progress("judging")
        found = Found(trial, structs.replace(page, locations=locations)).of(name)
    progress("")
    return meaning + found


class Found:
    """One judged run, asked for what it says of something."""

    def __init__(self, trial: Trial, page: Page) -> None:
        self._assessment: Assessment = assess(
            trial, installed_catalogue(), installed_checks(), GO_LIVE, time.perf_counter
        )
        self._page = page
        self._pods = reads_pods(trial)

    def of(self, name: str) -> str:
        """What was found of an item, a claim, a check or a finding's key. Raises UserError where nothing is of that name."""
        lines = list(self._item(name) or self._claim(name) or self._finding(name))
        if not lines:
            raise UserError(
                f"this run has nothing named {plain(name)!r}",
                hint="of what passes only the first findings are written out; seatrial assess -o json has every key",
            )
        return "\n".join(plain(line) for line in (self._head(), "", *lines)) + "\n"

    def _head(self) -> str:
        trial = self._assessment.trial
        where = trial.name or trial.cluster.context or "this run"
        kind = ", manifests: declared, no proof of a live cluster" if trial.declared else ""
        return f"In the run of {where}, {trial.now.replace('T', ' ')[:16]} UTC{kind}:"

    def _item(self, name: str) -> list[str]:
        item = next((row for row in self._assessment.items if row.id == name), None)
        if item is None:
            return []
        kept = kept_for(item)
        head = f"{self._sign(item.outcome)} {item.id} {item.text}: {str(item.outcome).upper()}"
        lines = [head + (f" ({kept})" if kept else "")]
        for claim in item.claims:
            lines += ["", *self._verdict(claim)]
        return lines

    def _claim(self, name: str) -> list[str]:
        checks = {check.id: check.answers for check in installed_checks()}
        wanted = checks.get(name, name)
        for item in self._assessment.items:
            for claim in item.claims:
                if claim.id == wanted:
                    return list(self._verdict(claim))
        return []

    def _verdict(self, claim: ClaimVerdict) -> Iterator[str]:
        counted = ", ".join(f"{count} {outcome}" for outcome, count in claim.counts.items() if count)
        proof = f" · {claim.proof}" if claim.proof else ""
        yield (
            f"  {self._sign(claim.outcome)} {claim.id}: {claim.outcome}"
            + (f" · {counted}" if counted else "")
            + proof
        )
        apart = ", ".join(f"{count} {why}" for why, count in claim.apart.items())
        if apart:
            yield f"      apart: {apart}"
        if claim.outcome in HINDERS and not claim.findings:
            yield from self._wrapped(f"      {waiting(claim)}")
        hinder = [row for row in claim.findings if row.outcome in HINDERS]
        shown = hinder[:OBJECTS_SHOWN]
        good = [row for row in claim.findings if row.outcome not in HINDERS][:GOOD_SHOWN]
        for finding in (*shown, *good):
            yield f"      {self._sign(finding.outcome)} {finding.subject}  [{finding.key}]"
            yield from self._wrapped(f"        {'; '.join((said(finding), *finding.notes))}")
        if len(hinder) > len(shown):
            yield f"      and {len(hinder) - len(shown)} more that hinder: seatrial assess -o json has all"
        fixes = dict.fromkeys(library().fix(row.check) for row in shown if row.outcome is Outcome.FAIL)
        for fix in filter(None, fixes):
            yield from self._wrapped(f"      mend: {fix}")

    def _finding(self, key: str) -> list[str]:
        uses: list[ItemVerdict] = []
        found: tuple[ClaimVerdict, Finding] | None = None
        for item in self._assessment.items:
            for claim in item.claims:
                for finding in claim.findings:
                    if finding.key == key:
                        found = found or (claim, finding)
                        uses.append(item)
        return list(self._whole(*found, uses)) if found else []

    def _whole(self, claim: ClaimVerdict, finding: Finding, uses: list[ItemVerdict]) -> Iterator[str]:
        trial = self._assessment.trial
        yield f"{self._sign(finding.outcome)} {finding.subject}: {str(finding.outcome).upper()}"
        yield from self._wrapped(f"  claim     {claim.id}: {claim.says}")
        yield from self._wrapped(f"  asked by  {', '.join(f'{item.id} {item.text}' for item in uses)}")
        counted = ", ".join(f"{count} {outcome}" for outcome, count in finding.members.items())
        more = ", ..." if sum(finding.members.values()) > len(finding.names) else ""
        yield from self._wrapped(f"  members   {counted}: {', '.join(finding.names)}{more}")
        if finding.gap is not None:
            yield from self._wrapped(f"  unknown   {reason(finding.gap)}")
            yield from self._wrapped(f"  cure      {finding.gap.cure}")
        else:
            yield from self._wrapped(f"  observed  {finding.observed}")
        if finding.expected:
            yield from self._wrapped(f"  expected  {finding.expected}")
        for note in finding.notes:
            yield from self._wrapped(f"  note      {note}")
        if finding.recheck_at:
            yield f"  changes   with time alone at {finding.recheck_at}"
        for cite in finding.cites:
            yield f"  evidence  {cite.digest[:16]}{cite.pointer}"
        place: Location | None = located(finding, self._assessment, self._page)
        if place is not None:
            yield f"  written   {place.file}:{place.line}"
        needs = library().needs.get(finding.check, ())
        look = command(finding, trial, needs, self._pods)
        if look:
            yield f"  look      {look}"
        fix = library().fix(finding.check)
        if fix and finding.outcome in HINDERS:
            yield from self._wrapped(f"  mend      {fix}")
        fixable = any(check.id == finding.check and check.fix is not None for check in installed_checks())
        if fixable and finding.outcome is Outcome.FAIL:
            yield f"  fix       seatrial fix {finding.key}, with the same run or manifests"
        yield f"  more      seatrial explain {finding.check}"

    def _wrapped(self, text: str) -> list[str]:
        """Lines within the page; what follows the first stands under where its words begin."""
        indent = len(text) - len(text.lstrip())
        labelled = indent == 2
        return textwrap.wrap(
            plain(text), self._page.width, subsequent_indent=" " * (12 if labelled else indent + 2),
            break_long_words=False, break_on_hyphens=False, drop_whitespace=True,
        ) or [""]  # fmt: skip

    def _sign(self, outcome: Outcome) -> str:
        return (_SIGNS if self._page.unicode else _ASCII)[outcome]
