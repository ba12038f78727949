"""What an item, a claim or a check means, as text for people."""

import textwrap
from collections.abc import Iterator
from importlib import resources

import msgspec

from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.suggest import nearest
from seatrial.model.errors import UserError
from seatrial.model.item import Claim, Item, Use

PAGES = "pages.json"
"""The checks' pages by check id, made by ``make docs`` from their docstrings, so that ``-OO`` loses nothing."""


def names() -> tuple[str, ...]:
    """Everything that can be explained."""
    catalogue = installed_catalogue()
    return (*(item.id for item in catalogue.items), *catalogue.claims, *pages())


def pages() -> dict[str, str]:
    return msgspec.json.decode(
        resources.files("seatrial.app").joinpath(PAGES).read_bytes(), type=dict[str, str]
    )


def explain(name: str, width: int = 100) -> str:
    """The explanation. Raises UserError, with the nearest name, for one that is not there."""
    catalogue = installed_catalogue()
    item = catalogue.item(name)
    if item is not None:
        return "\n".join(_item(item, width)) + "\n"
    if name in catalogue.claims:
        return "\n".join(_claim(catalogue.claims[name], width)) + "\n"
    if name in pages():
        return pages()[name].strip() + "\n"
    raise UserError(
        f"there is no item, claim or check {name!r}{nearest(name, names())}", hint="seatrial list items"
    )


def _item(item: Item, width: int) -> Iterator[str]:
    yield f"{item.id}  {item.text}"
    yield (
        f"      section {item.section}, {item.title} · answered for by the {item.role.replace('-', ' ')}"
        + ("" if item.waivable else " · cannot be waived")
    )
    if item.not_applicable:
        yield "      may be called not applicable for: " + ", ".join(item.not_applicable)
    answered = {check.answers for check in installed_checks()}
    done = sum(use.claim.id in answered for use in item.uses)
    yield ""
    yield f"It holds when all of its {len(item.uses)} claims hold; this version judges {done} of them."
    for use in item.uses:
        yield ""
        yield from _use(use, width, judged=use.claim.id in answered)


def _use(use: Use, width: int, *, judged: bool) -> Iterator[str]:
    claim = use.claim
    yield f"  {claim.id}"
    yield from textwrap.wrap(claim.says, width - 4, initial_indent="    ", subsequent_indent="    ")
    yield f"    holds: {claim.holds} {claim.over}" + (f" ({claim.among})" if claim.among else "")
    yield "    proved from: " + ", else ".join(" with ".join(route) for route in claim.routes)
    if use.via:
        yield from textwrap.wrap(
            "any of: " + ", ".join(use.via), width - 4, initial_indent="    ", subsequent_indent="      "
        )
    yield f"    none at all: {use.empty} · evidence at most {use.fresh // 60} min old" + (
        f" · history of {use.window // 86400} d" if use.window >= 86400 else ""
    )
    if judged:
        for check in installed_checks():
            if check.answers == claim.id:
                yield f"    check: {check.id} (seatrial explain {check.id})"
    else:
        yield "    no check of this version: unknown"


def _claim(claim: Claim, width: int) -> Iterator[str]:
    catalogue = installed_catalogue()
    uses = [(item, use) for item in catalogue.items for use in item.uses if use.claim.id == claim.id]
    judged = any(check.answers == claim.id for check in installed_checks())
    yield "asked by " + ", ".join(f"{item.id} {item.text}" for item, _ in uses)
    yield from _use(uses[0][1], width, judged=judged)
    for check in installed_checks():
        if check.answers == claim.id:
            yield ""
            yield pages().get(check.id, "").strip()
