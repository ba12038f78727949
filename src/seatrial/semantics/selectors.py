"""Label selectors: an absent one selects nothing, an empty one everything."""

from collections.abc import Callable, Mapping, Sequence

from seatrial.wire.base import LabelSelector, Requirement
from seatrial.wire.pod import NodeSelectorTerm

Labels = Mapping[str, str]
Predicate = Callable[[Labels], bool]


class Malformed(ValueError):
    """A selector that Kubernetes would refuse."""


def predicate(selector: LabelSelector | None) -> Predicate:
    """A predicate over labels. Raises Malformed for an operator that is not there."""
    if selector is None:
        return lambda labels: False  # noqa: ARG005  # selects nothing
    wanted = tuple(selector.match_labels.items())
    rows = tuple(_requirement(row) for row in selector.match_expressions)
    return lambda labels: (
        all(labels.get(key) == value for key, value in wanted) and all(row(labels) for row in rows)
    )


def matches(selector: LabelSelector | None, labels: Labels) -> bool:
    return predicate(selector)(labels)


def selects_all(selector: LabelSelector | None) -> bool:
    """Whether it selects every pod, whatever its labels: only the empty one surely does."""
    return selector is not None and not selector.match_labels and not selector.match_expressions


def matches_map(wanted: Mapping[str, str], labels: Labels) -> bool:
    """A Service's or node's plain selector; an empty one selects everything."""
    return all(labels.get(key) == value for key, value in wanted.items())


def matches_term(term: NodeSelectorTerm, name: str, labels: Labels) -> bool:
    """A node selector term; a term that asks nothing selects nothing, as in Kubernetes."""
    if not term.match_expressions and not term.match_fields:
        return False
    fields = {"metadata.name": name}
    return all(_requirement(row)(labels) for row in term.match_expressions) and all(
        _requirement(row)(fields) for row in term.match_fields
    )


def _requirement(row: Requirement) -> Predicate:
    key, values = row.key, frozenset(row.values)
    match row.operator:
        case "In":
            return lambda labels: labels.get(key) in values
        case "NotIn":
            return lambda labels: labels.get(key) not in values
        case "Exists":
            return lambda labels: key in labels
        case "DoesNotExist":
            return lambda labels: key not in labels
        case "Gt" | "Lt":
            return _compares(key, row.values, greater=row.operator == "Gt")
        case operator:
            raise Malformed(f"a selector has the operator {operator!r}")


def _compares(key: str, values: Sequence[str], *, greater: bool) -> Predicate:
    if len(values) != 1 or not values[0].lstrip("-").isdigit():
        raise Malformed("Gt and Lt take one whole number")
    bound = int(values[0])

    def compare(labels: Labels) -> bool:
        value = labels.get(key, "")
        if not value.lstrip("-").isdigit() or len(value) > 20:
            return False
        return int(value) > bound if greater else int(value) < bound

    return compare
