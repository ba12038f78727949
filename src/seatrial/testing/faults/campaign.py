"""Every request of a trial, every fault, worlds that pass and worlds that fail: does any verdict move towards pass?"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct, field

from seatrial.app.collect import collect, quiet
from seatrial.kit.checking import Check
from seatrial.kit.worlds import Trap
from seatrial.model.errors import UserError
from seatrial.model.evidence import Need
from seatrial.model.finding import ClaimVerdict
from seatrial.model.outcome import Outcome
from seatrial.model.profile import Profile
from seatrial.model.trial import Trial
from seatrial.sources.kube.kubeconfig import Access
from seatrial.sources.kube.source import KubeSource
from seatrial.sources.kube.transport import Transport
from seatrial.testing.faults.catalogue import FAULTS, Fault
from seatrial.testing.faults.exchange import Exchange
from seatrial.testing.faults.server import FaultyServer
from seatrial.testing.faults.upstreams import World
from seatrial.testing.proving import module_of, needs_of_claim, verdict
from seatrial.testing.worlds import Held, convert_profile, hold

PAGE = 2
"""Objects in a page, so that small worlds have several."""

OTHERS = ("/api", "/apis", "/version", "/api/v1/namespaces/kube-system", "/metrics")
"""What a trial asks beside lists."""

SLOW = frozenset({"body that drips without end", "no answer in time"})
MOST_SLOW = 3
"""How often such a fault is done to one request: each costs half a second."""

PATIENT, IMPATIENT = 20.0, 0.2
"""Seconds that one request may take: a machine that is busy must not look like a fault; slow faults need not be sat out."""

LONGEST = 60.0
"""Seconds that a trial under fire may take in all: ``--timeout`` of the campaign's trials."""

_GOOD = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})
STOPPED = "stopped: nothing is judged"
SAME = "as without it"


Judged = tuple[Trial, ClaimVerdict]
"""A trial, and what the check's claim comes to in it."""


class Cell(Struct):
    """What one fault did to one request, over all worlds."""

    effects: Counter[str] = field(default_factory=Counter)
    false_passes: list[str] = []
    undetected: list[str] = []
    """Verdicts that moved towards pass for a lie that nothing in the answer gives away."""


class Result(Struct):
    """``cells`` by fault and request; ``wordless`` are gaps without a cause or a cure; ``longest`` in seconds."""

    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)
    wordless: list[str] = []
    longest: float = 0.0

    @property
    def injected(self) -> int:
        return sum(sum(cell.effects.values()) for cell in self.cells.values())

    @property
    def false_passes(self) -> list[str]:
        return [says for cell in self.cells.values() for says in cell.false_passes]


def worlds_of(check: Check[Any, Any]) -> Iterator[tuple[str, Trap | None]]:
    """The check's good world and its first that fails; where none fails, the first that is unknown."""
    traps = sorted(module_of(check).TRAPS, key=lambda trap: trap.gives is not Outcome.FAIL)
    yield "GOOD", None
    yield from ((trap.name, trap) for trap in traps[:1])


class Campaign:
    """``share`` of all injections is done, always the same ones; ``counts``: the user may read the server's counts."""

    def __init__(self, *, share: float = 1.0, counts: bool = True, faults: Sequence[Fault] = FAULTS) -> None:
        self._share = share
        self._counts = counts
        self._faults = faults
        self.result = Result()

    def run(self, checks: Sequence[Check[Any, Any]], told: Callable[[str], None] = quiet) -> Result:
        """Every check's worlds, in memory."""
        for at, check in enumerate(checks, 1):
            for name, trap in worlds_of(check):
                held = hold(module_of(check).GOOD, trap)
                with FaultyServer(World(held)) as server:
                    self.world(check, name, held, server)
            faults, wrong = self.result.injected, len(self.result.false_passes)
            told(f"{at} of {len(checks)} checks: {faults:,} faults, {wrong} false passes")
        return self.result

    def world(
        self, check: Check[Any, Any], name: str, held: Held, server: FaultyServer, user: str = ""
    ) -> None:
        """One world, which stands behind the server. ``user`` is whom the trial acts as."""
        needs = needs_of_claim(check)
        clean = judge(check, held, needs, server, self._chosen(None, ""), user)
        if clean is None:
            raise RuntimeError(f"{check.id}, {name}: the clean trial does not start")
        lists = [need.id for need in needs if need.resource]
        for request, fault in injections(lists, f"{check.id}/{name}", self._share, self._faults):
            cell = self.result.cells.setdefault((fault.name, request), Cell())
            if fault.name in SLOW and sum(cell.effects.values()) >= MOST_SLOW:
                continue
            began = time.monotonic()
            timeout = IMPATIENT if fault.name in SLOW else PATIENT
            found = judge(check, held, needs, server, self._chosen(fault, request), user, timeout)
            self.result.longest = max(self.result.longest, time.monotonic() - began)
            self._note(cell, fault, f"{check.id}, {name}, {request}, {fault.name}", clean, found, request)

    def _chosen(self, fault: Fault | None, request: str) -> Callable[[Exchange], Any]:
        def choose(exchange: Exchange) -> Any:
            if not self._counts and exchange.path == "/metrics":
                return _refuse
            if fault is None or exchange.name != request or (fault.later and not exchange.token):
                return None
            return fault.act

        return choose

    def _note(
        self, cell: Cell, fault: Fault, where: str, clean: Judged, found: Judged | None, request: str
    ) -> None:
        """Puts down what a fault did, and whether anything moved towards pass."""
        cell.effects[effect(clean[0], found[0] if found is not None else None, request)] += 1
        if found is None:
            return
        moved = [f"{where}: {says}" for says in towards_pass(clean[1], found[1])]
        (cell.undetected if fault.lies else cell.false_passes).extend(moved)
        gaps = (gap for row in found[0].evidence.values() for gap in row.gaps)
        self.result.wordless += [f"{where}: {gap}" for gap in gaps if not (gap.detail and gap.cure)]


def injections(
    lists: Sequence[str], world: str, share: float, faults: Sequence[Fault] = FAULTS
) -> Iterator[tuple[str, Fault]]:
    """Each request of a trial with each fault that it can have; a steady ``share`` of them."""
    for request in (*lists, *OTHERS):
        for fault in faults:
            if fault.lists and request in OTHERS:
                continue
            digest = hashlib.sha256(f"{world}/{request}/{fault.name}".encode()).digest()
            if int.from_bytes(digest[:4], "big") < share * 2**32:
                yield request, fault


def _refuse(exchange: Exchange) -> None:
    exchange.send_json({"kind": "Status", "reason": "Forbidden", "message": "no"}, 403)


def judge(
    check: Check[Any, Any],
    held: Held,
    needs: Sequence[Need],
    server: FaultyServer,
    choose: Callable[[Exchange], Any],
    user: str = "",
    timeout: float = PATIENT,
) -> Judged | None:
    """A trial over the server, judged by one check; None where it stopped with an error for the user."""
    server.choose = choose
    access = Access(server=server.url, context="faults")
    headers = [("Impersonate-User", user)] if user else []
    transport = Transport(
        access, headers=headers, timeout=timeout, renew=lambda: access, lasts=LONGEST, pause=lambda _: None
    )
    try:
        trial = collect(KubeSource(transport, progress=quiet, page=PAGE), needs, Profile(), quiet)
    except UserError:
        return None
    evidence = {id: msgspec.structs.replace(row, collected_at=held.now) for id, row in trial.evidence.items()}
    profile = convert_profile(held.profile)
    trial = msgspec.structs.replace(trial, now=held.now, profile=profile, evidence=evidence)
    return trial, verdict(check, trial)


def towards_pass(before: ClaimVerdict, after: ClaimVerdict) -> Iterator[str]:
    """The claim, and each of its subjects, that is better than it was."""
    if _better(before.outcome, after.outcome):
        yield f"{before.id}: {before.outcome} became {after.outcome}"
    was = {finding.subject: finding.outcome for finding in before.findings}
    for finding in after.findings:
        outcome = was.get(finding.subject, finding.outcome)
        if _better(outcome, finding.outcome):
            yield f"{before.id}, {finding.subject}: {outcome} became {finding.outcome}"


def _better(before: Outcome, after: Outcome) -> bool:
    return after in _GOOD and before is not after and before is not Outcome.PASS


def effect(clean: Trial, trial: Trial | None, request: str) -> str:
    """What a fault comes to, in a few words."""
    if trial is None:
        return STOPPED
    hidden = {
        str(gap.cause)
        for id, row in trial.evidence.items()
        for gap in row.gaps
        if gap not in clean.evidence[id].gaps
    }
    if hidden:
        return "gap: " + ", ".join(sorted(hidden))
    if abs(trial.skew) > 1000:
        return "gap: ages"
    changed = request in trial.evidence and trial.evidence[request].chunks != clean.evidence[request].chunks
    return "believed" if changed else SAME
