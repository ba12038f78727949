"""How a check says what would mend a subject: a patch of the object behind it, or what somebody must decide first."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from seatrial.inventory.workloads import ContainerGroup
from seatrial.model.finding import Subject
from seatrial.semantics import security

Given = Mapping[str, str]
"""What the user decided, by name: ``--set memory-limit=256Mi``."""


class Fix(Struct, frozen=True):
    """A strategic merge patch.

    ``pod`` is of the pod's spec (the owner's template), ``object`` of the object itself; ``of`` names that object where
    it is not the subject's own. ``note`` says what to try before it goes live.
    """

    pod: dict[str, Any] = {}
    object: dict[str, Any] = {}
    of: Subject | None = None
    note: str = ""


class Undecided(Exception):
    """No patch can be named: somebody must decide, or the program itself must change. Says which."""


Fixer = Callable[[Any, Given], Fix]


def of_container(container: ContainerGroup, patch: dict[str, Any], note: str = "") -> Fix:
    """A patch of one container. Raises Undecided for an ephemeral one, which cannot be changed."""
    place = container.pointer.split("/")[2]
    if place not in {"containers", "initContainers"}:
        raise Undecided("an ephemeral container goes with its pod")
    return Fix(pod={place: [{"name": container.container.name, **patch}]}, note=note)


def decided(given: Given, name: str, what: str) -> str:
    """A value that only the user can know. Raises Undecided where it is not given."""
    value = given.get(name)
    if value is None:
        raise Undecided(f"decide {what}: --set {name}=...")
    return value


def as_another_user(container: ContainerGroup, given: Given) -> Fix:
    """What keeps a container from running as root. Raises Undecided for one that is told to, until its user is named."""
    place = (container.pod, container.container, container.pointer)
    user = security.run_as_user(*place).value
    note = "an image without a user of its own, or with a named one, does not start"
    context: dict[str, Any] = {"runAsNonRoot": True}
    if user == 0 or "run-as-user" in given:
        text = decided(given, "run-as-user", "the user it runs as, since now it is 0")
        if not text.isdecimal() or int(text) == 0:
            raise Undecided(f"--set run-as-user={text} is no number above 0")
        context["runAsUser"] = int(text)
    return of_container(container, {"securityContext": context}, "" if user else note)
