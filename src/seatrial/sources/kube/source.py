"""The kube source: needs in, evidence out. What a server does wrong becomes a gap, never an exception."""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from seatrial.model.errors import UserError
from seatrial.model.evidence import Cause, Evidence, Gap, Need
from seatrial.model.trial import Cluster
from seatrial.needs import kube
from seatrial.sources.kube.answers import Refused
from seatrial.sources.kube.discovery import Discovery, discover
from seatrial.sources.kube.identity import ca_digest
from seatrial.sources.kube.kubeconfig import access
from seatrial.sources.kube.listing import Listed, Listing
from seatrial.sources.kube.rights import Rights
from seatrial.sources.kube.transport import Failure, Transport
from seatrial.sources.kube.witness import Counts
from seatrial.wire.chunks import key_of, pack, unpack
from seatrial.wire.redact import Redactor

PAGE = 500
"""Objects in a page, as kubectl and client-go ask for."""

Progress = Callable[[str], None]


def connect(
    *,
    kubeconfig: str | None = None,
    context: str | None = None,
    as_user: str | None = None,
    as_groups: Sequence[str] = (),
    namespaces: Sequence[str] = (),
    request_timeout: float = 60,
    timeout: float | None = None,
    progress: Progress = lambda text: None,  # noqa: ARG005
    page: int = PAGE,
) -> "KubeSource":
    """A source for the context's API server, with kubectl's flags. Raises UserError where there is no way to it.

    ``namespaces`` are tried where the whole cluster may not be read. ``request_timeout`` bounds one request,
    ``timeout`` all of them, in seconds.
    """
    if as_groups and not as_user:
        raise UserError("--as-group needs --as", hint="--as USER --as-group GROUP")

    def renew() -> Any:
        return access(kubeconfig, context)

    headers = [("User-Agent", "seatrial")]
    headers += [("Impersonate-User", as_user)] if as_user else []
    headers += [("Impersonate-Group", group) for group in as_groups]
    transport = Transport(renew(), headers=headers, timeout=request_timeout, renew=renew, lasts=timeout)
    return KubeSource(transport, namespaces=namespaces, progress=progress, page=page)


class KubeSource:
    """Answers needs of one API server. Thread safe."""

    name = "kube"

    def __init__(
        self, transport: Transport, *, namespaces: Sequence[str] = (), progress: Progress, page: int = PAGE
    ) -> None:
        self._transport = transport
        self._namespaces = tuple(namespaces)
        self._listing = Listing(transport, Redactor(secrets.token_bytes(32)), page, progress)
        self._counts = Counts(transport)
        self.rights = Rights(transport)
        self._lock = threading.Lock()
        self._discovery: Discovery | None = None
        self._known_places: tuple[tuple[str, ...], bool] | None = None

    def cluster(self) -> Cluster:
        """Which cluster it is. Raises UserError where the server cannot be reached or does not know us."""
        server = self._transport.access
        try:
            version = self._transport.get("/version")
            namespace = self._transport.get("/api/v1/namespaces/kube-system")
        except Failure as failure:
            raise UserError(
                f"the API server of context {server.context} cannot be asked: {failure.says}",
                hint=f"kubectl --context {server.context} version",
            ) from failure
        if version.status == 401:
            raise UserError(
                f"the API server of context {server.context} does not know you", hint="log in again"
            )
        return Cluster(
            uid=_text(namespace.body, "metadata", "uid") if namespace.status == 200 else "",
            ca=ca_digest(server.ca_file),
            server=shown(server.server),
            context=server.context,
            version=_text(version.body, "gitVersion") if version.status == 200 else "",
            emulates=_emulated(version.body) if version.status == 200 else "",
        )

    def ask(self, need: Need) -> Evidence:
        """The answer to a need, its gaps in it."""
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        answer = Evidence(need=need.id, schema=need.schema, collected_at=now)
        discovery = self._discovered()
        if need == kube.DISCOVERY:
            gaps = (discovery.gap,) if discovery.gap else ()
            return msgspec.structs.replace(answer, chunks=pack(discovery.groups), gaps=gaps)
        began = time.monotonic()
        try:
            version = _served_version(need, discovery)
        except Refused as refused:
            return msgspec.structs.replace(answer, gaps=(refused.gap,))
        if not version:
            return answer
        listed = self._list(need, version)
        return msgspec.structs.replace(
            answer,
            chunks=listed.chunks,
            gaps=tuple(listed.gaps) + ((listed.end,) if listed.end is not None else ()),
            resource_version=listed.resource_version,
            requests=listed.requests,
            received=listed.received,
            seconds=round(time.monotonic() - began, 3),
        )

    def serves(self, need: Need) -> bool:
        """Whether a list would be asked for: False only where discovery proves that there is nothing to ask."""
        try:
            return bool(_served_version(need, self._discovered()))
        except Refused:
            return True

    def skew(self) -> int:
        """Seconds that the server's clock is ahead of this one."""
        return round(self._transport.skew)

    def places(self) -> tuple[tuple[str, ...], bool]:
        """The namespaces that can be named, and whether they are all of them."""
        with self._lock:
            if self._known_places is None:
                found = self._listing.read(kube.NAMESPACES, "v1")
                names = {key_of(row)[1] for chunk in found.chunks for row in unpack(chunk, dict[str, Any])}
                if found.end is None and not found.gaps:
                    self._known_places = tuple(sorted(names)), True
                else:
                    asked = {*self._namespaces, self._transport.access.namespace} - {""}
                    self._known_places = tuple(sorted({*names, *asked})), False
            return self._known_places

    def _discovered(self) -> Discovery:
        with self._lock:
            if self._discovery is None:
                self._discovery = discover(self._transport)
            return self._discovery

    def _list(self, need: Need, version: str) -> Listed:
        listed = self._listing.read(need, version)
        if listed.refused and need.namespaced:
            return self._by_namespace(need, version, listed)
        if listed.end is None:
            listed.end = self._counts.contradict(need, listed.count)
        return listed

    def _by_namespace(self, need: Need, version: str, refused: Listed) -> Listed:
        """The list of each namespace that this user may read, with gaps for the rest."""
        places, whole = self.places()
        readable = sorted((place for place in places if self.rights.may_in(place, need)), key="{}/".format)
        if not readable:
            return refused
        listed = self._listing.read(msgspec.structs.replace(need, always=()), version, readable)
        listed.requests += refused.requests
        if listed.end is not None or refused.end is None:
            return listed
        if whole:
            listed.gaps += [
                msgspec.structs.replace(refused.end, namespace=place)
                for place in sorted(set(places) - set(readable))
            ]
        else:
            listed.end = msgspec.structs.replace(refused.end, besides=tuple(sorted(readable)))
        return listed


def _served_version(need: Need, discovery: Discovery) -> str:
    """The version to ask; empty where it is proved that there is nothing to ask. Raises Refused."""
    served = discovery.versions(need.group)
    if not served and discovery.gap is not None:
        raise Refused(msgspec.structs.replace(discovery.gap, need=need.id))
    version = next((version for version in need.versions if version in served), None)
    if version is None:
        if not served:
            return ""
        said = ", ".join(sorted(served))
        detail = f"{need.group or 'core'} is served as {said}, none of which is read"
        raise Refused(Gap(need.id, Cause.NOT_SERVED, detail, "use a version of Seatrial that reads it"))
    if need.resource in served[version].resources:
        return version
    if served[version].stale:
        detail = f"the server cannot ask the API service behind {need.group}"
        raise Refused(Gap(need.id, Cause.STALE, detail, f"kubectl get apiservice {version}.{need.group}"))
    return ""


def shown(url: str) -> str:
    """An address as it may be shown and stored: without user, password and query."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{place}{parts.path}"


def _emulated(body: bytes) -> str:
    """The version that a server emulates, where it says another one than its own."""
    major, minor = _text(body, "emulationMajor"), _text(body, "emulationMinor")
    return f"v{major}.{minor}" if minor and minor != _text(body, "minor") else ""


def _text(body: bytes, *path: str) -> str:
    try:
        value: Any = msgspec.json.decode(body)
        for step in path:
            value = value[step]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError):
        return ""
    return value if isinstance(value, str) else ""
