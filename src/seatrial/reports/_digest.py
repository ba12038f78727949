"""One digest for everything that a judgement depends on."""

import hashlib

import msgspec
from msgspec import structs

from seatrial.model.trial import Trial


def digest(trial: Trial) -> str:
    """SHA-256 over the trial and the digests of its evidence: the same wherever and however it is stored."""
    told = [
        structs.replace(trial, evidence={}),
        [
            (structs.replace(evidence, chunks=()), [chunk.digest for chunk in evidence.chunks])
            for _, evidence in sorted(trial.evidence.items())
        ],
    ]
    return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()
