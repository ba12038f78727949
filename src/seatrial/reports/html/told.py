"""What people declared, what was read and what was not, as the page shows it."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from seatrial.engine.assess import Assessment
from seatrial.model.evidence import Cause, Evidence, Gap
from seatrial.model.profile import READINGS, SYSTEM_NAMESPACES, Declared, Profile, Waiver
from seatrial.reports._page import shorten
from seatrial.reports.html.claims import Bounds
from seatrial.reports.html.words import LONGEST, number, place, read_before, word


class Table(Struct, frozen=True):
    """Rows under headings; the first column heads its row. ``more`` rows are not shown."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0
    numbers: frozenset[int] = frozenset()
    """The columns that hold numbers."""


def _table(
    title: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
    most: int,
    numbers: frozenset[int] = frozenset(),
) -> Table:
    all_rows = list(rows)
    first = tuple(tuple(shorten(text, LONGEST) for text in row) for row in all_rows[:most])
    return Table(title, columns, first, len(all_rows) - len(first), numbers)


def _covers(waiver: Waiver) -> str:
    """The item, its claim, and the objects."""
    objects = [f"{row.kind} {row.namespace}/{row.name}" for row in waiver.subjects]
    return ": ".join(
        part for part in ("/".join(filter(None, (waiver.item, waiver.claim))), ", ".join(objects)) if part
    )


def declared(assessment: Assessment, bounds: Bounds) -> tuple[Table, ...]:
    """Every declaration of the profile with its owner and reason; tables without rows are left out."""
    profile = assessment.trial.profile
    items = {item.id: item for item in assessment.items}
    most = max(bounds.objects * 2, 10)

    def outcome(id: str) -> str:
        item = items.get(id)
        return word(item.outcome) if item is not None else "no such item"

    tables = (
        _table(
            "Waivers: they change the gate, never a verdict",
            ("Item", "Verdict", "State", "Until", "Reason", "Owner"),
            (
                (
                    _covers(row.waiver),
                    outcome(row.waiver.item),
                    row.state,
                    row.waiver.expires,
                    row.waiver.reason,
                    row.waiver.owner,
                )
                for row in assessment.waivers
            ),
            most * 2,
        ),
        _table(
            "Declared not applicable",
            ("Item", "Verdict", "Condition", "Reason", "Owner"),
            (
                (row.item, outcome(row.item), row.condition, row.reason, row.owner)
                for row in profile.not_applicable
            ),
            most * 2,
        ),
        _table(
            "Looser readings accepted",
            ("Reading", "What it accepts", "Reason", "Owner"),
            ((row.reading, READINGS.get(row.reading, ""), row.reason, row.owner) for row in profile.accepts),
            most,
        ),
        _table(
            "Facts declared",
            ("Fact", "What", "Reason", "Owner"),
            ((fact, _named(row), row.reason, row.owner) for fact, row in _facts(profile)),
            most,
        ),
        _table("Limits changed", ("Claim", "To"), _limits(profile), most),
        _table("Scope", ("What", "Which", "Reason", "Owner"), _scope(profile), most),
        _table("Owners", ("Section", "Owner"), sorted(profile.owners.items()), most * 2),
    )
    return tuple(table for table in tables if table.rows)


def _facts(profile: Profile) -> Iterator[tuple[str, Declared]]:
    for field in profile.declares.__struct_fields__:
        for row in getattr(profile.declares, field):
            yield field.replace("_", " "), row


def _named(row: Declared) -> str:
    told = msgspec.to_builtins(row)
    return ", ".join(
        f"{key}: {_value(value)}" for key, value in told.items() if key not in {"owner", "reason"}
    )


def _value(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key}={inner}" for key, inner in value.items())
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _limits(profile: Profile) -> Iterator[tuple[str, ...]]:
    for claim, limits in sorted(profile.limits.items()):
        yield claim, ", ".join(f"{name}: {value}" for name, value in limits.items())


def _scope(profile: Profile) -> Iterator[tuple[str, ...]]:
    yield "platform namespaces", ", ".join((*SYSTEM_NAMESPACES, *profile.scope.platform_namespaces)), "", ""
    yield "application namespaces", "all others", "", ""
    for row in profile.scope.excluded:
        yield "left out, counted apart", f"{row.kind} {row.namespace}/{row.name}", row.reason, row.owner


def unread(assessment: Assessment, bounds: Bounds) -> tuple[Table, ...]:
    """Everything that was not read: sources that do not answer, claims without a check, and gaps in the answers."""
    most = max(bounds.objects, 1)
    gaps = [gap for evidence in _evidence(assessment) for gap in evidence.gaps]
    tables = (
        _table(
            "Gaps in what was read",
            ("Where", "Cause", "What happened", "What would help"),
            ((place(gap).removesuffix(": "), gap.cause, _detail(gap), gap.cure) for gap in gaps),
            most,
        ),
        _table(
            "Sources that are not connected, and claims that no check of this version judges",
            ("What is missing", "Claims that wait for it"),
            _missing(assessment),
            most * 3,
            numbers=frozenset({1}),
        ),
    )
    return tuple(table for table in tables if table.rows)


def _detail(gap: Gap) -> str:
    besides = f" (besides {', '.join(gap.besides)})" if gap.besides else ""
    return gap.detail + besides


def _missing(assessment: Assessment) -> Iterator[tuple[str, ...]]:
    """A claim that several items use counts once."""
    missing: dict[str, set[str]] = {}
    for item in assessment.items:
        for claim in item.claims:
            for gap in claim.gaps:
                if gap.cause is Cause.NOT_CONFIGURED:
                    missing.setdefault(gap.need.partition("/")[2], set()).add(claim.id)
                elif gap.cause is Cause.NO_CHECK:
                    missing.setdefault("a check", set()).add(claim.id)
    for what, claims in sorted(missing.items(), key=lambda row: (-len(row[1]), row[0])):
        yield what, number(len(claims))


def read(assessment: Assessment) -> Table:
    """Every question that was asked, how much came back, and how old it was at the trial's time."""
    now = assessment.trial.now
    rows = (
        (
            row.need,
            number(row.count),
            number(len(row.gaps)) if row.gaps else "none",
            read_before(row.collected_at, now),
        )
        for row in _evidence(assessment)
    )
    columns = ("Question", "Objects", "Gaps", "Age")
    return _table("What was read", columns, rows, 200, numbers=frozenset({1, 2, 3}))


def _evidence(assessment: Assessment) -> list[Evidence]:
    return [evidence for _, evidence in sorted(assessment.trial.evidence.items())]
