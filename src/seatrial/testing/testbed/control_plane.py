"""etcd and an unmodified kube-apiserver on loopback: up in about four seconds, gone without a trace."""

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3
from msgspec import Struct

from seatrial.testing.testbed.certificates import Authority
from seatrial.testing.testbed.components import binary
from seatrial.testing.testbed.etcd import Etcd

READY_WITHIN = 60
"""Seconds until ``/readyz``, on a machine that does other things too."""

NO_ADMISSION = (
    "--disable-admission-plugins=PodSecurity,ServiceAccount,LimitRanger,ResourceQuota,Priority,DefaultStorageClass,DefaultTolerationSeconds,NamespaceLifecycle,RuntimeClass,DefaultIngressClass,PodTopologyLabels,TaintNodesByCondition,NodeDeclaredFeatureValidator,PodGroupWorkloadExists",
)
"""For a server that only says whether an object is one."""


STANDS = "/api/v1/namespaces/default/services/kubernetes"
"""The last object that a server makes of its own, some moments after it says that it is ready."""


class Resource(Struct, frozen=True):
    """What the server calls a kind in paths, and whether its objects stand in namespaces."""

    plural: str
    namespaced: bool


class ControlPlane:
    """A context manager. ``flags`` are added to the API server's; ``admission=False`` takes what any admission refuses.

    ``server`` is its URL, ``ca`` the certificate that it is known by, ``etcd`` what stands behind it. Everything lies
    in a temporary folder, and the processes end with this one, however it ends. Raises Missing without the binaries,
    and RuntimeError with the ends of the logs where the server does not become ready.
    """

    server: str
    ca: Path
    etcd: Etcd

    def __init__(self, *flags: str, admission: bool = True) -> None:
        self._flags = (*flags, *(() if admission else NO_ADMISSION))
        self._processes: list[subprocess.Popen[bytes]] = []
        self._folder: Path | None = None
        self._served: dict[tuple[str, str], Resource] = {}

    def __enter__(self) -> Self:
        programs = {name: binary(name) for name in ("etcd", "kube-apiserver")}
        self._folder = Path(tempfile.mkdtemp(prefix="seatrial-testbed-"))
        try:
            self._start(programs)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def folder(self) -> Path:
        assert self._folder is not None
        return self._folder

    def kubeconfig(self, user: str = "admin", groups: Sequence[str] = ("system:masters",)) -> Path:
        """A kubeconfig for any user; the default one may do everything."""
        return self._authority.kubeconfig(self.server, user, groups)

    def request(
        self, method: str, path: str, body: Any = None, content: str = "application/json"
    ) -> tuple[int, Any]:
        """A request as the administrator: the status, and the decoded answer (text where it is no JSON)."""
        answer = self._pool.request(
            method,
            self.server + path,
            body=None if body is None else json.dumps(body),
            headers={"Content-Type": content, "Accept": "application/json"},
            retries=False,
        )
        try:
            return answer.status, json.loads(answer.data)
        except ValueError:
            return answer.status, answer.data.decode("utf-8", "replace")

    def resource(self, api_version: str, kind: str) -> Resource:
        """How the server serves a kind, by its discovery. Raises LookupError where it does not."""
        if (api_version, kind) not in self._served:
            path = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
            status, answer = self.request("GET", path)
            for row in answer["resources"] if status == 200 else ():
                if "/" not in row["name"]:
                    self._served[api_version, row["kind"]] = Resource(row["name"], row["namespaced"])
        if (api_version, kind) not in self._served:
            raise LookupError(f"the server does not serve {api_version} {kind}")
        return self._served[api_version, kind]

    def stop(self) -> None:
        """Ends the processes and removes the folder."""
        for process in reversed(self._processes):
            process.send_signal(signal.SIGKILL)
        for process in self._processes:
            process.wait(timeout=30)
        self._processes.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, programs: dict[str, Path]) -> None:
        folder = self.folder
        self._authority = Authority(folder)
        self.ca = self._authority.certificate
        certificate, key = self._authority.issue(
            "apiserver", "/CN=kube-apiserver", "DNS:localhost,IP:127.0.0.1"
        )
        sa_key, sa_public = self._authority.service_account_key()
        client, peer, secure = _free_ports(3)
        self.etcd = Etcd(f"http://127.0.0.1:{client}")
        self.server = f"https://127.0.0.1:{secure}"
        admin_certificate, admin_key = self._authority.issue("admin", "/O=system:masters/CN=admin")
        self._pool = urllib3.PoolManager(
            ca_certs=str(self.ca),
            cert_file=str(admin_certificate),
            key_file=str(admin_key),
        )
        self._run(
            programs["etcd"],
            f"--data-dir={folder / 'etcd'}",
            f"--listen-client-urls=http://127.0.0.1:{client}",
            f"--advertise-client-urls=http://127.0.0.1:{client}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-cluster=default=http://127.0.0.1:{peer}",
            "--unsafe-no-fsync",
            "--log-level=error",
        )
        self._run(
            programs["kube-apiserver"],
            f"--etcd-servers=http://127.0.0.1:{client}",
            f"--secure-port={secure}",
            "--bind-address=127.0.0.1",
            f"--tls-cert-file={certificate}",
            f"--tls-private-key-file={key}",
            f"--client-ca-file={self.ca}",
            f"--service-account-key-file={sa_public}",
            f"--service-account-signing-key-file={sa_key}",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--authorization-mode=RBAC",
            # a documentation range: no private address is ever touched
            "--service-cluster-ip-range=198.51.100.0/24",
            "--allow-privileged=true",
            "--endpoint-reconciler-type=none",
            "--etcd-compaction-interval=0",  # what stood before a world is read from etcd's history
            *self._flags,
        )
        self._wait()

    def _run(self, program: Path, *arguments: str) -> None:
        log = (self.folder / f"{program.name}.log").open("wb")
        with log:
            self._processes.append(
                subprocess.Popen(
                    [program, *arguments], stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder,
                    env={**os.environ, "HOME": str(self.folder)},
                    preexec_fn=_end_with_parent,  # noqa: PLW1509  # it takes no lock
                )
            )  # fmt: skip

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            for process in self._processes:
                if process.poll() is not None:
                    raise RuntimeError(f"{process.args!r} ended:\n{self._logs()}")
            try:
                ready = all(self.request("GET", path)[0] == 200 for path in ("/readyz", STANDS))
            except urllib3.exceptions.HTTPError:
                ready = False
            if ready:
                return
            time.sleep(0.1)
        raise RuntimeError(f"the API server was not ready in {READY_WITHIN} s:\n{self._logs()}")

    def _logs(self) -> str:
        return "\n".join(
            f"{path.name}: {path.read_text('utf-8', 'replace')[-1500:]}" for path in self.folder.glob("*.log")
        )


_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """A run that is killed tears nothing down: then the kernel does (Linux)."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()
