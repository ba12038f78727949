"""What stands behind the faults: a server of a world's objects in memory, or a real API server."""

import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import urllib3

from seatrial.testing.faults.exchange import NEEDS, Reply, path_of
from seatrial.testing.testbed.control_plane import ControlPlane
from seatrial.testing.worlds import Held, ambient
from seatrial.wire.chunks import order_of

Json = dict[str, Any]

_LISTS = {path_of(need): need for need in NEEDS.values()}


class World:
    """Answers as an API server that holds a world would: discovery, paged lists, counts, rights."""

    def __init__(self, held: Held) -> None:
        rows = [*ambient(held.objects), *held.objects]
        self._rows: dict[str, list[Json]] = {}
        for need in NEEDS.values():
            mine = (row for row in rows if (row["kind"], _group(row)) == (need.kind, need.group))
            self._rows[need.id] = sorted(mine, key=order_of)
        self._groups = _groups(held)

    def answer(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Reply:  # noqa: ARG002
        url = urlsplit(target)
        need = _LISTS.get(url.path)
        if need is not None:
            query = {key: values[0] for key, values in parse_qs(url.query).items()}
            return _json(200, self._page(need.id, query))
        match url.path:
            case "/api" | "/apis":
                return _json(200, self._discovery(core=url.path == "/api"))
            case "/version":
                return _json(200, {"major": "1", "minor": "36", "gitVersion": "v1.36.3"})
            case "/api/v1/namespaces/kube-system":
                return _json(200, {"kind": "Namespace", "metadata": {"name": "kube-system", "uid": "0-1"}})
            case "/metrics":
                return Reply(200, self._metrics().encode(), (("Content-Type", "text/plain"),))
            case "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews":
                return _json(201, {"status": {"resourceRules": [], "incomplete": False}})
            case _:
                return _json(404, {"kind": "Status", "reason": "NotFound", "message": "not here"})

    def _page(self, id: str, query: Mapping[str, str]) -> Json:
        need, rows = NEEDS[id], self._rows[id]
        start, limit = int(query.get("continue", "0")), int(query.get("limit", "500"))
        after = start + limit
        meta: Json = {"resourceVersion": "7"}
        if after < len(rows):
            meta |= {"continue": str(after), "remainingItemCount": len(rows) - after}
        api = f"{need.group}/{need.versions[0]}" if need.group else need.versions[0]
        return {"kind": f"{need.kind}List", "apiVersion": api, "metadata": meta, "items": rows[start:after]}

    def _discovery(self, *, core: bool) -> Json:
        items = [
            {
                "metadata": {"name": group},
                "versions": [
                    {
                        "version": version,
                        "freshness": "Current",
                        "resources": [{"resource": name} for name in names],
                    }
                    for version, names in versions.items()
                ],
            }
            for group, versions in self._groups.items()
            if (group == "") is core
        ]
        return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": items}

    def _metrics(self) -> str:
        return "".join(
            f'apiserver_resource_objects{{group="{need.group}",resource="{need.resource}"}} {len(self._rows[id])}\n'
            for id, need in NEEDS.items()
        )


def _groups(held: Held) -> dict[str, dict[str, list[str]]]:
    served: dict[str, dict[str, list[str]]] = {}
    there = {_group(row) for row in held.objects}
    for need in NEEDS.values():
        if not need.group.endswith("x-k8s.io") or need.group in there:
            served.setdefault(need.group, {}).setdefault(need.versions[0], []).append(need.resource)
    for group_version, names in held.served:
        group, _, version = group_version.rpartition("/")
        found = served.setdefault(group, {}).setdefault(version, [])
        found += [name for name in names if name not in found]
    return served


def _group(row: Json) -> str:
    return str(row["apiVersion"]).rpartition("/")[0]


def _json(status: int, value: Any) -> Reply:
    return Reply(status, json.dumps(value).encode())


class Real:
    """Passes requests on to a real API server, as its administrator; whom the client acts as goes with them."""

    def __init__(self, plane: ControlPlane) -> None:
        user = json.loads(plane.kubeconfig().read_text("utf-8"))["users"][0]["user"]
        context = ssl.create_default_context(cafile=str(plane.ca))
        certificate, key = plane.folder / "proxy.crt", plane.folder / "proxy.key"
        for path, name in ((certificate, "client-certificate-data"), (key, "client-key-data")):
            path.write_bytes(_decoded(user[name]))
        context.load_cert_chain(certificate, key)
        self._server = plane.server
        self._pool = urllib3.PoolManager(ssl_context=context, maxsize=8)

    def answer(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        answer = self._pool.request(
            method,
            self._server + target,
            body=body or None,
            headers=dict(headers),
            retries=False,
            redirect=False,
        )
        return Reply(answer.status, answer.data, tuple(answer.headers.items()))


def _decoded(text: str) -> bytes:
    import base64

    return base64.b64decode(text)
