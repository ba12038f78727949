"""The claims' YAML, already parsed, to one plain document that loads fast; every rule of the vocabulary is checked."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from seatrial.model.item import Among
from seatrial.model.outcome import Outcome, Proof

HOLDS = re.compile(r"every|some|share 0\.\d{1,3}|share 1")
DURATION = re.compile(r"(\d+)([mhd])")
_UNITS = {"m": 60, "h": 3600, "d": 86400}
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
CLAIM_FIELDS = frozenset(
    {"id", "says", "over", "among", "holds", "empty", "proof", "from", "via", "fresh", "window", "joint"}
)


class CatalogueError(ValueError):
    """The catalogue breaks its own vocabulary. The message names the item and the claim."""


def build(sections: Sequence[Mapping[str, Any]], alternatives: Mapping[str, Any]) -> dict[str, Any]:
    """The document that ``load`` reads. ``sections`` in the order of the checklist.

    Raises CatalogueError where ids repeat, words are unknown, or one claim is worded in two ways.
    """
    claims: dict[str, dict[str, Any]] = {}
    items: list[dict[str, Any]] = []
    for section in sections:
        for item in section["items"]:
            if any(item["id"] == other["id"] for other in items):
                raise CatalogueError(f"item {item['id']} stands twice")
            items.append(
                {
                    "id": item["id"],
                    "text": item["text"],
                    "section": section["section"],
                    "title": section["title"],
                    "role": item.get("role", section["role"]),
                    "waivable": item["waivable"],
                    "not-applicable": item["not-applicable"],
                    "uses": [_use(item["id"], claim, claims) for claim in item["claims"]],
                }
            )
    for name, alternative in alternatives.items():
        if not set(alternative) <= {"groups", "declared"}:
            raise CatalogueError(f"alternative {name}: only groups and declared are known")
    return {"items": items, "claims": claims, "alternatives": dict(alternatives)}


def _use(item: str, claim: Mapping[str, Any], claims: dict[str, dict[str, Any]]) -> dict[str, Any]:
    where = f"item {item}, claim {claim.get('id')}"
    unknown = set(claim) - CLAIM_FIELDS
    if unknown:
        raise CatalogueError(f"{where}: unknown fields {sorted(unknown)}")
    if not _ID.fullmatch(claim["id"]):
        raise CatalogueError(f"{where}: not an id")
    if not HOLDS.fullmatch(claim["holds"]):
        raise CatalogueError(f"{where}: holds {claim['holds']!r} is none of every, some, share p")
    said = {
        "says": claim["says"],
        "over": claim["over"],
        "among": str(Among(claim["among"])) if "among" in claim else "",
        "holds": claim["holds"],
        "proof": [str(Proof(proof)) for proof in claim["proof"]],
        "from": [route.split("+") for route in claim["from"]],
    }
    known = claims.setdefault(claim["id"], said)
    if known != said:
        raise CatalogueError(f"{where}: the same id stands elsewhere with other words")
    return {
        "claim": claim["id"],
        "empty": str(Outcome(claim["empty"])),
        "fresh": seconds(claim["fresh"], where),
        "window": 0 if claim["window"] == "none" else seconds(claim["window"], where),
        "via": claim["via"],
    }


def seconds(text: str, where: str) -> int:
    """``15m``, ``1h``, ``30d`` as seconds."""
    match = DURATION.fullmatch(text)
    if match is None:
        raise CatalogueError(f"{where}: {text!r} is no duration")
    return int(match[1]) * _UNITS[match[2]]
