"""What ResourceQuotas bound together: a scoped quota bounds the pods of its scopes only."""

from collections.abc import Iterable

from seatrial.wire.policy import ResourceQuota

NAMES: dict[str, frozenset[str]] = {
    "CPU requests": frozenset({"requests.cpu", "cpu"}),
    "memory requests": frozenset({"requests.memory", "memory"}),
    "memory limits": frozenset({"limits.memory"}),
    "pods": frozenset({"pods", "count/pods"}),
    "storage": frozenset({"requests.storage", "persistentvolumeclaims", "count/persistentvolumeclaims"}),
}
"""The keys of ``spec.hard`` that bound a thing."""

_COMPUTE = frozenset({"CPU requests", "memory requests"})
_HALVES = (("Terminating", "NotTerminating"), ("BestEffort", "NotBestEffort"))


def bounds_all(quotas: Iterable[ResourceQuota], what: str) -> bool:
    """Whether quotas of one namespace together bound a thing for all of its pods.

    They do when one of them has no scope, or two have opposite ones. Pods of BestEffort request nothing, so a quota
    on requests needs to name the others only.
    """
    scopes = [scopes_of(row) for row in quotas if NAMES[what] & row.spec.hard.keys()]
    if frozenset() in scopes:
        return True
    if what in _COMPUTE and frozenset({"NotBestEffort"}) in scopes:
        return True
    return any(all(frozenset({half}) in scopes for half in pair) for pair in _HALVES)


def named(quotas: Iterable[ResourceQuota]) -> str:
    """The quotas of a namespace in words: ``quotas: compute, counts``."""
    return f"quotas: {', '.join(sorted(row.name for row in quotas)) or 'none'}"


def scopes_of(quota: ResourceQuota) -> frozenset[str]:
    """Its scopes; those of a selector with values are marked, since they are narrower than their name."""
    selector = quota.spec.scope_selector
    rows = selector.match_expressions if selector is not None else ()
    named = {
        row.scope_name if row.operator == "Exists" else f"{row.scope_name} {row.operator}" for row in rows
    }
    return frozenset(quota.spec.scopes) | named


def memory_requests(quota: ResourceQuota) -> str | int | float | None:
    """The bound of a quota on memory requests, by either of its names."""
    return next(
        (quota.spec.hard[name] for name in sorted(NAMES["memory requests"]) if name in quota.spec.hard), None
    )
