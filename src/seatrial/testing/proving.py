"""Judging one check on one world: what the laws, and a check's author, ask."""

import importlib
from collections.abc import Iterator
from datetime import datetime
from types import ModuleType
from typing import Any

from msgspec import structs

from seatrial.app.catalogue import check_of, installed_catalogue, installed_checks
from seatrial.engine.conclude import conclude
from seatrial.engine.judge import judge
from seatrial.engine.plan import needs_of
from seatrial.inventory.views import Views
from seatrial.kit.checking import Check
from seatrial.kit.worlds import Trap, World
from seatrial.model.finding import ClaimVerdict
from seatrial.model.item import Catalogue
from seatrial.model.trial import Trial
from seatrial.testing.worlds import hold, trial_of


def worlds(module: ModuleType) -> Iterator[tuple[str, World, Trap | None]]:
    """The worlds of a check: ``GOOD``, then each trap, by name. Raises AttributeError where a module lacks them."""
    yield "GOOD", module.GOOD, None
    for trap in module.TRAPS:
        yield trap.name, module.GOOD, trap


def module_of(check: Check[Any, Any]) -> ModuleType:
    return importlib.import_module(check.module)


def catalogue_of(check: Check[Any, Any]) -> Catalogue:
    """A catalogue of one item that uses the check's claim as its first item does, by the check's alternative only."""
    whole = installed_catalogue()
    item = next(row for row in whole.items if any(use.claim.id == check.answers for use in row.uses))
    use = next(use for use in item.uses if use.claim.id == check.answers)
    return structs.replace(whole, items=(structs.replace(item, uses=(use,)),))


def verdict(check: Check[Any, Any], trial: Trial) -> ClaimVerdict:
    """What the claim comes to in a trial, judged by this check and the claim's other checks on its route."""
    catalogue = catalogue_of(check)
    claim = catalogue.claims[check.answers]
    views = Views(trial, datetime.fromisoformat(trial.now))
    beside = [
        other for other in installed_checks() if other.answers == check.answers and other.id != check.id
    ]
    answers = [judge(row, claim, views, lambda: 0.0) for row in (check, *beside)]
    (item,) = conclude(catalogue, lambda _: answers, views)
    return item.claims[0]


def needs_of_claim(check: Check[Any, Any]) -> list[Any]:
    return list(needs_of(row for row in installed_checks() if row.answers == check.answers))


def in_memory(check: Check[Any, Any], trap: Trap | None, *, shuffled: int = 0) -> ClaimVerdict:
    """The claim's verdict on the check's world, changed by a trap, judged in memory."""
    held = hold(module_of(check).GOOD, trap)
    return verdict(check, trial_of(held, needs_of_claim(check), shuffled=shuffled))


def show(module: str) -> str:
    """Every world of a check with the outcome it must give and the one it gives: for an author at the desk."""
    check = check_of(importlib.import_module(module))
    rows = []
    for name, _, trap in worlds(module_of(check)):
        found = in_memory(check, trap)
        wanted = str(trap.gives) if trap else "pass"
        mark = "ok   " if found.outcome == wanted else "WRONG"
        says = "; ".join(f"{row.subject}: {row.observed}" for row in found.findings[:2])
        says = says or "; ".join(gap.detail for gap in found.gaps[:2])
        rows.append(f"{mark} {name}: wants {wanted}, gives {found.outcome} ({says})")
    return "\n".join(rows)


if __name__ == "__main__":
    import sys

    for name in sys.argv[1:]:
        print(show(name))
