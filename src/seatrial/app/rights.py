"""What a reader must be allowed, derived from the needs: the one list behind the printed roles and the doctor."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from msgspec import Struct

from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.suggest import nearest
from seatrial.engine.plan import needs_of
from seatrial.model.errors import UserError
from seatrial.model.evidence import Need
from seatrial.reports._page import plain

ROLE = "seatrial"
_API = "rbac.authorization.k8s.io"
_SUBJECTS = {"user": "User", "group": "Group", "serviceaccount": "ServiceAccount"}
_BIND = "--bind-to user:NAME, group:NAME or serviceaccount:NAMESPACE:NAME"


class Right(Struct, frozen=True):
    """One rule of RBAC, as small as it can be, and the items that stay unknown without it.

    Either ``group`` and ``resource``, one object of it with ``name``, or ``urls`` that are no resources.
    """

    says: str
    """What it is for, where that is no list."""
    items: tuple[str, ...] = ()
    verb: str = "get"
    group: str = ""
    resource: str = ""
    name: str = ""
    urls: tuple[str, ...] = ()
    need: Need | None = None
    usual: bool = False
    """Whoever is logged in has it, unless the cluster's own bindings were taken away."""

    def __str__(self) -> str:
        if self.urls:
            return f"{self.verb} {' '.join(self.urls)}"
        return f"{self.verb} on {self.resource} ({self.group or 'core'})" + (
            f" {self.name}" if self.name else ""
        )

    @property
    def rule(self) -> dict[str, list[str]]:
        """The rule as a Role has it."""
        if self.urls:
            return {"nonResourceURLs": list(self.urls), "verbs": [self.verb]}
        named = {"resourceNames": [self.name]} if self.name else {}
        return {"apiGroups": [self.group], "resources": [self.resource], **named, "verbs": [self.verb]}

    @property
    def questions(self) -> Iterator[dict[str, Any]]:
        """What to ask a SelfSubjectAccessReview; the right is there where every answer is yes."""
        for url in self.urls:
            yield {"nonResourceAttributes": {"verb": self.verb, "path": url}}
        if self.resource:
            attributes = {"verb": self.verb, "group": self.group, "resource": self.resource}
            if self.resource == "namespaces" and self.name:  # a namespace stands in itself
                attributes["namespace"] = self.name
            yield {"resourceAttributes": attributes | ({"name": self.name} if self.name else {})}


@cache
def rights() -> tuple[Right, ...]:
    """Every right that a whole trial uses: which cluster it is, what is served, the witness, then each list."""
    needs = [need for need in needs_of(installed_checks()) if need.resource]
    lists = [
        Right("", _items_of(need), "list", need.group, need.resource, need=need)
        for need in sorted(needs, key=lambda need: (need.group, need.resource))
    ]
    waiting = {item for right in lists for item in right.items}
    every = tuple(item.id for item in installed_catalogue().items if item.id in waiting)
    return (
        Right("which cluster it is: the uid of one namespace", resource="namespaces", name="kube-system"),
        Right(
            "what is served, and by which version: whoever is logged in may, unless system:discovery was unbound",
            every,
            urls=("/api", "/apis", "/version"),
            usual=True,
        ),
        Right(
            "the server's own count of objects, which shows when a list lost some; nothing else is read of it",
            urls=("/metrics",),
        ),
        *lists,
    )


def _items_of(need: Need) -> tuple[str, ...]:
    answers = {check.answers for check in installed_checks() if need in check.needs}
    items = installed_catalogue().items
    return tuple(item.id for item in items if any(use.claim.id in answers for use in item.uses))


def cluster_role(bind_to: Sequence[str] = ()) -> str:
    """The ClusterRole with exactly what a trial reads, and its binding to ``user:NAME`` and the like; YAML."""
    subjects = _subjects(bind_to)
    lines = [
        "# What a sea trial reads of a cluster: nothing but get and list, and no Secrets.",
        "# Behind each list: how many items of the checklist stay unknown without it.",
        *_object("ClusterRole"),
        "rules:",
        *_rules(rights()),
    ]
    if subjects:
        lines += ["---", *_object("ClusterRoleBinding"), _reference("ClusterRole"), *subjects]
    return "\n".join(lines) + "\n"


def roles(namespaces: Sequence[str], bind_to: Sequence[str] = ()) -> str:
    """A Role, and its binding, for each namespace; without namespaces for the one that kubectl is set to; YAML."""
    subjects = _subjects(bind_to)
    allowed = [right for right in rights() if right.need is not None and right.need.namespaced]
    lines = [
        "# What a sea trial reads of single namespaces. What it finds wrong there is told; what concerns the whole",
        "# cluster stays unknown, as do the items behind what only a ClusterRole can grant:",
        *(f"#   {missing_line(right)}" for right in rights() if right not in allowed and not right.usual),
    ]
    for namespace in dict.fromkeys(namespaces) or ("",):
        lines += ["---", *_object("Role", namespace), "rules:", *_rules(allowed)]
        if subjects:
            lines += ["---", *_object("RoleBinding", namespace), _reference("Role"), *subjects]
    return "\n".join(lines) + "\n"


def _rules(allowed: Iterable[Right]) -> Iterator[str]:
    for right in allowed:
        if right.need is None:
            yield f"# {right.says}"
        fields = ", ".join(f"{key}: [{', '.join(map(_word, row))}]" for key, row in right.rule.items())
        yield f"- {{{fields}}}" + (f"  # {_count(right)}" if right.need is not None else "")


def _word(text: str) -> str:
    return text or '""'


def _count(right: Right) -> str:
    return f"{len(right.items)} item{'s' * (len(right.items) != 1)}"


def missing_line(right: Right, most: int = 12) -> str:
    """A right, and the first items that wait on it, or what else it is for."""
    if not right.items:
        return f"{right}: {right.says}"
    more = " ..." if len(right.items) > most else ""
    return f"{right}; {_count(right)}: {' '.join(right.items[:most])}{more}"


def _object(kind: str, namespace: str = "") -> list[str]:
    place = f", namespace: {json.dumps(namespace)}" if namespace else ""
    return [f"apiVersion: {_API}/v1", f"kind: {kind}", f"metadata: {{name: {ROLE}{place}}}"]


def _reference(kind: str) -> str:
    return f"roleRef: {{apiGroup: {_API}, kind: {kind}, name: {ROLE}}}"


def _subjects(bind_to: Sequence[str]) -> list[str]:
    return ["subjects:", *map(_subject, bind_to)] if bind_to else []


def _subject(text: str) -> str:
    """One subject of a binding. Raises UserError for what is none."""
    word, _, name = text.partition(":")
    if word not in _SUBJECTS:
        raise UserError(f"--bind-to {plain(text)!r} is no subject{nearest(word, _SUBJECTS)}", hint=_BIND)
    namespace = ""
    if word == "serviceaccount":
        namespace, _, name = name.partition(":")
    if not name or plain(name) != name or (word == "serviceaccount" and (not namespace or ":" in name)):
        raise UserError(f"--bind-to {plain(text)!r} names nobody", hint=_BIND)
    place = f"namespace: {json.dumps(namespace)}" if namespace else f"apiGroup: {_API}"
    return f"- {{kind: {_SUBJECTS[word]}, {place}, name: {json.dumps(name)}}}"
