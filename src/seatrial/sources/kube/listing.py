"""Reading one list, page by page, into chunks; what was read stays, whatever happens after it."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, structs

from seatrial.model.evidence import Cause, Chunk, Gap, Need
from seatrial.sources.kube.answers import Expired, Page, Refused, read_page
from seatrial.sources.kube.transport import Failure, TooLarge, Transport
from seatrial.wire.chunks import STORED_AS, Duplicate, Packer, order_of
from seatrial.wire.redact import Redactor
from seatrial.wire.storing import PodStore

RESTARTS = 2
"""How often a list is begun anew when its snapshot expires (5 minutes by default), before it is given up."""

MOST_PAGES = 20_000

SERVERS_TIME = "60s"
"""After which the server gives a list up itself: its own default (--request-timeout), so that none outlives us."""

_SMALLER = 10

Progress = Callable[[str], None]


class Listed(Struct):
    """A list as far as it was read. ``end`` says why it is not whole; ``refused`` that the server does not allow it."""

    chunks: tuple[Chunk, ...] = ()
    count: int = 0
    gaps: list[Gap] = []
    resource_version: str = ""
    requests: int = 0
    received: int = 0
    end: Gap | None = None
    refused: bool = False


class Listing:
    """Reads lists of one server, ``page`` objects at a time."""

    def __init__(self, transport: Transport, redactor: Redactor, page: int, progress: Progress) -> None:
        self.transport = transport
        self.redactor = redactor
        self.page = page
        self.progress = progress

    def read(self, need: Need, version: str, places: Sequence[str] = ("",)) -> Listed:
        """The list of the whole cluster (``""``), or of some namespaces in the order of ``place/``. Never raises."""
        for _ in range(1 + RESTARTS):
            once = _Once(need, version, self)
            try:
                for place in places:
                    once.read(place)
                return once.listed()
            except Expired:
                continue
            except Refused as refused:
                return once.listed(refused.gap, refused=refused.forbidden)
            except Failure as failure:
                return once.listed(Gap(need.id, failure.cause, failure.says, failure.cure))
        detail = f"its pages were never of one state of the cluster, {1 + RESTARTS} times"
        return once.listed(Gap(need.id, Cause.TRUNCATED, detail, "run again, nearer to the API server"))


class _Once:
    """One try at a list."""

    def __init__(self, need: Need, version: str, by: Listing) -> None:
        self._need = need
        self._version = version
        self._by = by
        self._pods = PodStore(by.redactor)
        self._packer = Packer(STORED_AS.get(need.schema, dict[str, Any]))
        self._gaps: list[Gap] = []
        self._missing = set(need.always)
        self._resource_version = ""
        self._requests = 0
        self._received = 0
        self._limit = by.page

    def read(self, place: str) -> None:
        """All pages of a place; one namespace that is forbidden is a gap of its own. Raises Refused, Failure, Expired."""
        try:
            self._read(place)
        except Refused as refused:
            if not (place and refused.forbidden):
                raise
            self._gaps.append(structs.replace(refused.gap, namespace=place))

    def _read(self, place: str) -> None:
        path = _path(self._need, self._version, place)
        tokens: set[str] = set()
        expected = -1
        before = self._packer.count + len(self._gaps)
        first = page = self._ask(path, "")
        self._take(page)
        if page.remaining:  # a first page that announces more and leads to none has lost them
            expected = len(page.records) + len(page.gaps) + page.remaining
        while page.next:
            if page.next in tokens or self._requests >= MOST_PAGES:
                raise Refused(self._malformed("the server's pages go in a circle"))
            tokens.add(page.next)
            page = self._ask(path, page.next)
            if page.resource_version != first.resource_version:
                raise Expired
            self._take(page)
        self._resource_version = page.resource_version
        got = self._packer.count + len(self._gaps) - before
        if got < expected:
            detail = f"the server announced {expected} objects and gave {got}"
            raise Refused(Gap(self._need.id, Cause.TRUNCATED, detail, "run again"))

    def listed(self, end: Gap | None = None, *, refused: bool = False) -> Listed:
        if end is None and self._missing:
            lost = " and ".join(sorted(self._missing))
            end = Gap(self._need.id, Cause.TRUNCATED, f"it lacks {lost}, which every server has", "run again")
        chunks: tuple[Chunk, ...] = ()
        try:
            # pages that contradict themselves may hold anything: nothing of them is kept
            chunks = self._packer.chunks() if end is None or end.cause is not Cause.MALFORMED else ()
        except Duplicate:
            end = self._repeats()
        return Listed(
            chunks,
            sum(chunk.count for chunk in chunks),
            self._gaps,
            self._resource_version,
            self._requests,
            self._received,
            end,
            refused,
        )

    def _ask(self, path: str, token: str) -> Page:
        while True:
            params = {"limit": str(self._limit), "timeout": SERVERS_TIME}
            params |= {"continue": token} if token else {}
            self._requests += 1
            try:
                answer = self._by.transport.get(path, params)
            except TooLarge:
                if self._limit == 1:
                    raise
                self._limit = max(1, self._limit // _SMALLER)
                continue
            self._received += len(answer.body)
            return read_page(self._need, self._version, path, answer, self._by.redactor, self._pods)

    def _take(self, page: Page) -> None:
        if self._missing:
            self._missing -= {order_of(record) for record in page.records}
        try:
            self._packer.add(page.records)
        except Duplicate as error:
            raise Refused(self._repeats()) from error
        self._gaps += page.gaps
        of = f" of {self._packer.count + page.remaining}" if page.remaining else ""
        self._by.progress(f"{self._need.resource}: {self._packer.count}{of}")

    def _malformed(self, detail: str) -> Gap:
        path = _path(self._need, self._version, "")
        return Gap(
            self._need.id, Cause.MALFORMED, detail, f"kubectl get --raw '{path}' shows what it answers"
        )

    def _repeats(self) -> Gap:
        return Gap(self._need.id, Cause.MALFORMED, "an object stands twice in one list", "run again")


def _path(need: Need, version: str, place: str) -> str:
    group = f"/apis/{need.group}/{version}" if need.group else f"/api/{version}"
    return f"{group}/namespaces/{place}/{need.resource}" if place else f"{group}/{need.resource}"
