"""What a real API server was asked, by its own word: its audit log.

recording = Recording(folder)
with ControlPlane(*recording.flags) as plane:
    ...
    recording.requests("ann")
"""

import time
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from seatrial.wire.base import Wire

WRITTEN_WITHIN = 10
"""Seconds until the log says how a request ended; it takes milliseconds."""

_POLICY = '{"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "Metadata"}]}\n'
_BEGAN, _ENDED = "RequestReceived", ("ResponseComplete", "Panic")


class Request(Struct, frozen=True, order=True, omit_defaults=True):
    """One request, in the words of RBAC: of a resource, or of a ``url`` that is none."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    url: str = ""
    status: int = 0


class _Object(Wire, frozen=True):
    api_group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""


class _User(Wire, frozen=True):
    username: str = ""


class _Response(Wire, frozen=True):
    code: int = 0


class _Event(Wire, frozen=True):
    stage: str
    verb: str
    audit_id: str = msgspec.field(name="auditID")
    request_uri: str = msgspec.field(name="requestURI")
    user: _User = _User()
    impersonated_user: _User | None = None
    object_ref: _Object | None = None
    response_status: _Response | None = None

    @property
    def who(self) -> str:
        return (self.impersonated_user or self.user).username

    @property
    def request(self) -> Request:
        asked = self.object_ref
        status = self.response_status.code if self.response_status else 0
        if asked is None or not asked.resource:
            return Request(self.verb, url=self.request_uri.partition("?")[0], status=status)
        return Request(
            self.verb,
            asked.api_group,
            asked.resource,
            asked.subresource,
            asked.namespace,
            asked.name,
            status=status,
        )


class Recording:
    """Of one API server that is started with ``flags``; ``folder`` is for the log and must outlive the server."""

    def __init__(self, folder: Path) -> None:
        policy = folder / "audit-policy.yaml"
        policy.write_text(_POLICY)
        self._log = folder / "audit.log"
        self.flags = (f"--audit-policy-file={policy}", f"--audit-log-path={self._log}")

    def requests(self, user: str) -> list[Request]:
        """Everything that a user asked so far, in order, each request with how it ended.

        Raises RuntimeError where a request does not end: then nobody knows what it was told.
        """
        deadline = time.monotonic() + WRITTEN_WITHIN
        while True:
            began, ended = self._read(user)
            if began <= ended.keys():
                return list(ended.values())
            if time.monotonic() > deadline:
                raise RuntimeError(f"{len(began - ended.keys())} requests of {user} did not end")
            time.sleep(0.02)

    def _read(self, user: str) -> tuple[set[str], dict[str, Request]]:
        began: set[str] = set()
        ended: dict[str, Request] = {}
        whole, _, _ = self._log.read_bytes().rpartition(b"\n")
        for event in map(_decode, whole.splitlines()):
            if event.who != user:
                continue
            if event.stage == _BEGAN:
                began.add(event.audit_id)
            elif event.stage in _ENDED:
                ended[event.audit_id] = event.request
        return began, ended


def _decode(line: bytes) -> Any:
    return msgspec.json.decode(line, type=_Event)
