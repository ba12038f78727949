"""The Pod Security Standards in every version, as the API server's own admission judges them.

A namespace's label names a level and a version; the rules of a version are those whose control began at or before
it. A restricted control may replace a baseline one: then only the restricted one speaks. What a server exempts (users,
namespaces, runtime classes), and what it enforces without a label, is its own configuration and not known here.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from seatrial.semantics.pod_security.controls import CONTROLS
from seatrial.wire.pod import Pod

NEWEST = 36
"""The newest minor of Kubernetes whose controls are known here."""

LEVELS = ("privileged", "baseline", "restricted")
ENFORCE = "pod-security.kubernetes.io/enforce"
ENFORCE_VERSION = "pod-security.kubernetes.io/enforce-version"

AT = "/metadata/labels"
LABEL_IT = "label namespaces with pod-security.kubernetes.io/enforce"
ACCEPT_LABELS = "accept the reading psa-labels in seatrial.yaml (no prober in this version)"

_VERSION = re.compile(r"v1\.(0|[1-9][0-9]{0,17})")


class UnknownVersion(ValueError):
    """A version newer than the controls that are known here."""


class Violation(Struct, frozen=True, order=True):
    """A control that a pod breaks: its id, what breaks it, and where (a JSON pointer into the pod)."""

    control: str
    says: str
    at: str


class Enforced(Struct, frozen=True):
    """What a namespace's labels enforce. ``minor`` is None for ``latest``; ``odd`` tells a value that does not parse.

    The server reads a level that does not parse as restricted, and such a version as latest. Where no version is
    given it takes its own default, which is latest unless its configuration says otherwise.
    """

    level: str
    minor: int | None
    odd: str = ""

    @property
    def note(self) -> str:
        """A remark where the server does not enforce what was written."""
        return f"{self.odd} does not parse; what counts is {describe(self)}" if self.odd else ""


def enforced(labels: Mapping[str, str]) -> Enforced | None:
    """What the labels enforce; None where they name no level, which leaves it to the server's own configuration."""
    level = labels.get(ENFORCE)
    if level is None:
        return None
    odd = "" if level in LEVELS else f"{ENFORCE}={level}"
    version = labels.get(ENFORCE_VERSION, "latest")
    match = _VERSION.fullmatch(version)
    if match is None and version != "latest":
        odd = odd or f"{ENFORCE_VERSION}={version}"
    return Enforced(level if level in LEVELS else "restricted", int(match[1]) if match else None, odd)


def describe(found: Enforced | None) -> str:
    """What labels enforce, in words."""
    if found is None:
        return "no enforce label"
    version = "latest" if found.minor is None else f"v1.{found.minor}"
    return f"enforce: {found.level}, {version}"


def violations(pod: Pod, level: str, minor: int) -> tuple[Violation, ...]:
    """What a pod breaks of a level in version 1.``minor``, sorted. Raises UnknownVersion for a newer one."""
    if minor > NEWEST:
        raise UnknownVersion(f"the controls of 1.{minor} are newer than those known here (1.{NEWEST})")
    if level == "privileged":
        return ()
    found: list[Violation] = []
    for control in CONTROLS:
        if minor < control.since or (control.restricted and level == "baseline"):
            continue
        if level == "restricted" and control.replaced_since is not None and minor >= control.replaced_since:
            continue
        found += [Violation(control.id, says, at) for says, at in control.broken(pod, minor)]
    return tuple(sorted(found))
