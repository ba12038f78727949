"""What this user may list, by the API server's own word."""

import threading
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from seatrial.model.evidence import Need
from seatrial.sources.kube.transport import Failure, Transport
from seatrial.wire.base import Wire

_AUTHORIZATION = "authorization.k8s.io/v1"
_AUTHENTICATION = "authentication.k8s.io/v1"


class _Rule(Wire, frozen=True):
    verbs: tuple[str, ...] = ()
    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()

    def allows(self, need: Need) -> bool:
        return (
            not self.resource_names
            and not {"list", "*"}.isdisjoint(self.verbs)
            and not {need.group, "*"}.isdisjoint(self.api_groups)
            and not {need.resource, "*"}.isdisjoint(self.resources)
        )


class _RulesStatus(Wire, frozen=True):
    resource_rules: tuple[_Rule, ...] | None = None
    incomplete: bool = False
    """An authorizer that cannot list its rules, such as a webhook, may allow more."""

    def allow(self, need: Need) -> bool:
        return any(rule.allows(need) for rule in self.resource_rules or ())


class _AccessStatus(Wire, frozen=True):
    allowed: bool | None = None


class _User(Wire, frozen=True):
    username: str = ""


class _SubjectStatus(Wire, frozen=True):
    user_info: _User = _User()


class _RulesReview(Struct, frozen=True):
    status: _RulesStatus


class _AccessReview(Struct, frozen=True):
    status: _AccessStatus


class _SubjectReview(Struct, frozen=True):
    status: _SubjectStatus


class Rights:
    """Asks the reviews of oneself that everybody who is logged in may ask. Thread safe."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._rules: dict[str, _RulesStatus | None] = {}

    def user(self) -> str:
        """Who the server takes us for; empty where it does not say (before Kubernetes 1.28)."""
        review = self._review(_AUTHENTICATION, "SelfSubjectReview", {}, _SubjectReview)
        return review.status.user_info.username if review is not None else ""

    def permits(self, questions: Iterable[Mapping[str, Any]]) -> bool | None:
        """Whether all that is asked is allowed, each a ``spec`` of SelfSubjectAccessReview; None where it is not said."""
        allowed: bool | None = True
        for spec in questions:
            review = self._review(_AUTHORIZATION, "SelfSubjectAccessReview", spec, _AccessReview)
            said = review.status.allowed if review is not None else None
            if said is False:
                return False
            allowed = allowed and said
        return allowed

    def may_list(self, namespace: str, need: Need) -> bool | None:
        """Whether the list of a namespace may be read; None where the server did not say."""
        said = self._said(namespace)
        if said is not None:
            if said.allow(need):
                return True
            if not said.incomplete:
                return False
        attributes = {"verb": "list", "group": need.group, "resource": need.resource, "namespace": namespace}
        return self.permits([{"resourceAttributes": attributes}])

    def may_in(self, namespace: str, need: Need) -> bool:
        """Whether it is worth asking for the list of a namespace: allowed, or not known."""
        said = self._said(namespace)
        return said is None or said.incomplete or said.allow(need)

    def _said(self, namespace: str) -> _RulesStatus | None:
        with self._lock:
            if namespace not in self._rules:
                spec = {"namespace": namespace}
                review = self._review(_AUTHORIZATION, "SelfSubjectRulesReview", spec, _RulesReview)
                self._rules[namespace] = review.status if review is not None else None
            return self._rules[namespace]

    def _review(self, group: str, kind: str, spec: Mapping[str, Any], answer: type[Any]) -> Any:
        """The review answered, or None."""
        body = {"apiVersion": group, "kind": kind, "spec": spec}
        try:
            said = self._transport.post(f"/apis/{group}/{kind.lower()}s", msgspec.json.encode(body))
            return msgspec.json.decode(said.body, type=answer) if said.status in {200, 201} else None
        except (Failure, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return None
