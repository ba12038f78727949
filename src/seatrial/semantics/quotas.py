"""What ResourceQuotas bound together: a scoped quota bounds the pods of its scopes only."""

from collections.abc import Iterable, Iterator
from itertools import product

from msgspec import Struct

from seatrial.semantics.quantity import parse
from seatrial.wire.policy import ResourceQuota, ScopeExpression

NAMES: dict[str, frozenset[str]] = {
    "CPU requests": frozenset({"requests.cpu", "cpu"}),
    "memory requests": frozenset({"requests.memory", "memory"}),
    "memory limits": frozenset({"limits.memory"}),
    "pods": frozenset({"pods", "count/pods"}),
    "storage": frozenset({"requests.storage", "persistentvolumeclaims", "count/persistentvolumeclaims"}),
}
"""The keys of ``spec.hard`` that bound a thing."""

ROOM = {"CPU requests": "cpu", "memory requests": "memory", "pods": "pods"}
"""The resource of nodes that a thing is taken from."""

_REQUESTED = frozenset({"CPU requests", "memory requests"})
_ANY_OTHER = "any other class"


class _Kind(Struct, frozen=True):
    """A kind of pods, as far as scopes tell pods apart; ``priority_class`` is empty for pods without one."""

    terminating: bool
    best_effort: bool
    with_affinity: bool
    priority_class: str


def bounds_all(quotas: Iterable[ResourceQuota], what: str) -> bool:
    """Whether quotas of one namespace together bound a thing for all of its pods: each kind of pods is in one's scopes.

    Pods of BestEffort request nothing, so what bounds requests need not bound them.
    """
    bounding = [scopes_of(row) for row in quotas if NAMES[what] & row.spec.hard.keys()]
    if () in bounding:
        return True
    return all(
        any(all(_holds(scope, kind) for scope in scopes) for scopes in bounding)
        for kind in _kinds(bounding)
        if not (kind.best_effort and what in _REQUESTED)
    )


def named(quotas: Iterable[ResourceQuota]) -> str:
    """The quotas of a namespace in words: ``quotas: compute, counts``."""
    return f"quotas: {', '.join(sorted(row.name for row in quotas)) or 'none'}"


def scopes_of(quota: ResourceQuota) -> tuple[ScopeExpression, ...]:
    """Its scopes, which a pod must all be in; those named without a selector are as with Exists."""
    plain = tuple(ScopeExpression(scope_name=name, operator="Exists") for name in quota.spec.scopes)
    selector = quota.spec.scope_selector
    return plain + (selector.match_expressions if selector is not None else ())


def bound(quota: ResourceQuota, what: str) -> int | None:
    """How much of a thing a quota allows, in nanos: the least by its names; None where it does not bound it."""
    hard = quota.spec.hard
    return min((parse(hard[name]) for name in NAMES[what] & hard.keys()), default=None)


def _kinds(scopes: Iterable[tuple[ScopeExpression, ...]]) -> Iterator[_Kind]:
    """Every kind of pods that these scopes can tell apart."""
    classes = {value for rows in scopes for row in rows for value in row.values}
    sides = (False, True)
    yield from (_Kind(*row) for row in product(sides, sides, sides, (*sorted(classes), _ANY_OTHER, "")))


def _holds(scope: ScopeExpression, kind: _Kind) -> bool:
    match scope.scope_name:
        case "Terminating":
            return kind.terminating
        case "NotTerminating":
            return not kind.terminating
        case "BestEffort":
            return kind.best_effort
        case "NotBestEffort":
            return not kind.best_effort
        case "CrossNamespacePodAffinity":
            return kind.with_affinity
        case "PriorityClass":
            return _has_class(scope, kind.priority_class)
        case _:  # of claims, not of pods, or not known here: it bounds no kind of pods for sure
            return False


def _has_class(scope: ScopeExpression, name: str) -> bool:
    """As a label selector reads it: NotIn holds for pods without a class too."""
    match scope.operator:
        case "In":
            return name in scope.values
        case "NotIn":
            return name not in scope.values
        case "Exists":
            return bool(name)
        case "DoesNotExist":
            return not name
        case _:
            return False
