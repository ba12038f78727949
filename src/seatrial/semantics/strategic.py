"""Strategic merge patches, as far as fixes use them: maps merge, null takes away, containers are known by name."""

from typing import Any

BY_NAME = frozenset({"containers", "initContainers"})
"""Lists whose items are known by ``name``; every other list is replaced. The API's own ``patchMergeKey``."""


def merge(value: Any, patch: Any) -> Any:
    """A copy of a value with a patch applied."""
    if not isinstance(patch, dict):
        return patch
    found = dict(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            found.pop(key, None)
        elif key in BY_NAME and isinstance(change, list):
            found[key] = _by_name(found.get(key) or [], change, whole=True)
        else:
            found[key] = merge(found.get(key), change)
    return found


def join(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """One patch that does what two would, one after the other."""
    found = dict(first)
    for key, change in second.items():
        known = found.get(key)
        if key in BY_NAME and isinstance(known, list) and isinstance(change, list):
            found[key] = _by_name(known, change, whole=False)
        elif isinstance(known, dict) and isinstance(change, dict):
            found[key] = join(known, change)
        else:
            found[key] = change
    return found


def _by_name(rows: list[Any], changes: list[Any], *, whole: bool) -> list[Any]:
    found = list(rows)
    names = [row.get("name") if isinstance(row, dict) else None for row in found]
    for change in changes:
        if change["name"] in names:
            at = names.index(change["name"])
            found[at] = merge(found[at], change) if whole else join(found[at], change)
        else:
            found.append(change)
            names.append(change["name"])
    return found
