"""The cluster as a whole: up in about twenty seconds, gone in two, whatever an earlier run left behind."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from seatrial.semantics.images import parse
from seatrial.testing.cluster import network, packages, processes
from seatrial.testing.cluster.images import COREDNS, TEST, image_files
from seatrial.testing.cluster.node import Node
from seatrial.testing.testbed.certificates import Authority
from seatrial.testing.testbed.components import Missing, binary, folder

SERVER = f"https://{network.CONTROL_PLANE}:6443"
_SYSCTLS = ("kernel.panic", "kernel.panic_on_oops", "vm.overcommit_memory")
"""What a kubelet sets for the whole machine; put back afterwards."""

_READY_WITHIN = 90.0
_CONTROLLERS = "*,-cloud-node-lifecycle-controller,-node-route-controller,-service-lb-controller"


class Unfit(Exception):
    """This machine cannot run a cluster; the message says what is missing."""


class Cluster:
    """A context manager. Raises Unfit without root, its packages or its binaries."""

    def __init__(self) -> None:
        self.folder = folder() / "cluster"
        self._sysctls: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    def up(self) -> None:
        self._refuse_unfit()
        self.down()
        self._sysctls = {
            name: Path(_sysctl(name)).read_text() for name in _SYSCTLS if Path(_sysctl(name)).exists()
        }
        try:
            self._up()
        except BaseException:
            self.down()
            raise

    def down(self) -> None:
        """Takes everything away, also what a run that crashed left."""
        for name in network.NODES:
            node = self.folder / name
            if node.is_dir():
                Node(name, node, None, SERVER).stop()  # type: ignore[arg-type]  # stopping issues no certificate
        if self.folder.is_dir():
            processes.end_all(self.folder)
        network.down()
        for name, value in self._sysctls.items():
            Path(_sysctl(name)).write_text(value)
        shutil.rmtree(self.folder, ignore_errors=True)

    def inside(self, *command: str | Path) -> list[str]:
        """A command that runs where the API server can be reached: the cluster has no way out."""
        return [*network.inside("n1"), *(str(part) for part in command)]

    def kubeconfig(self, user: str = "admin", groups: Sequence[str] = ("system:masters",)) -> Path:
        return self._authority.kubeconfig(SERVER, user, groups)

    def kubectl(self, *arguments: str, stdin: str | None = None, check: bool = True) -> str:
        """Runs kubectl as the administrator. Raises RuntimeError with what it says."""
        command = self.inside(binary("kubectl"), "--kubeconfig", self.kubeconfig(), *arguments)
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()[:800]}")
        return done.stdout

    def get(self, *arguments: str) -> Any:
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    def apply(self, manifests: str) -> None:
        self.kubectl("apply", "--server-side", "-f", "-", stdin=manifests)

    def provide(self, images: Iterable[str]) -> None:
        """Makes the test program available under these image names on every node."""
        whole = [parse(image) for image in set(images)]  # containerd knows images by their whole names only
        names = sorted(f"{row.registry}/{row.repository}:{row.tag}" for row in whole)
        for node in self._nodes:
            node.tag(TEST, names)

    def until(
        self, holds: Callable[[], bool], what: str, within: float = _READY_WITHIN, every: float = 0.3
    ) -> None:
        """Waits until something holds. Raises RuntimeError, which names it, when it does not."""
        deadline = time.monotonic() + within
        while not holds():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{what}: not within {within:.0f} s")
            time.sleep(every)

    def _refuse_unfit(self) -> None:
        if os.geteuid() != 0:
            raise Unfit("a cluster needs root")
        missing = packages.missing()
        if missing:
            raise Unfit(
                f"{', '.join(missing)} are not installed (Debian: {' '.join(packages.ALWAYS)} and others)"
            )
        try:
            for name in _BINARIES:
                binary(name)
        except Missing as error:
            raise Unfit(str(error)) from error
        if shutil.which("cc") is None or shutil.which("go") is None:
            raise Unfit("the images need a C compiler and Go")

    def _up(self) -> None:
        self.folder.mkdir(parents=True)
        pki = self.folder / "pki"
        pki.mkdir()
        self._authority = Authority(pki)
        images = image_files()
        network.up()
        self._start_control_plane()
        self._nodes = [Node(name, self._made(name), self._authority, SERVER) for name in network.NODES]
        for node in self._nodes:
            node.start(images)
        for node in self._nodes:
            self.until(lambda name=node.name: bool(self._pods_of(name)), f"node {node.name}")  # type: ignore[misc]
            node.give_network(self._pods_of(node.name))
        manifest = (
            resources.files("seatrial.testing.cluster").joinpath("manifests", "base.yaml").read_text("utf-8")
        )
        self.apply(manifest.replace("COREDNS_IMAGE", COREDNS).replace("DNS_SERVICE", network.DNS_SERVICE))
        for node in self._nodes:
            self._start_router(node)
            self.until(lambda name=node.name: self._is_ready(name), f"node {node.name} ready")  # type: ignore[misc]
        self.kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=60s")

    def _made(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir()
        return path

    def _start_control_plane(self) -> None:
        place = self._made("control-plane")
        names = f"DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:{network.API_SERVICE},IP:{network.CONTROL_PLANE}"
        certificate, key = self._authority.issue("apiserver", "/CN=kube-apiserver", names)
        client, client_key = self._authority.issue("apiserver-kubelet", "/CN=kube-apiserver-kubelet-client")
        sa_key, sa_public = self._authority.service_account_key()
        ca = self._authority.certificate
        etcd = "http://127.0.0.1:2379"
        processes.start(place, "etcd", self.inside(
            binary("etcd"), "--data-dir", place / "etcd", "--listen-client-urls", etcd, "--advertise-client-urls", etcd,
            "--listen-peer-urls", "http://127.0.0.1:2380", "--initial-advertise-peer-urls", "http://127.0.0.1:2380",
            "--initial-cluster", "default=http://127.0.0.1:2380", "--unsafe-no-fsync",
        ))  # fmt: skip
        processes.start(place, "kube-apiserver", self.inside(
            binary("kube-apiserver"), f"--etcd-servers={etcd}", "--secure-port=6443", "--bind-address=0.0.0.0",
            f"--advertise-address={network.CONTROL_PLANE}", f"--tls-cert-file={certificate}",
            f"--tls-private-key-file={key}", f"--client-ca-file={ca}", f"--service-account-key-file={sa_public}",
            f"--service-account-signing-key-file={sa_key}",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local", "--authorization-mode=Node,RBAC",
            f"--service-cluster-ip-range={network.SERVICE_CIDR}", "--enable-admission-plugins=NodeRestriction",
            f"--kubelet-client-certificate={client}", f"--kubelet-client-key={client_key}",
            f"--kubelet-certificate-authority={ca}", "--kubelet-preferred-address-types=InternalIP",
            "--allow-privileged=true",
        ))  # fmt: skip
        self.until(lambda: self.kubectl("get", "--raw", "/readyz", check=False) == "ok", "the API server")
        for name, program, extra in (
            ("system:kube-controller-manager", "kube-controller-manager", (
                f"--service-account-private-key-file={sa_key}", f"--root-ca-file={ca}",
                "--use-service-account-credentials=true", "--allocate-node-cidrs=true",
                f"--cluster-cidr={network.POD_CIDR}", f"--service-cluster-ip-range={network.SERVICE_CIDR}",
                f"--controllers={_CONTROLLERS}",
            )),
            ("system:kube-scheduler", "kube-scheduler", ()),
        ):  # fmt: skip
            config = self._authority.kubeconfig(SERVER, name)
            processes.start(place, program, self.inside(
                binary(program), f"--kubeconfig={config}", f"--authentication-kubeconfig={config}",
                f"--authorization-kubeconfig={config}", "--leader-elect=true", "--bind-address=127.0.0.1", *extra,
            ))  # fmt: skip

    def _start_router(self, node: Node) -> None:
        """kube-router enforces network policies; it does nothing else here."""
        config = self._authority.kubeconfig(SERVER, "kube-router")
        command: list[str | Path] = [
            *network.inside(node.name), binary("kube-router"), f"--kubeconfig={config}",
            f"--hostname-override={node.name}", "--run-firewall=true", "--run-router=false",
            "--run-service-proxy=false", "--run-loadbalancer=false",
            f"--service-cluster-ip-range={network.SERVICE_CIDR}", "--service-node-port-range=30000-32767",
            "--metrics-port=0", "--health-port=20244", "--iptables-sync-period=30s",
        ]  # fmt: skip
        processes.start(node.folder, "kube-router", command)

    def _pods_of(self, node: str) -> str:
        return self.kubectl("get", "node", node, "-o", "jsonpath={.spec.podCIDR}", check=False)

    def _is_ready(self, node: str) -> bool:
        path = '{.status.conditions[?(@.type=="Ready")].status}'
        return self.kubectl("get", "node", node, "-o", f"jsonpath={path}", check=False) == "True"


_BINARIES = (
    "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kubelet", "kube-proxy",
    "coredns", "kube-router",
)  # fmt: skip


def _sysctl(name: str) -> str:
    return f"/proc/sys/{name.replace('.', '/')}"


def say(text: str) -> None:
    print(f"cluster: {text}", file=sys.stderr, flush=True)
