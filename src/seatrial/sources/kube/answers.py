"""Reading what an API server answered: pure, and suspicious of everything."""

import re
from typing import Any

import msgspec
from msgspec import Struct

from seatrial.model.evidence import Cause, Gap, Need, Unseen
from seatrial.sources.kube.transport import Answer
from seatrial.wire.base import Object, Wire
from seatrial.wire.chunks import STORED_AS, as_struct, key_of, undecodable
from seatrial.wire.pod import Pod
from seatrial.wire.redact import Redactor
from seatrial.wire.storing import EncodedPod, PodStore, redacted

_LOOK = "kubectl get --raw '{path}' shows what the server answers"


class ListMeta(Wire, frozen=True, gc=False):
    resource_version: str = ""
    next: str = msgspec.field(name="continue", default="")
    remaining_item_count: int | None = None


class Page(Struct):
    """One page of a list. ``records`` are structs or redacted JSON objects; ``gaps`` are its odd objects.

    ``remaining`` is how many objects the server says are still to come; None where it does not say.
    """

    records: list[Any]
    gaps: list[Gap]
    next: str
    resource_version: str
    remaining: int | None


class Refused(Exception):
    """The list cannot be read: the gap says why. ``forbidden``: the server does not allow it."""

    def __init__(self, gap: Gap, *, forbidden: bool = False) -> None:
        super().__init__(gap.detail)
        self.gap = gap
        self.forbidden = forbidden


class Expired(Exception):
    """The continue token is older than the server's history: only a list from the start is one snapshot."""


class _Envelope(Wire, frozen=True):
    api_version: str = ""
    kind: str = ""
    metadata: ListMeta = ListMeta()


class _RawList(_Envelope, frozen=True):
    items: list[msgspec.Raw] | None = None


_REASON = re.compile("[A-Za-z]{1,64}")
_PHRASES = (
    "cannot list resource",
    "continue parameter",
    "continue token",
    "conversion webhook",
    "etcdserver: leader changed",
    "etcdserver: request timed out",
    "etcdserver: too many requests",
    "mvcc: database space exceeded",
    "the server could not find the requested resource",
    "the server is currently unable to handle the request",
    "too old resource version",
    "unable to transform key",
)
"""Parts of what API servers say when a list fails, which tell its reader what to do."""


class _Status(Wire, frozen=True):
    kind: str = ""
    reason: str = ""
    message: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """What may be repeated of it: the reason, and phrases of Kubernetes' own. The rest may hold anything."""
        reason = self.reason if _REASON.fullmatch(self.reason) else ""
        return tuple(text for text in (reason, *(row for row in _PHRASES if row in self.message)) if text)


def _decoder(item: type[Wire]) -> msgspec.json.Decoder[Any]:
    fields: list[Any] = [("items", list[item] | None, None)]  # type: ignore[valid-type]
    return msgspec.json.Decoder(
        msgspec.defstruct(f"{item.__name__}List", fields, bases=(_Envelope,), frozen=True)
    )


_decoders = {item: _decoder(item) for item in STORED_AS.values() if item is not Pod}
_decode_pods = _decoder(EncodedPod).decode
_raw_decoder = msgspec.json.Decoder(_RawList)
_TEXT = re.compile(r"[^\x20-\x7e]+|<[^>]*>")


def read_page(
    need: Need, version: str, path: str, answer: Answer, redactor: Redactor, pods: PodStore
) -> Page:
    """The page of an answer. Raises Refused for what is no such list, Expired for a token that ran out.

    ``pods`` stores the pods of the whole list.
    """
    if answer.status != 200:
        raise _refusal(need, path, answer)
    stored = STORED_AS.get(need.schema)
    api_version = f"{need.group}/{version}" if need.group else version
    try:
        decoded = _decode(stored, answer.body, pods)
    except msgspec.ValidationError:
        decoded = _decode_raw(need, path, answer)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(_malformed(need, path, f"the answer is no JSON: {_short(str(error))}")) from error
    if decoded.kind != f"{need.kind}List" or decoded.api_version != api_version:
        kind = decoded.kind if _REASON.fullmatch(decoded.kind) else "something of no known kind"
        detail = f"the server answered with {kind}, not {api_version} {need.kind}List"
        raise Refused(_malformed(need, path, detail))
    meta = decoded.metadata
    page = Page([], [], meta.next, meta.resource_version, meta.remaining_item_count)
    if stored is None:
        for item in decoded.items or ():
            _keep(page, need, item, redactor)
        return page
    for item in decoded.items or ():
        if isinstance(item, EncodedPod):
            page.records.append(item)
        elif isinstance(item, Object):
            _put(page, need, item, redactor)
        else:
            _take(page, need, bytes(item), stored, redactor)
    return page


def _decode(stored: type[Object] | None, body: bytes, pods: PodStore) -> Any:
    """The list. Raises msgspec.ValidationError where one of its objects is odd, and what else a decoder raises."""
    if stored is not Pod:
        return (_decoders[stored] if stored else _raw_decoder).decode(body)
    decoded = _decode_pods(body)
    for item in decoded.items or ():
        pods.store(item)
    return decoded


def _decode_raw(need: Need, path: str, answer: Answer) -> Any:
    try:
        return _raw_decoder.decode(answer.body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused(_malformed(need, path, f"the answer is no list: {_short(str(error))}")) from error


def _take(page: Page, need: Need, item: bytes, stored: type[Object], redactor: Redactor) -> None:
    """One object of a page that holds an odd one: as its struct, or as the page's gap."""
    try:
        row = msgspec.json.decode(item)
        named = (
            isinstance(row, dict) and isinstance(row.get("metadata"), dict) and row["metadata"].get("name")
        )
        if not named:
            page.gaps.append(_nameless(need))
        else:
            _put(page, need, as_struct(row, stored, need.id), redactor)
    except Unseen as unseen:
        page.gaps.append(unseen.gap)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        page.gaps.append(_none(need, error))


def _put(page: Page, need: Need, item: Object, redactor: Redactor) -> None:
    """A struct, redacted; or a gap for what no server stores."""
    if not item.metadata.name:
        page.gaps.append(_nameless(need))
    elif isinstance(item, Pod) and not item.spec.containers:
        page.gaps.append(undecodable(need.id, key_of(item), ValueError("a pod without containers")))
    else:
        page.records.append(redacted(item, redactor))


def _keep(page: Page, need: Need, item: msgspec.Raw, redactor: Redactor) -> None:
    """One object of a kind that is kept whole, or the page's one gap."""
    try:
        row = redactor.raw(item)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        page.gaps.append(_none(need, error))
        return
    metadata = row.get("metadata")
    if isinstance(metadata, dict) and isinstance(metadata.get("name"), str) and metadata["name"]:
        page.records.append(row)
    else:
        page.gaps.append(_nameless(need))


def _refusal(need: Need, path: str, answer: Answer) -> Exception:
    said = status_of(answer)
    text = f"HTTP {answer.status}" + "".join(f" {word}" for word in said.words)
    if answer.status == 410:
        return Expired(text)
    if answer.status == 403:
        where = f"{need.resource} ({need.group or 'core'})"
        gap = Gap(need.id, Cause.REFUSED, text, f"grant list on {where}: seatrial doctor --rbac")
        return Refused(gap, forbidden=True)
    if answer.status == 401:
        return Refused(
            Gap(need.id, Cause.REFUSED, "the server does not know this user any more", "log in again")
        )
    if answer.status == 404:
        detail = f"discovery serves {need.resource}, but the list is not found: {text}"
        return Refused(Gap(need.id, Cause.NOT_SERVED, detail, _LOOK.format(path=path)))
    if answer.status == 400 and "continue" in said.message:
        return Refused(Gap(need.id, Cause.TRUNCATED, f"the server refused to go on: {text}", "run again"))
    cause = Cause.UNREACHABLE if answer.status in {429, 500, 502, 503, 504} else Cause.MALFORMED
    return Refused(Gap(need.id, cause, text, _LOOK.format(path=path)))


def status_of(answer: Answer) -> _Status:
    """The Status of an error; empty where the body is something else, such as a proxy's page."""
    try:
        said = msgspec.json.decode(answer.body, type=_Status)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _Status()
    return said if said.kind == "Status" else _Status()


def _none(need: Need, error: Exception) -> Gap:
    detail = f"an object that is none: {_short(str(error))}"
    return Gap(need.id, Cause.MALFORMED, detail, "look at the list as the server gives it")


def _nameless(need: Need) -> Gap:
    return Gap(
        need.id, Cause.MALFORMED, "an object without a name", "look at the list as the server gives it"
    )


def _malformed(need: Need, path: str, detail: str) -> Gap:
    return Gap(need.id, Cause.MALFORMED, detail, _LOOK.format(path=path))


def _short(text: str) -> str:
    return " ".join(_TEXT.sub(" ", text[:2000]).split())[:200]
