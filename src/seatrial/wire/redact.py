"""Free text that may carry secrets becomes its length and a keyed digest; environment values are dropped.

The key is random for each trial and never stored: equal texts stay equal within a trial, and nobody can try
guesses against a digest afterwards.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

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
_TRIGGERS = (
    b'"args"', b'"command"', b'"env"', b"last-applied-configuration", b"passw", b"secret", b"token", b"credential",
    b"api-key", b"apikey", b"private-key", b"privatekey", b"connection-string", b"connectionstring", b'dsn"', b"\\u",
)  # fmt: skip
"""What an encoded object must hold, in small letters, for a rule about texts to change it; or a letter written as its
number, which could spell any of these."""

_PLACED = ((b'"annotations"', "annotations"), (b'"managedfields"', "managedFields"))
"""What rules change wherever it stands, and its key in metadata, where nearly every object has it."""

_DROPPED = frozenset({"managedFields", "kubectl.kubernetes.io/last-applied-configuration"})
_READ = frozenset({"name", "namespace", "annotations"})
_LONGEST_PLAIN = 253
_MOST_KNOWN = 4096


@lru_cache(maxsize=4096)
def _is_plain(key: str) -> bool:
    return _PLAIN_ANNOTATIONS.fullmatch(key) is not None


_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def _is_clean(encoded: bytes, metadata: Mapping[str, Any]) -> bool:
    """Whether no rule changes an encoded object but for what its metadata has."""
    plain = encoded.lower()
    return (
        plain.isascii()
        and not any(map(plain.__contains__, _TRIGGERS))
        and all(plain.count(text) == (key in metadata) for text, key in _PLACED)
    )


class Redactor:
    """Redacts objects of one trial. ``key`` must be random and used for one trial only."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}
        self._annotated: dict[tuple[str, str], Any] = {}

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
        known = self._annotated
        kept = {}
        for key, value in annotations.items():
            if key in _DROPPED:
                continue
            pair = (key, value) if isinstance(value, str) else None
            told = known.get(pair) if pair is not None else None
            if told is None:
                told = self._annotation(key, value)
                if pair is not None:
                    if len(known) >= _MOST_KNOWN:
                        known.clear()
                    known[pair] = told
            kept[key] = told
        return kept

    def whole(self, value: Any) -> Any:
        """A copy of any decoded JSON object without managedFields, environment values and secret-like text."""
        return self._value("", value)

    def raw(self, item: bytes | msgspec.Raw) -> dict[str, Any]:
        """What ``whole`` gives for an encoded object, at a tenth of the cost: parts without a trigger stay encoded.

        Raises msgspec.DecodeError for what is no JSON object.
        """
        parts = _parts(item)
        metadata: Any = parts.pop("metadata", None)
        if metadata is not None:
            try:
                metadata = _parts(metadata)
            except msgspec.ValidationError:
                whole: dict[str, Any] = self.whole(msgspec.json.decode(item))
                return whole
        is_clean = _is_clean(bytes(item), metadata or {})
        kept = self._parts(parts, is_clean=is_clean)
        if metadata is not None:
            kept["metadata"] = self._parts(metadata, is_clean=is_clean)
        return kept

    def _parts(self, parts: Mapping[str, msgspec.Raw], *, is_clean: bool) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, value in parts.items():
            if key in _READ:
                kept[key] = self._value(key, msgspec.json.decode(value))
            elif key not in _DROPPED:
                kept[key] = value if is_clean else self._part(key, value)
        return kept

    def _part(self, key: str, value: msgspec.Raw) -> Any:
        if key in _TEXT_LISTS or key == "env" or _SECRETIVE.search(key) or not _is_clean(bytes(value), {}):
            return self._value(key, msgspec.json.decode(value))
        return value

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
