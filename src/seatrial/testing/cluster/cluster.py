"""The cluster as a whole: up in about twenty seconds, gone in two, whatever an earlier run left behind."""

import fcntl
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
from typing import IO, Any, Self

from seatrial.semantics.images import parse
from seatrial.testing.cluster import network, packages, processes
from seatrial.testing.cluster.images import COREDNS, TEST, image_files
from seatrial.testing.cluster.node import Node, cgroups, stop_node
from seatrial.testing.testbed.certificates import Authority
from seatrial.testing.testbed.components import Missing, binary, folder

SERVER = f"https://{network.CONTROL_PLANE}:6443"
SYSCTLS = ("kernel.panic", "kernel.panic_on_oops", "vm.overcommit_memory")
"""What a kubelet sets for the whole machine; put back afterwards."""

_READY_WITHIN = 90.0
_CONTROLLERS = "*,-cloud-node-lifecycle-controller,-node-route-controller,-service-lb-controller"


class Unfit(Exception):
    """This machine cannot run a cluster; the message says what is missing."""


class Cluster:
    """A context manager. Raises Unfit without root, its packages or its binaries."""

    def __init__(self) -> None:
        self.folder = folder() / "cluster"
        self._turn: IO[str] | None = None

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    def up(self) -> None:
        """Starts the cluster and waits until both nodes are ready and names resolve. Raises Unfit."""
        self.refuse_unfit()
        self.down()
        self._take_turn()
        try:
            self._up()
        except BaseException:
            self.down()
            raise

    def down(self) -> None:
        """Takes everything away, also what a run that crashed left. Raises Unfit while another process runs one."""
        self._take_turn()
        try:
            for name in network.NODES:
                stop_node(name, self.folder / name)
            if self.folder.is_dir():
                processes.end_all(self.folder)
                processes.end_naming(self.folder)
                self._restore_sysctls()
                shutil.rmtree(self.folder)
            network.down()
        finally:
            self._end_turn()

    def leftovers(self) -> list[str]:
        """What of a cluster is still on the machine, one line each; nothing after ``down``."""
        mounts = Path("/proc/mounts").read_text().splitlines()
        return [
            *(f"process {pid}" for pid in processes.matching(f"{self.folder}/")),
            *(f"mount {row.split()[1]}" for row in mounts if f" {self.folder}/" in row),
            *(f"network namespace {path}" for path in Path("/run/netns").glob(f"{network.PREFIX}*")),
            *(f"cgroup {path}" for name in network.NODES for path in cgroups(name)),
            *(str(path) for path in self.folder.parent.glob(self.folder.name)),
        ]

    def inside(self, *command: str | Path) -> list[str]:
        """A command that runs where the API server can be reached: the cluster has no way out."""
        return [*network.inside("n1"), *(str(part) for part in command)]

    def run(self, *command: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs a command inside, whatever it returns."""
        return subprocess.run(self.inside(*command), input=stdin, capture_output=True, text=True, check=False)

    def kubeconfig(self, user: str = "admin", groups: Sequence[str] = ("system:masters",)) -> Path:
        return self._authority.kubeconfig(SERVER, user, groups)

    def kubectl(self, *arguments: str, stdin: str | None = None, check: bool = True) -> str:
        """Runs kubectl as the administrator. Raises RuntimeError with what it says."""
        done = self.run(binary("kubectl"), "--kubeconfig", self.kubeconfig(), *arguments, stdin=stdin)
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

    def _take_turn(self) -> None:
        """One cluster at a time: names of network namespaces and cgroups are the machine's. A crash ends the turn."""
        if self._turn is not None:
            return
        turn = Path(f"/run/{network.PREFIX}cluster.lock").open("w")  # noqa: SIM115  # held until down
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            turn.close()
            raise Unfit("another process runs a cluster on this machine") from error
        self._turn = turn

    def _end_turn(self) -> None:
        if self._turn is not None:
            self._turn.close()
            self._turn = None

    def _note_sysctls(self) -> None:
        """Kept in a file, so that a later process can put back what this one's kubelets change."""
        values = {name: _sysctl(name).read_text() for name in SYSCTLS if _sysctl(name).exists()}
        (self.folder / "sysctls.json").write_text(json.dumps(values))

    def _restore_sysctls(self) -> None:
        noted = self.folder / "sysctls.json"
        for name, value in json.loads(noted.read_text()).items() if noted.is_file() else ():
            _sysctl(name).write_text(value)

    def refuse_unfit(self) -> None:
        """Raises Unfit where this machine cannot run a cluster, naming what is missing; builds missing binaries."""
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
        self._note_sysctls()
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


def _sysctl(name: str) -> Path:
    return Path(f"/proc/sys/{name.replace('.', '/')}")


def say(text: str) -> None:
    print(f"cluster: {text}", file=sys.stderr, flush=True)
