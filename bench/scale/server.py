"""An API server that serves a large cluster from templates, page by page, and holds nothing of it."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, str(Path(__file__).parent))

from objects import Cluster

VERSION = {"major": "1", "minor": "36", "gitVersion": "v1.36.3"}


def answer(cluster: Cluster, target: str) -> tuple[int, bytes]:
    url = urlsplit(target)
    query = {key: values[0] for key, values in parse_qs(url.query).items()}
    if url.path in cluster.kinds:
        return 200, page(cluster, url.path, int(query.get("limit", "500")), int(query.get("continue", "0")))
    if url.path in {"/api", "/apis"}:
        return 200, json.dumps(discovery(cluster, url.path)).encode()
    if url.path == "/version":
        return 200, json.dumps(VERSION).encode()
    if url.path == "/api/v1/namespaces/kube-system":
        return 200, cluster.place(1).encode()
    if url.path == "/metrics":
        return 200, metrics(cluster).encode()
    return 404, b'{"kind":"Status","reason":"NotFound","message":"not here"}'


def page(cluster: Cluster, path: str, limit: int, start: int) -> bytes:
    kind, count, make = cluster.kinds[path]
    end = min(start + limit, count)
    meta: dict[str, object] = {"resourceVersion": "12345"}
    if end < count:
        meta |= {"continue": str(end), "remainingItemCount": count - end}
    api = path.removeprefix("/apis/").removeprefix("/api/").rpartition("/")[0]
    head = json.dumps({"kind": f"{kind}List", "apiVersion": api, "metadata": meta}, separators=(",", ":"))
    return f'{head[:-1]},"items":[{",".join(map(make, range(start, end)))}]}}\n'.encode()


def discovery(cluster: Cluster, root: str) -> dict[str, object]:
    groups: dict[str, dict[str, list[str]]] = {}
    for path in cluster.kinds:
        *_, group, version, resource = path.split("/")
        if path.startswith(f"{root}/"):
            groups.setdefault("" if root == "/api" else group, {}).setdefault(version, []).append(resource)
    items = [
        {"metadata": {"name": group}, "versions": [
            {"version": version, "freshness": "Current", "resources": [{"resource": row} for row in rows]}
            for version, rows in versions.items()]}
        for group, versions in groups.items()
    ]  # fmt: skip
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": items}


def metrics(cluster: Cluster) -> str:
    lines = []
    for path, (_, count, _) in cluster.kinds.items():
        *_, group, _, resource = path.split("/")
        lines.append(
            f'apiserver_resource_objects{{group="{"" if group == "api" else group}",resource="{resource}"}} {count}'
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    cluster = Cluster(int(sys.argv[1]))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            """Says nothing of requests."""

        def do_GET(self) -> None:
            status, body = answer(cluster, self.path)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
