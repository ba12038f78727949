"""A small API server that does to chosen requests what real ones and their proxies do on bad days."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from seatrial.model.evidence import Need
from seatrial.needs import kube

NEEDS = {row.id: row for row in vars(kube).values() if isinstance(row, Need) and row.resource}


def path_of(need):
    version = need.versions[0]
    return (
        f"/apis/{need.group}/{version}/{need.resource}" if need.group else f"/api/{version}/{need.resource}"
    )


class Faulty:
    """Serves objects by need id. ``fault(handler, need, request)`` may answer in its place and return True."""

    def __init__(self, objects, fault=None):
        self.objects = objects
        self.fault = fault or (lambda *_: False)
        self.seen = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # headers and body are two writes

            def log_message(self, *_):
                pass

            def do_GET(self):
                outer.seen.append(self.path)
                outer.answer(self)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                """A client that hangs up on a fault is no news."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def kubeconfig(self, folder):
        path = folder / "kubeconfig"
        path.write_text(
            json.dumps(
                {
                    "current-context": "faulty",
                    "contexts": [{"name": "faulty", "context": {"cluster": "c", "user": "u"}}],
                    "clusters": [{"name": "c", "cluster": {"server": self.url}}],
                    "users": [{"name": "u", "user": {"token": "a-token"}}],
                }
            )
        )
        return str(path)

    def answer(self, handler):
        url = urlsplit(handler.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        need = next((row for row in NEEDS.values() if path_of(row) == url.path), None)
        if self.fault(handler, need, query):
            return
        if need is not None:
            self.page(handler, need, query)
        elif url.path == "/api":
            self.groups(handler, [""])
        elif url.path == "/apis":
            self.groups(
                handler,
                sorted({row.group for row in NEEDS.values() if row.group and "profiles" not in row.group}),
            )
        elif url.path == "/version":
            send(handler, 200, {"gitVersion": "v1.36.3"})
        elif url.path == "/api/v1/namespaces/kube-system":
            send(handler, 200, {"kind": "Namespace", "metadata": {"uid": "0-1"}})
        else:
            send(handler, 404, {"kind": "Status", "reason": "NotFound", "message": "not here"})

    def page(self, handler, need, query):
        rows = self.objects.get(need.id, [])
        start = int(query.get("continue", "0"))
        limit = int(query.get("limit", "500"))
        after = start + limit
        meta = {"resourceVersion": "7"} | ({"continue": str(after)} if after < len(rows) else {})
        send(handler, 200, envelope(need, rows[start:after], meta))

    def groups(self, handler, names):
        items = []
        for name in names:
            rows = [row for row in NEEDS.values() if row.group == name]
            versions = [
                {
                    "version": version,
                    "freshness": "Current",
                    "resources": [{"resource": row.resource} for row in rows if row.versions[0] == version],
                }
                for version in sorted({row.versions[0] for row in rows})
            ]
            items.append({"metadata": {"name": name}, "versions": versions})
        send(handler, 200, {"kind": "APIGroupDiscoveryList", "items": items})


def envelope(need, items, meta):
    api = f"{need.group}/{need.versions[0]}" if need.group else need.versions[0]
    return {"kind": f"{need.kind}List", "apiVersion": api, "metadata": meta, "items": items}


def send(handler, status, body, content="application/json", headers=()):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", content)
    handler.send_header("Content-Length", str(len(data)))
    for name, value in headers:
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)
