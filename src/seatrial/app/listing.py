"""What this version knows, as rows."""

from collections.abc import Callable, Sequence

from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.runs import runs
from seatrial.engine.plan import needs_of

Rows = tuple[tuple[str, ...], Sequence[tuple[str, ...]]]


def rows(kind: str) -> Rows:
    """Headings and rows of items, claims, checks or needs; the first column is the name."""
    return _KINDS[kind]()


def _items() -> Rows:
    answered = {check.answers for check in installed_checks()}
    found = [
        (
            item.id,
            f"{sum(use.claim.id in answered for use in item.uses)}/{len(item.uses)}",
            item.title,
            item.text,
        )
        for item in installed_catalogue().items
    ]
    return ("item", "claims answered", "section", "text"), found


def _claims() -> Rows:
    answered = {check.answers for check in installed_checks()}
    catalogue = installed_catalogue()
    items: dict[str, list[str]] = {}
    for item in catalogue.items:
        for use in item.uses:
            items.setdefault(use.claim.id, []).append(item.id)
    found = [
        (
            claim.id,
            " ".join(items[claim.id]),
            "yes" if claim.id in answered else "no",
            str(claim.holds),
            claim.over,
            ", ".join("+".join(route) for route in claim.routes),
            claim.says,
        )
        for claim in catalogue.claims.values()
    ]
    found.sort(key=lambda row: [item.id for item in catalogue.items].index(row[1].split(" ")[0]))
    return ("claim", "items", "answered", "holds", "over", "from", "says"), found


def _checks() -> Rows:
    catalogue = installed_catalogue()
    found = [
        (check.id, item.id, use.claim.id, check.via or "-", "+".join(check.route), str(check.version))
        for item in catalogue.items
        for use in item.uses
        for check in installed_checks()
        if check.answers == use.claim.id
    ]
    return ("check", "item", "claim", "via", "route", "version"), found


def _needs() -> Rows:
    checks = installed_checks()
    found = [
        (need.id, need.schema, str(sum(need in check.needs for check in checks))) for need in needs_of(checks)
    ]
    return ("need", "schema", "checks"), found


def _runs() -> Rows:
    found = [
        (run.name, run.record.name or "-", run.record.cluster[:8], str(run.record.open), str(run.trial))
        for run in runs()
    ]
    return ("run", "name", "cluster", "open items", "file"), found


_KINDS: dict[str, Callable[[], Rows]] = {
    "items": _items,
    "claims": _claims,
    "checks": _checks,
    "needs": _needs,
    "runs": _runs,
}
