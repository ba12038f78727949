"""Free text that may carry secrets becomes its length and a keyed digest; environment values are dropped.

The key is random for each trial and never stored: equal texts stay equal within a trial, and nobody can try
guesses against a digest afterwards.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from seatrial.wire.pod import MIRROR_ANNOTATION

_PLAIN_ANNOTATIONS = re.compile(
    r"(?:container\.apparmor\.security\.beta\.kubernetes\.io|container\.seccomp\.security\.alpha\.kubernetes\.io"
    r"|seccomp\.security\.alpha\.kubernetes\.io|pod-security\.kubernetes\.io|openshift\.io|sidecar\.istio\.io"
    r"|deployment\.kubernetes\.io|cluster-autoscaler\.kubernetes\.io|autoscaling\.knative\.dev)/[^\n]*"
    r"|kubernetes\.io/config\.(?:mirror|source|hash)|ingress\.kubernetes\.io/[^\n]*"
    r"|(?:storageclass|ingressclass)\.kubernetes\.io/is-default-class"
)
"""Annotations that Kubernetes and its tools read as settings: their values are names, numbers and switches."""

_TEXT_LISTS = frozenset({"args", "command"})
_SECRETIVE = re.compile(
    r"(?i)(password|passwd|secret$|token|credential|api-?key|private-?key|connection-?string|dsn$)"
)
_NAMES_A_SECRET = re.compile(r"(?i)(ref|name|names|namespace|key|path|class)$")
_DROPPED = frozenset({"managedFields", "kubectl.kubernetes.io/last-applied-configuration"})
_LONGEST_PLAIN = 253
_MOST_KNOWN = 4096


@lru_cache(maxsize=4096)
def _is_plain(key: str) -> bool:
    return _PLAIN_ANNOTATIONS.fullmatch(key) is not None


class Redactor:
    """Redacts objects of one trial. ``key`` must be random and used for one trial only."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}

    def text(self, value: str) -> str:
        """What is kept of a text: ``redacted:LENGTH:DIGEST``. The pods of a workload repeat theirs."""
        known = self._known.get(value)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[value] = self._redacted(value)
        return known

    def _redacted(self, value: str) -> str:
        digest = hashlib.blake2b(
            value.encode("utf-8", "surrogatepass"), key=self._key, digest_size=8
        ).hexdigest()
        return f"redacted:{len(value)}:{digest}"

    def annotations(self, annotations: Mapping[str, Any]) -> dict[str, Any]:
        """Annotations with every value redacted, but for short settings of well-known keys."""
        return {
            key: self._annotation(key, value) for key, value in annotations.items() if key not in _DROPPED
        }

    def whole(self, value: Any) -> Any:
        """A copy of any decoded JSON object without managedFields, environment values and secret-like text."""
        return self._value("", value)

    def _annotation(self, key: str, value: Any) -> Any:
        if not isinstance(value, str) or key == MIRROR_ANNOTATION:
            return value
        plain = len(value) <= _LONGEST_PLAIN and _is_plain(key)
        return value if plain or value.startswith("redacted:") else self.text(value)

    def _value(self, key: str, value: Any) -> Any:
        if isinstance(value, dict):
            if key == "annotations":
                return self.annotations(value)
            return {name: self._value(name, inner) for name, inner in value.items() if name not in _DROPPED}
        if isinstance(value, list):
            if key == "env":
                return [self._variable(entry) for entry in value]
            if key in _TEXT_LISTS:
                return [self.text(entry) if isinstance(entry, str) else entry for entry in value]
            return [self._value(key, entry) for entry in value]
        if isinstance(value, str) and _SECRETIVE.search(key) and not _NAMES_A_SECRET.search(key):
            return value if value.startswith("redacted:") else self.text(value)
        return value

    def _variable(self, entry: Any) -> Any:
        if not isinstance(entry, dict):
            return self._value("", entry)
        return {name: self._value(name, inner) for name, inner in entry.items() if name != "value"}
