"""The faults, one by one. Each answers a request in the server's place, and says what it does.

``lies`` are those that cannot be told from the truth by what is in the answer: a witness catches them, or nothing.
"""

from collections.abc import Callable
from threading import Event

from msgspec import Struct

from seatrial.testing.faults.exchange import Exchange, Json, Reply

Act = Callable[[Exchange], None]

HTML = b"<html><body><h1>Bad gateway</h1><script>alert(1)</script></body></html>"
_DRIP_FOR = 5.0
"""Seconds after which a slow answer is given up by the server's side."""


class Fault(Struct, frozen=True):
    """``act`` answers; ``lists`` says that only lists can have it; ``later`` that only pages after the first can."""

    name: str
    act: Act
    lists: bool = False
    later: bool = False
    lies: bool = False


def _status(code: int, reason: str, message: str = "because", *headers: tuple[str, str], **meta: str) -> Act:
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": message,
            "code": code, "metadata": meta}  # fmt: skip
    return lambda exchange: exchange.send_json(body, code, headers)


def _text(code: int, body: bytes, content: str = "text/plain", *headers: tuple[str, str]) -> Act:
    return lambda exchange: exchange.send(Reply(code, body, (("Content-Type", content), *headers)))


def _changed(change: Callable[[Json], object]) -> Act:
    """The true page, changed."""

    def act(exchange: Exchange) -> None:
        page = exchange.forward_list()
        change(page)
        exchange.send_json(page)

    return act


def _reset(exchange: Exchange) -> None:
    exchange.hang_up(reset=True)


def _closed(exchange: Exchange) -> None:
    exchange.hang_up()


def _cut(exchange: Exchange) -> None:
    body = exchange.forward().body
    exchange.begin(len(body))
    exchange.write(body[: len(body) // 2])
    exchange.hang_up()


def _drip(exchange: Exchange) -> None:
    body = exchange.forward().body
    exchange.begin(len(body) + 1_000_000)
    exchange.write(body)
    pause = Event()
    for _ in range(int(_DRIP_FOR / 0.02)):
        exchange.write(b" ")
        pause.wait(0.02)


def _silent(exchange: Exchange) -> None:
    Event().wait(0.4)
    exchange.hang_up()


def _items(exchange: Exchange) -> list[Json]:
    found: list[Json] = exchange.forward_list(limit="", **{"continue": ""}).get("items") or []
    return found


def _empty(page: Json) -> None:
    page["items"] = []
    page["metadata"] = {"resourceVersion": page["metadata"].get("resourceVersion", "1")}


def _lost_page(exchange: Exchange) -> None:
    """The page after the first goes missing: the first one's token leads past it."""
    page = exchange.forward_list()
    token = page["metadata"].get("continue")
    if token:
        beyond = exchange.forward_list(**{"continue": token})["metadata"].get("continue")
        page["metadata"]["continue"] = beyond or ""
    exchange.send_json(page)


def _lost_quietly(page: Json) -> None:
    """One object, and the announcement of more, are gone."""
    page["items"] = (page.get("items") or [])[:-1]
    page["metadata"].pop("remainingItemCount", None)


def _twice(exchange: Exchange) -> None:
    page = exchange.forward_list()
    rows = page.get("items") or [{"metadata": {"name": "same", "namespace": "shop"}}]
    page["items"] = [*rows, rows[0]]
    exchange.send_json(page)


def _repeated_page(exchange: Exchange) -> None:
    """The first page again in the place of a later one."""
    page = exchange.forward_list(**{"continue": ""})
    page["metadata"].pop("continue", None)
    page["metadata"].pop("remainingItemCount", None)
    exchange.send_json(page)


def _endless(exchange: Exchange) -> None:
    page = exchange.forward_list(**{"continue": ""})
    page["items"] = []
    page["metadata"] = {"resourceVersion": "7", "continue": str((int(exchange.token or 0) + 1) % 5 + 1)}
    exchange.send_json(page)


def _backwards(page: Json) -> None:
    page["metadata"]["resourceVersion"] = "1"


def _nulls(page: Json) -> None:
    for row in page.get("items") or []:
        row.update(spec=None, status=None)
        row["metadata"].update(labels=None, annotations=None, ownerReferences=None)


def _texts(page: Json) -> None:
    for row in page.get("items") or []:
        row["spec"] = "text where a map is expected"
        row["metadata"]["labels"] = "none"


def _nameless(page: Json) -> None:
    page["items"] = [*(page.get("items") or []), {"metadata": {}}]


def _other(**fields: object) -> Act:
    return _changed(lambda page: page.update(fields))


def _older(exchange: Exchange) -> None:
    """Another server behind the same address, a version back, that does not serve what the first one's discovery named."""
    _status(404, "NotFound", "the server could not find the requested resource")(exchange)


def _early_clock(exchange: Exchange) -> None:
    reply = exchange.forward()
    headers = [row for row in reply.headers if row[0].lower() != "date"]
    exchange.send(Reply(reply.status, reply.body, [*headers, ("Date", "Thu, 01 Jan 2015 00:00:00 GMT")]))


_RETRY = ("Retry-After", "0")
_BUSY = b"Too many requests, please try again later."

FAULTS: tuple[Fault, ...] = (
    Fault("connection reset", _reset),
    Fault("connection closed without an answer", _closed),
    Fault("body cut", _cut),
    Fault("body that drips without end", _drip),
    Fault("no answer in time", _silent),
    Fault("401", _status(401, "Unauthorized")),
    Fault("403 with a Status", _status(403, "Forbidden", "it is forbidden")),
    Fault("403 without one", _text(403, b"no")),
    Fault("404 of the group", _text(404, b"404 page not found")),
    Fault("404 of the list", _status(404, "NotFound")),
    Fault("407 by a proxy", _text(407, HTML, "text/html")),
    Fault("410 without a new token", _status(410, "Expired", "too old"), lists=True),
    Fault("410 with a new token", _status(410, "Expired", "too old", **{"continue": "2"}), lists=True),
    Fault("400 for the token", _status(400, "BadRequest", "the continue token is invalid"), lists=True, later=True),
    Fault("429 as plain text", _text(429, _BUSY, "text/plain", _RETRY)),
    Fault("500 by etcd", _status(500, "InternalError", "etcdserver: request timed out")),
    Fault("500 that cannot decrypt", _status(500, "StorageReadError", "unable to transform key")),
    Fault("502 by a proxy", _text(502, HTML, "text/html")),
    Fault("503 with a Status", _status(503, "ServiceUnavailable", "unable to handle the request", _RETRY)),
    Fault("503 by a proxy", _text(503, HTML, "text/html", _RETRY)),
    Fault("504", _status(504, "Timeout")),
    Fault("redirect to elsewhere", _text(302, b"", "text/plain", ("Location", "http://127.0.0.1:1/login"))),
    Fault("200 with a login page", _text(200, HTML, "text/html")),
    Fault("200 with a Status", _status(200, "")),
    Fault("200 with nothing", _text(200, b"")),
    Fault("200 with JSON that ends early", _text(200, b'{"kind":"PodList","items":[')),
    Fault("200 nested without end", _text(200, b"[" * 100_000)),
    Fault("200 with null", _text(200, b"null")),
    Fault("200 of another kind", _other(kind="SecretList"), lists=True),
    Fault("200 of another version", _other(apiVersion="other/v9"), lists=True),
    Fault("items are a map", _other(items={"a": 1}), lists=True),
    Fault("items are text", _other(items=["x"]), lists=True),
    Fault("an object without a name", _changed(_nameless), lists=True),
    Fault("text where maps are expected", _changed(_texts), lists=True),
    Fault("a page twice", _repeated_page, lists=True, later=True),
    Fault("an object twice", _twice, lists=True),
    Fault("a page missing", _lost_page, lists=True),
    Fault("pages in a circle", _endless, lists=True),
    Fault("resourceVersion going back", _changed(_backwards), lists=True, later=True),
    Fault("another server's version", _older),
    Fault("a clock of another year", _early_clock),
    Fault("an empty list", _changed(_empty), lists=True, lies=True),
    Fault("items: null", _changed(lambda page: page.update(items=None, metadata={"resourceVersion": "1"})), lists=True, lies=True),
    Fault("nulls where maps are expected", _changed(_nulls), lists=True, lies=True),
    Fault("one object lost without a trace", _changed(_lost_quietly), lists=True, lies=True),
)  # fmt: skip

BY_NAME = {fault.name: fault for fault in FAULTS}

__all__ = ["BY_NAME", "FAULTS", "Act", "Fault"]
