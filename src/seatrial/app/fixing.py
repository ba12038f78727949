"""The use case behind ``fix``: the smallest patches that mend findings, proved by judging what they make."""

import difflib
import json
import shlex
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from seatrial.app import trials
from seatrial.app.assessing import choose_trial
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.collect import Progress, collect, quiet
from seatrial.app.explaining import pages
from seatrial.app.reporting import write_file
from seatrial.app.suggest import nearest
from seatrial.engine.assess import Assessment, assess
from seatrial.engine.decide import NONE
from seatrial.engine.mending import Mend, mends
from seatrial.engine.plan import needs_of
from seatrial.inventory.views import Views
from seatrial.kit.checking import Check
from seatrial.model.errors import UserError
from seatrial.model.evidence import Need
from seatrial.model.finding import Subject
from seatrial.model.outcome import Outcome
from seatrial.model.profile import ClusterRef
from seatrial.model.trial import Trial
from seatrial.needs import kube
from seatrial.reports._kubectl import object_of
from seatrial.reports._page import plain
from seatrial.semantics.strategic import join, merge
from seatrial.sources.manifests import ManifestsSource
from seatrial.sources.manifests.editing import Unplaced, edit
from seatrial.sources.manifests.files import Manifest, read
from seatrial.sources.manifests.kinds import OF_THE_CLUSTER
from seatrial.sources.manifests.templates import TEMPLATES, group_of
from seatrial.wire.chunks import key_of, unpack

Json = dict[str, Any]
_IMMUTABLE = frozenset({"Pod", "Job"})
ROUNDS = 5
"""How often what does not mend, or breaks something else, is taken out and the rest is judged again."""


class Fixed(Struct):
    """One finding with its patch of an object, or why there is none."""

    mend: Mend
    target: Subject
    patch: Json
    why: str = ""


class Plan(Struct, frozen=True):
    """Everything that was asked for: what can be mended, proved, and what cannot."""

    trial: Trial
    rows: tuple[Fixed, ...]
    texts: Mapping[str, str]
    """Files whose text changes, with the new text; none for a recorded trial."""
    recorded: bool = False

    @property
    def mended(self) -> tuple[Fixed, ...]:
        return tuple(row for row in self.rows if not row.why)

    @property
    def patches(self) -> dict[Subject, Json]:
        found: dict[Subject, Json] = {}
        for row in self.mended:
            found[row.target] = join(found.get(row.target, {}), row.patch)
        return found


def plan(
    names: Sequence[str], *, manifests: Sequence[str], replay: str | None, demo: bool, profile_path: str | None,
    given: Mapping[str, str], progress: Progress,
) -> Plan:  # fmt: skip
    """What would mend the findings of items, claims, checks or keys; of all where none is named. Raises UserError."""
    checks, keys = _chosen(names)
    if manifests:
        if "-" in manifests:
            raise UserError("standard input cannot be changed", hint="--manifests FOLDER")
        whole = list(read(manifests))
        trial, _ = trials.from_manifests(manifests, trials.choose_profile(profile_path), progress)
    else:
        trial, _ = choose_trial((), replay, demo, profile_path, {}, progress)
        whole = _manifests_of(trial)
    progress("judging what the patches make")
    found = plan_of(whole, trial, checks, given, keys, is_text=bool(manifests))
    for row in found.rows if found.recorded else ():
        if row.target.kind in _IMMUTABLE and not row.why:
            row.why = f"the API changes no {row.target.kind} that is there: change it where it is made"
    progress("")
    return found


def plan_of(
    whole: Sequence[Manifest],
    base: Trial,
    checks: Sequence[Check[Any, Any]],
    given: Mapping[str, str],
    keys: Collection[str] = (),
    *,
    is_text: bool = False,
) -> Plan:
    """The plan for the objects of a trial, which is judged as if they were all there is; of the findings with these keys, if any are named. Raises UserError."""
    trial = declared(whole, base)
    rows = [_fixed(mend, trial) for mend in _mends(checks, trial, given)]
    rows = [row for row in rows if not keys or row.mend.key in keys]
    _refuse_unknown(keys, rows)
    found = {_subject(manifest): manifest for manifest in whole}
    for row in rows:
        if not row.why and row.target not in found:
            row.why = "its object is not among these: mend it where it is made"
    texts = _prove(rows, found, whole, trial, base, checks, given, is_text=is_text)
    return Plan(trial, tuple(rows), texts, recorded=not is_text)


def _chosen(names: Sequence[str]) -> tuple[list[Check[Any, Any]], set[str]]:
    """The checks behind names, and the keys of findings among the names."""
    catalogue, checks = installed_catalogue(), installed_checks()
    keys = {name for name in names if len(name) == 16 and set(name) <= set("0123456789abcdef")}
    chosen: dict[str, Check[Any, Any]] = {}
    for name in names:
        item = catalogue.item(name)
        claims = {use.claim.id for use in item.uses} if item else {name}
        found = [check for check in checks if check.answers in claims or check.id == name]
        if not found and name not in keys:
            if item is not None or name in catalogue.claims:
                raise UserError(f"no check of this version judges {name}", hint=f"seatrial explain {name}")
            known = [*(row.id for row in catalogue.items), *catalogue.claims, *(check.id for check in checks)]
            raise UserError(
                f"there is no item, claim, check or finding {plain(name)!r}{nearest(name, known)}",
                hint="seatrial list checks",
            )
        chosen |= {check.id: check for check in found}
    return (list(checks) if keys or not names else list(chosen.values())), keys


def _refuse_unknown(keys: Collection[str], rows: Sequence[Fixed]) -> None:
    lost = sorted({*keys} - {row.mend.key for row in rows})
    if lost:
        raise UserError(
            f"no finding that fails has the key {lost[0]}",
            hint="seatrial explain ITEM --replay FILE shows keys",
        )


def _mends(checks: Sequence[Check[Any, Any]], trial: Trial, given: Mapping[str, str]) -> list[Mend]:
    views = Views(trial, datetime.fromisoformat(trial.now))
    return list(mends(checks, installed_catalogue().claims, views, given))


def _fixed(mend: Mend, trial: Trial) -> Fixed:
    subject = structs.replace(mend.subject, facet="")
    target = object_of(subject, trial) or subject
    if mend.fix is None:
        return Fixed(mend, target, {}, mend.why or _how(mend.check))
    if mend.fix.of is not None:
        target = mend.fix.of
    patch = mend.fix.object
    if mend.fix.pod:
        path = (*TEMPLATES.get((target.group, target.kind), ()), "spec")
        if path == ("spec",) and target.kind != "Pod":
            return Fixed(mend, target, {}, f"a {target.kind} makes its pods in its own way: mend it there")
        nested: Any = mend.fix.pod
        for step in reversed(path):
            nested = {step: nested}
        patch = join(patch, nested)
    return Fixed(mend, target, patch)


def _how(check: str) -> str:
    _, found, rest = pages().get(check, "").partition("How to fix:")
    return " ".join(rest.partition("\n\n")[0].split()) if found else "no change of a manifest mends it"


def _subject(manifest: Manifest) -> Subject:
    row = manifest.object
    namespace, name = key_of(row)
    kind, group = str(row["kind"]), group_of(row)
    return Subject(kind, name, namespace or ("" if _is_of_the_cluster(group, kind) else "default"), group)


def _is_of_the_cluster(group: str, kind: str) -> bool:
    return (group, kind) in OF_THE_CLUSTER


def _prove(
    rows: list[Fixed],
    found: Mapping[Subject, Manifest],
    whole: Sequence[Manifest],
    trial: Trial,
    base: Trial,
    checks: Sequence[Check[Any, Any]],
    given: Mapping[str, str],
    *,
    is_text: bool,
) -> dict[str, str]:
    """Takes out what cannot be written, does not mend, or makes something else fail; gives the texts that remain."""
    before = _failing(_judged(trial))
    texts: dict[str, str] = {}
    for _ in range(ROUNDS):
        kept = Plan(trial, tuple(rows), {}).patches
        if not kept:
            return {}
        texts = _written(rows, kept, found) if is_text else {}
        kept = Plan(trial, tuple(rows), {}).patches
        patched = [
            structs.replace(row, object=merge(row.object, kept[subject]))
            if found.get(subject := _subject(row)) is row and subject in kept
            else row
            for row in whole
        ]
        after = declared(patched, base)
        still = {(row.check, row.subject) for row in _mends(checks, after, given)}
        worse = dict(row for key, row in _failing(_judged(after)).items() if key not in before)
        bad = False
        for row in rows:
            target = (row.target.kind, row.target.namespace, row.target.name)
            if row.why:
                continue
            if (row.mend.check, row.mend.subject) in still:
                row.why, bad = "judged again with the patch, it still fails", True
            elif target in worse:
                row.why, bad = f"the patch would make something else fail: {worse[target]}", True
        if not bad:
            return texts
    for row in rows:
        row.why = row.why or "what mends and what breaks could not be told apart"
    return {}


def _written(
    rows: list[Fixed], patches: Mapping[Subject, Json], found: Mapping[Subject, Manifest]
) -> dict[str, str]:
    """The new texts of the files; patches that cannot be placed are taken out with the reason."""
    by_file: dict[str, list[Subject]] = {}
    for subject in patches:
        by_file.setdefault(found[subject].file, []).append(subject)
    texts = {}
    for file, subjects in by_file.items():
        text = _text(Path(file))
        changes = []
        for subject in subjects:
            one = (found[subject].document, found[subject].within, patches[subject])
            try:
                edit(text, file, [one])
                changes.append(one)
            except Unplaced as error:
                _take_out(rows, {subject}, f"{found[subject].where}: {error}")
        try:
            written = edit(text, file, changes)
        except Unplaced as error:
            _take_out(rows, set(subjects), f"{file}: {error}")
            continue
        if written != text:
            texts[file] = written
    return texts


def _take_out(rows: list[Fixed], subjects: set[Subject], why: str) -> None:
    for row in rows:
        if row.target in subjects and not row.why:
            row.why = why


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def _judged(trial: Trial) -> Assessment:
    return assess(trial, installed_catalogue(), installed_checks(), NONE, time.perf_counter)


def _failing(found: Assessment) -> dict[str, tuple[tuple[str, str, str], str]]:
    """Every failing finding by its key: the object, and in words what fails."""
    return {
        row.key: ((row.subject.kind, row.subject.namespace, row.subject.name), f"{claim.id}: {row.observed}")
        for item in found.items
        for claim in item.claims
        for row in claim.findings
        if row.outcome is Outcome.FAIL
    }


def declared(manifests: Sequence[Manifest], trial: Trial) -> Trial:
    """What a trial would be if these objects were all there is: of the same time, cluster and profile, so that keys stay.

    What a live cluster said of itself stays: nodes and other kinds of the cluster, what is served, what was not read.
    """
    source = ManifestsSource((), manifests)
    profile = structs.replace(trial.profile, cluster=ClusterRef())
    found = collect(source, needs_of(installed_checks()), profile, quiet, declared=True)
    evidence = {id: structs.replace(row, collected_at=trial.now) for id, row in found.evidence.items()}
    if not trial.declared:
        needs = {need.id: need for need in needs_of(installed_checks())}
        for id, was in trial.evidence.items():
            if id not in evidence:
                continue
            if needs[id].namespaced:
                gaps = (*evidence[id].gaps, *was.gaps)
                evidence[id] = structs.replace(evidence[id], gaps=gaps)
            elif needs[id] == kube.NAMESPACES:
                evidence[id] = structs.replace(evidence[id], gaps=was.gaps)
            else:
                evidence[id] = was
    return structs.replace(found, now=trial.now, cluster=trial.cluster, evidence=evidence)


def _manifests_of(trial: Trial) -> list[Manifest]:
    """The objects of a recorded trial that somebody wrote: those that another object made are left out."""
    found = []
    for need in (row for row in vars(kube).values() if isinstance(row, Need) and row.kind):
        answer = trial.evidence.get(need.id)
        for chunk in answer.chunks if answer else ():
            for row in unpack(chunk, dict[str, Any]):
                owners = (row.get("metadata") or {}).get("ownerReferences") or ()
                if any(owner.get("controller") for owner in owners):
                    continue
                version = f"{need.group}/{need.versions[0]}" if need.group else need.versions[0]
                found.append(Manifest({"apiVersion": version, "kind": need.kind, **row}, need.id))
    return found


def diffs(texts: Mapping[str, str]) -> Iterator[str]:
    """A unified diff of every file, as ``patch -p1`` and ``git apply`` take it."""
    for file, text in sorted(texts.items()):
        before = _text(Path(file))
        yield from difflib.unified_diff(
            before.splitlines(keepends=True), text.splitlines(keepends=True), f"a/{file}", f"b/{file}"
        )


def commands(found: Plan) -> Iterator[str]:
    """A ``kubectl patch`` for each object."""
    for subject, patch in sorted(found.patches.items()):
        words = ["kubectl"]
        if found.trial.cluster.context:
            words += ["--context", found.trial.cluster.context]
        words += ["-n", subject.namespace] if subject.namespace else []
        kind = f"{subject.kind.lower()}.{subject.group}" if subject.group else subject.kind.lower()
        words += [
            "patch",
            f"{kind}/{subject.name}",
            "--type",
            "strategic",
            "-p",
            json.dumps(patch, ensure_ascii=False),
        ]
        yield shlex.join(words)


def write(texts: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Writes every file, each whole or not at all."""
    for file, text in sorted(texts.items()):
        write_file(Path(file), text)
        say(f"wrote {file}")
