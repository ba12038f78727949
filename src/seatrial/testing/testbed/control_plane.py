"""etcd and an unmodified kube-apiserver on loopback: up in about four seconds, gone without a trace."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

from seatrial.testing.testbed.certificates import Authority
from seatrial.testing.testbed.components import binary
from seatrial.testing.testbed.etcd import Etcd

READY_WITHIN = 60
"""Seconds until ``/readyz``, on a machine that does other things too."""

NO_ADMISSION = (
    "--disable-admission-plugins=PodSecurity,ServiceAccount,LimitRanger,ResourceQuota,Priority,DefaultStorageClass,DefaultTolerationSeconds,NamespaceLifecycle,RuntimeClass,DefaultIngressClass,PodTopologyLabels,TaintNodesByCondition,NodeDeclaredFeatureValidator,PodGroupWorkloadExists",
)
"""For a server that only says whether an object is one."""


class ControlPlane:
    """A context manager. ``flags`` are added to the API server's; ``admission=False`` takes what any admission refuses."""

    def __init__(self, *flags: str, admission: bool = True) -> None:
        self._flags = (*flags, *(() if admission else NO_ADMISSION))
        self._processes: list[subprocess.Popen[bytes]] = []
        self._folder: Path | None = None

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

    def stop(self) -> None:
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
        certificate, key = self._authority.issue(
            "apiserver", "/CN=kube-apiserver", "DNS:localhost,IP:127.0.0.1"
        )
        sa_key, sa_public = self._authority.service_account_key()
        client, peer, secure = _free_ports(3)
        self.etcd = Etcd(f"http://127.0.0.1:{client}")
        self.server = f"https://127.0.0.1:{secure}"
        admin_certificate, admin_key = self._authority.issue("admin", "/O=system:masters/CN=admin")
        self._pool = urllib3.PoolManager(
            ca_certs=str(self._authority.certificate),
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
            f"--client-ca-file={self._authority.certificate}",
            f"--service-account-key-file={sa_public}",
            f"--service-account-signing-key-file={sa_key}",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--authorization-mode=RBAC",
            # a documentation range: no private address is ever touched
            "--service-cluster-ip-range=198.51.100.0/24",
            "--allow-privileged=true",
            "--endpoint-reconciler-type=none",
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
                )
            )  # fmt: skip

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            for process in self._processes:
                if process.poll() is not None:
                    raise RuntimeError(f"{process.args!r} ended:\n{self._logs()}")
            try:
                status, _ = self.request("GET", "/readyz")
            except urllib3.exceptions.HTTPError:
                status = 0
            if status == 200:
                return
            time.sleep(0.1)
        raise RuntimeError(f"the API server was not ready in {READY_WITHIN} s:\n{self._logs()}")

    def _logs(self) -> str:
        return "\n".join(
            f"{path.name}: {path.read_text('utf-8', 'replace')[-1500:]}" for path in self.folder.glob("*.log")
        )


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()
