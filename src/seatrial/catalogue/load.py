"""The built document to values."""

import hashlib
from fractions import Fraction
from typing import Any

import msgspec

from seatrial.model.item import Alternative, Among, Catalogue, Claim, Holds, Item, Use
from seatrial.model.outcome import Outcome, Proof


def load(document: bytes) -> Catalogue:
    """The catalogue of a document made by ``build``, encoded as JSON."""
    plain = msgspec.json.decode(document)
    claims = {id: _claim(id, claim) for id, claim in plain["claims"].items()}
    return Catalogue(
        items=tuple(_item(item, claims) for item in plain["items"]),
        claims=claims,
        alternatives={
            name: Alternative(tuple(row.get("groups", ())), bool(row.get("declared", False)))
            for name, row in plain["alternatives"].items()
        },
        digest=hashlib.sha256(document).hexdigest(),
    )


def _claim(id: str, plain: dict[str, Any]) -> Claim:
    kind, _, share = plain["holds"].partition(" ")
    return Claim(
        id=id,
        says=plain["says"],
        over=plain["over"],
        among=Among(plain["among"]) if plain["among"] else None,
        holds=Holds(kind, Fraction(share)) if share else Holds(kind),
        proof=tuple(Proof(proof) for proof in plain["proof"]),
        routes=tuple(tuple(route) for route in plain["from"]),
    )


def _item(plain: dict[str, Any], claims: dict[str, Claim]) -> Item:
    return Item(
        id=plain["id"],
        text=plain["text"],
        section=plain["section"],
        title=plain["title"],
        role=plain["role"],
        waivable=plain["waivable"],
        not_applicable=tuple(plain["not-applicable"]),
        uses=tuple(
            Use(
                claim=claims[use["claim"]],
                empty=Outcome(use["empty"]),
                fresh=use["fresh"],
                window=use["window"],
                via=tuple(use["via"]),
            )
            for use in plain["uses"]
        ),
    )
