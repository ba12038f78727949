"""The four answers, and what kind of proof stands behind one."""

from enum import StrEnum


class Outcome(StrEnum):
    """What is known of a subject, a claim or an item. Unknown is never a pass."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"

    # the enum's own is a function of Python, and outcomes are counted by the million
    __hash__ = str.__hash__


class Proof(StrEnum):
    """How a fact came to be known; ``DECLARED`` is no proof, it marks a trial of manifests."""

    OBSERVED = "observed"
    MEASURED = "measured"
    RECORDED = "recorded"
    ATTESTED = "attested"
    DECLARED = "declared"
