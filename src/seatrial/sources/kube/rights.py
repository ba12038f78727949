"""What this user may list, by the API server's own word."""

import threading
from typing import Any

import msgspec
from msgspec import Struct

from seatrial.model.evidence import Need
from seatrial.sources.kube.transport import Failure, Transport
from seatrial.wire.base import Wire

_REVIEWS = "/apis/authorization.k8s.io/v1"


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


class _AccessStatus(Wire, frozen=True):
    allowed: bool | None = None


class _RulesReview(Struct, frozen=True):
    status: _RulesStatus


class _AccessReview(Struct, frozen=True):
    status: _AccessStatus


class Rights:
    """Asks by SelfSubjectAccessReview and SelfSubjectRulesReview. Thread safe."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._rules: dict[str, _RulesStatus | None] = {}

    def may(self, need: Need) -> bool | None:
        """Whether the list may be read in the whole cluster; None where the server did not say."""
        attributes = {"verb": "list", "group": need.group, "resource": need.resource}
        review = self._review("SelfSubjectAccessReview", {"resourceAttributes": attributes}, _AccessReview)
        return review.status.allowed if review is not None else None

    def may_in(self, namespace: str, need: Need) -> bool:
        """Whether it is worth asking for the list of a namespace: allowed, or not known."""
        with self._lock:
            if namespace not in self._rules:
                review = self._review("SelfSubjectRulesReview", {"namespace": namespace}, _RulesReview)
                self._rules[namespace] = review.status if review is not None else None
        said = self._rules[namespace]
        if said is None or said.incomplete:
            return True
        return any(rule.allows(need) for rule in said.resource_rules or ())

    def _review(self, kind: str, spec: dict[str, Any], answer: type[Any]) -> Any:
        """The review answered, or None."""
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": spec}
        try:
            said = self._transport.post(f"{_REVIEWS}/{kind.lower()}s", msgspec.json.encode(body))
            return msgspec.json.decode(said.body, type=answer) if said.status in {200, 201} else None
        except (Failure, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return None
