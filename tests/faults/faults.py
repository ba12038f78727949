"""The faults of a cluster's bad day, each a function that answers one request in the server's place."""

import json
import socket

from server import envelope, send

HTML = b"<html><body><h1>Bad gateway</h1><script>alert(1)</script></body></html>"


def status(code, reason, message="because", headers=()):
    def fault(handler, *_):
        send(
            handler,
            code,
            {"kind": "Status", "reason": reason, "message": message, "code": code},
            headers=headers,
        )

    return fault


def text(code, body, content="text/plain", headers=()):
    return lambda handler, *_: send(handler, code, body, content, headers)


def shape(change):
    """A 200 whose body is not what a list looks like."""

    def fault(handler, need, query):
        send(handler, 200, change(need, query))

    return fault


def reset(handler, *_):
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def cut(handler, need, _):
    body = json.dumps(envelope(need, [], {"resourceVersion": "7"})).encode()
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body) + 100))
    handler.end_headers()
    handler.wfile.write(body)
    handler.close_connection = True


def endless(need, query):
    at = int(query.get("continue", "0")) + 1
    return envelope(need, [], {"continue": str(at % 5), "resourceVersion": "7"})


def twice(need, query):
    row = {"metadata": {"name": "same", "namespace": "shop"}}
    return envelope(need, [row], {"continue": "1"} if "continue" not in query else {})


FAULTS = {
    "connection reset": reset,
    "body cut": cut,
    "401": status(401, "Unauthorized"),
    "403 with a Status": status(403, "Forbidden", "pods is forbidden"),
    "403 without one": text(403, b"no"),
    "404 of the list": status(404, "NotFound"),
    "410 at once": status(410, "Expired"),
    "429 as plain text": text(
        429, b"Too many requests, please try again later.", headers=[("Retry-After", "0")]
    ),
    "500 that stays": status(500, "StorageReadError", "unable to decrypt"),
    "502 by a proxy": text(502, HTML, "text/html"),
    "503 with a Status": status(503, "ServiceUnavailable", headers=[("Retry-After", "0")]),
    "504": status(504, "Timeout"),
    "a redirect to elsewhere": text(302, b"", headers=[("Location", "http://127.0.0.1:1/login")]),
    "200 with a login page": text(200, HTML, "text/html"),
    "200 with a Status": shape(lambda need, query: {"kind": "Status", "status": "Success"}),
    "200 with another kind": shape(lambda need, query: {**envelope(need, [], {}), "kind": "SecretList"}),
    "200 with another version": shape(
        lambda need, query: {**envelope(need, [], {}), "apiVersion": "other/v9"}
    ),
    "200 with nothing": text(200, b""),
    "200 with JSON that ends early": text(200, b'{"kind":"PodList","items":['),
    "200 nested without end": text(200, b"[" * 100_000),
    "items are no list": shape(lambda need, query: {**envelope(need, [], {}), "items": {"a": 1}}),
    "an endless list": shape(endless),
    "an object on two pages": shape(twice),
    "an object without a name": shape(lambda need, query: envelope(need, [{"metadata": {}}], {})),
    "an object that is text": shape(lambda need, query: envelope(need, ["x"], {})),
    "metadata is text": shape(lambda need, query: envelope(need, [{"metadata": "x"}], {})),
}
