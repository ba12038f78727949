"""One request as a fault sees it: what is asked, what the upstream would answer, and ways to answer otherwise."""

import json
import socket
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from seatrial.model.evidence import Need
from seatrial.needs import kube

Json = dict[str, Any]

NEEDS = {row.id: row for row in vars(kube).values() if isinstance(row, Need) and row.resource}
"""Every list that a trial may ask for, by need id."""

_RESET = b"\1\0\0\0\0\0\0\0"
"""SO_LINGER switched on with no time: closing the socket sends RST."""


def path_of(need: Need) -> str:
    """The path of a list in the whole cluster."""
    group = f"/apis/{need.group}/{need.versions[0]}" if need.group else f"/api/{need.versions[0]}"
    return f"{group}/{need.resource}"


_BY_PATH = {path_of(need): need for need in NEEDS.values()}


class Reply(Struct, frozen=True):
    """An answer of an upstream."""

    status: int
    body: bytes
    headers: Sequence[tuple[str, str]] = (("Content-Type", "application/json"),)


class Upstream(Protocol):
    """What stands behind: it answers any request."""

    def answer(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Reply: ...


class Exchange:
    """A request, not yet answered."""

    def __init__(self, handler: BaseHTTPRequestHandler, upstream: Upstream, body: bytes) -> None:
        self._handler = handler
        self._upstream = upstream
        self._body = body
        url = urlsplit(handler.path)
        self.path = url.path
        self.query = {key: values[0] for key, values in parse_qs(url.query).items()}
        self.need = _BY_PATH.get(url.path)
        """The list that is asked for; None for anything else."""

    @property
    def name(self) -> str:
        """The need id of a list, else the path: discovery, version, the cluster's namespace, metrics, reviews."""
        return self.need.id if self.need is not None else self.path

    @property
    def token(self) -> str:
        """The continue token; empty for a first page."""
        return self.query.get("continue", "")

    def forward(self, target: str = "") -> Reply:
        """What the upstream answers, to this request or to another one in its place."""
        handler = self._handler
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in _OWN}
        return self._upstream.answer(handler.command, target or handler.path, self._body, headers)

    def forward_list(self, **changed: str) -> Json:
        """The upstream's page as JSON; ``changed`` are other query parameters."""
        query = {**self.query, **changed}
        target = self.path + "?" + "&".join(f"{key}={value}" for key, value in query.items() if value)
        found: Json = json.loads(self.forward(target).body)
        return found

    def send(self, reply: Reply) -> None:
        """Answers."""
        handler = self._handler
        handler.send_response_only(reply.status)
        sent = {name.lower() for name, _ in reply.headers}
        for name, value in reply.headers:
            if name.lower() not in _OWN:
                handler.send_header(name, value)
        if "date" not in sent:
            handler.send_header("Date", handler.date_time_string())
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body)

    def send_json(self, value: Any, status: int = 200, headers: Sequence[tuple[str, str]] = ()) -> None:
        self.send(Reply(status, json.dumps(value).encode(), (("Content-Type", "application/json"), *headers)))

    def begin(self, length: int) -> None:
        """The head of an answer that will not be as long as it says."""
        handler = self._handler
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(length))
        handler.end_headers()

    def write(self, part: bytes) -> None:
        self._handler.wfile.write(part)
        self._handler.wfile.flush()

    def hang_up(self, *, reset: bool = False) -> None:
        """Closes the connection, politely or by a reset."""
        if reset:
            self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._handler.close_connection = True
        self._handler.connection.close() if reset else self._handler.connection.shutdown(socket.SHUT_RDWR)


_OWN = frozenset({"connection", "content-length", "host", "transfer-encoding", "keep-alive", "authorization"})
"""Headers of one connection; and of the client's own login, in whose place the upstream puts its."""
