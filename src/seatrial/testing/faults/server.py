"""The server in front: it passes everything on, but for the requests that a fault answers."""

import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from seatrial.testing.faults.exchange import Exchange, Reply, Upstream

Chooser = Callable[[Exchange], Callable[[Exchange], None] | None]
"""The fault that answers a request; None lets it through."""


def through(_: Exchange) -> None:
    """Lets every request through."""


class FaultyServer:
    """A context manager. ``choose`` may be set anew between trials; ``tls`` makes it speak TLS, as well or as badly."""

    def __init__(
        self, upstream: Upstream, choose: Chooser = through, tls: ssl.SSLContext | None = None
    ) -> None:
        self.choose = choose
        self.injected = 0
        """Requests that a fault answered."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # headers and body are two writes
            timeout = 20

            def log_message(self, *_: Any) -> None:
                """Says nothing of requests."""

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                exchange = Exchange(self, upstream, body)
                fault = outer.choose(exchange)
                if fault is None:
                    exchange.send(exchange.forward())
                else:
                    outer.injected += 1
                    fault(exchange)

            do_POST = do_GET  # noqa: N815  # as http.server has it

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                """A client that hangs up on a fault is no news."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


__all__ = ["Chooser", "FaultyServer", "Reply", "through"]
