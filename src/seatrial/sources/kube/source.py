"""The kube source: needs in, evidence out. What a server does wrong becomes a gap, never an exception."""

import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import msgspec

from seatrial.model.errors import UserError
from seatrial.model.evidence import Cause, Evidence, Gap, Key, Need
from seatrial.model.trial import Cluster
from seatrial.needs import kube
from seatrial.sources.kube.answers import Expired, Page, Refused, read_page
from seatrial.sources.kube.discovery import Discovery, discover
from seatrial.sources.kube.identity import ca_digest
from seatrial.sources.kube.kubeconfig import access
from seatrial.sources.kube.transport import Failure, Transport
from seatrial.wire.chunks import key_of, pack
from seatrial.wire.redact import Redactor

PAGE = 500
"""Objects in a page, as kubectl and client-go ask for."""

RESTARTS = 2
"""How often a list is begun anew when its snapshot expires (5 minutes by default), before it is given up."""

MOST_PAGES = 20_000

Progress = Callable[[str], None]


def connect(
    *,
    kubeconfig: str | None = None,
    context: str | None = None,
    as_user: str | None = None,
    as_groups: Sequence[str] = (),
    request_timeout: float = 60,
    progress: Progress = lambda text: None,  # noqa: ARG005
    page: int = PAGE,
) -> "KubeSource":
    """A source for the context's API server, with kubectl's flags. Raises UserError where there is no way to it."""
    if as_groups and not as_user:
        raise UserError("--as-group needs --as", hint="--as USER --as-group GROUP")

    def renew() -> Any:
        return access(kubeconfig, context)

    headers = [("User-Agent", "seatrial")]
    headers += [("Impersonate-User", as_user)] if as_user else []
    headers += [("Impersonate-Group", group) for group in as_groups]
    transport = Transport(renew(), headers=headers, timeout=request_timeout, renew=renew)
    return KubeSource(transport, progress=progress, page=page)


class KubeSource:
    """Answers needs of one API server. Thread safe."""

    name = "kube"

    def __init__(self, transport: Transport, *, progress: Progress, page: int = PAGE) -> None:
        self._transport = transport
        self._progress = progress
        self._page = page
        self._redactor = Redactor(secrets.token_bytes(32))
        self._lock = threading.Lock()
        self._discovery: Discovery | None = None

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
            server=server.server,
            context=server.context,
            version=_text(version.body, "gitVersion") if version.status == 200 else "",
            emulates=_emulated(version.body) if version.status == 200 else "",
        )

    def ask(self, need: Need) -> Evidence:
        """The answer to a need, its gaps in it."""
        began = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        answer = Evidence(need=need.id, schema=need.schema, collected_at=began)
        discovery = self._discovered()
        if need == kube.DISCOVERY:
            gaps = (discovery.gap,) if discovery.gap else ()
            return msgspec.structs.replace(answer, chunks=pack(discovery.groups), gaps=gaps)
        try:
            version = _served_version(need, discovery)
            return self._list(need, version, answer) if version else answer
        except Refused as refused:
            return msgspec.structs.replace(answer, gaps=(refused.gap,))
        except Failure as failure:
            gap = Gap(need.id, failure.cause, failure.says, "run again when the API server answers")
            return msgspec.structs.replace(answer, gaps=(gap,))

    def allowed(self, needs: Sequence[Need]) -> dict[Need, bool | None]:
        """Whether each list may be read in the whole cluster, by the server's own word; None where it did not say."""
        return {need: self._may(need) for need in needs if need.resource}

    def _may(self, need: Need) -> bool | None:
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {"verb": "list", "group": need.group, "resource": need.resource}},
        }
        try:
            answer = self._transport.post(
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", msgspec.json.encode(review)
            )
        except Failure:
            return None
        if answer.status not in {200, 201}:
            return None
        try:
            said = msgspec.json.decode(answer.body)["status"]["allowed"]
        except (msgspec.DecodeError, KeyError, TypeError):
            return None
        return said if isinstance(said, bool) else None

    def _discovered(self) -> Discovery:
        with self._lock:
            if self._discovery is None:
                self._discovery = discover(self._transport)
            return self._discovery

    def _list(self, need: Need, version: str, answer: Evidence) -> Evidence:
        for _ in range(1 + RESTARTS):
            try:
                return self._list_once(need, version, answer)
            except Expired:
                continue
        detail = f"the list took longer than the server keeps a snapshot, {1 + RESTARTS} times"
        raise Refused(Gap(need.id, Cause.TRUNCATED, detail, "run again, nearer to the API server"))

    def _list_once(self, need: Need, version: str, answer: Evidence) -> Evidence:
        path = (
            f"/apis/{need.group}/{version}/{need.resource}"
            if need.group
            else f"/api/{version}/{need.resource}"
        )
        records: list[Any] = []
        gaps: list[Gap] = []
        tokens: set[str] = set()
        page = Page([], [], "", "")
        requests = 0
        while True:
            params = {"limit": str(self._page)} | ({"continue": page.next} if page.next else {})
            page = read_page(need, version, path, self._transport.get(path, params), self._redactor)
            requests += 1
            records += page.records
            gaps += page.gaps
            self._progress(f"{need.resource}: {len(records)}")
            if not page.next:
                break
            if page.next in tokens or requests >= MOST_PAGES:
                detail = "the server's pages go in a circle"
                raise Refused(Gap(need.id, Cause.MALFORMED, detail, "look at the API service behind it"))
            tokens.add(page.next)
        keys = [key_of(record) for record in records]
        if len(set(keys)) < len(keys):
            raise Refused(
                Gap(need.id, Cause.MALFORMED, "an object stands on two pages of one list", "run again")
            )
        return msgspec.structs.replace(
            answer,
            chunks=pack(_ordered(records, keys)),
            gaps=tuple(gaps),
            resource_version=page.resource_version,
            requests=requests,
        )


def _ordered(records: list[Any], keys: list[Key]) -> list[Any]:
    """In the order of namespace and name, which is the server's own nearly always."""
    if all(earlier < later for earlier, later in pairwise(keys)):
        return records
    return sorted(records, key=key_of)


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


def _emulated(body: bytes) -> str:
    """The version that a server emulates, where it says another one than its own."""
    major, minor = _text(body, "emulationMajor"), _text(body, "emulationMinor")
    return f"v{major}.{minor}" if minor and minor != _text(body, "minor") else ""


def _text(body: bytes, *path: str) -> str:
    try:
        value: Any = msgspec.json.decode(body)
        for step in path:
            value = value[step]
    except (msgspec.DecodeError, KeyError, TypeError):
        return ""
    return value if isinstance(value, str) else ""
