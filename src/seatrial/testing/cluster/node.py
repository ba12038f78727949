"""One node: containerd, kubelet and kube-proxy in a network and a mount namespace of their own."""

import errno
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from seatrial.testing.cluster import network, processes
from seatrial.testing.cluster.images import PAUSE
from seatrial.testing.testbed.certificates import Authority
from seatrial.testing.testbed.components import binary

_CGROUPS = Path("/sys/fs/cgroup")
_CONTROLLERS = ("cpu", "cpuset", "hugetlb", "memory", "pids")
"""What a kubelet wants to find in its cgroup under version 2, as far as the kernel has it."""

_PRIVATE = {
    "kubelet": "/var/lib/kubelet",
    "logs": "/var/log/containers",
    "containerd": "/run/containerd",
    "netns": "/run/netns",
}
"""Folders of the machine that every node has for itself."""

_READY_WITHIN = 30.0

_CONTAINERD = """version = 2
root = "{folder}/containerd"
state = "{folder}/run/state"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs"]
[grpc]
  address = "{socket}"
[ttrpc]
  address = "{socket}.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  stream_server_address = "127.0.0.1"
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{folder}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = "{folder}/run/runc"
"""


class Node:
    """``folder`` is the node's own; ``authority`` issues its certificates."""

    def __init__(self, name: str, folder: Path, authority: Authority, server: str) -> None:
        self.name = name
        self.folder = folder
        self._authority = authority
        self._server = server
        self._socket = folder / "run" / "containerd.sock"

    def start(self, images: list[Path]) -> None:
        """Starts the node's processes; it turns ready once it has the network of ``give_network``."""
        for part in ("run", "cni", "kubelet", "podlogs", *(f"private/{name}" for name in _PRIVATE)):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self._hold_mounts()
        self._make_cgroups()
        self._write_files()
        self._begin("containerd", ["/usr/bin/containerd", "--config", self.folder / "containerd.toml"])
        self._await_containerd()
        for image in images:
            self.containerd("images", "import", str(image))
        self._begin(
            "kubelet",
            [
                binary("kubelet"), f"--config={self.folder / 'kubelet.json'}", f"--kubeconfig={self._kubeconfig()}",
                f"--root-dir={self.folder / 'kubelet'}", f"--hostname-override={self.name}",
                f"--node-ip={network.address(self.name)}",
            ],
        )  # fmt: skip
        self._begin("kube-proxy", [binary("kube-proxy"), f"--config={self.folder / 'proxy.json'}"])

    def give_network(self, pods: str) -> None:
        """The node's part of the pod network; the file makes the kubelet call itself ready."""
        network.route(self.name, pods)
        bridge = {
            "type": "bridge",
            "bridge": "cni0",
            "isGateway": True,
            "ipMasq": False,
            "hairpinMode": True,
            "ipam": {
                "type": "host-local",
                "dataDir": str(self.folder / "ipam"),
                "ranges": [[{"subnet": pods}]],
                "routes": [{"dst": "0.0.0.0/0"}],
            },
        }
        ports = {"type": "portmap", "capabilities": {"portMappings": True}}
        config = {"cniVersion": "0.4.0", "name": self.name, "plugins": [bridge, ports]}
        (self.folder / "cni" / "10-bridge.conflist").write_text(json.dumps(config))

    def tag(self, source: str, names: list[str]) -> None:
        """One image under more names, so that a platform of many programs can run from one."""
        self.containerd("images", "tag", "--force", source, *names)

    def containerd(self, *arguments: str) -> str:
        command = ["ctr", "-a", str(self._socket), "-n", "k8s.io", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def _begin(self, name: str, command: list[str | Path]) -> None:
        holder = processes.pid(self.folder, "holder")
        processes.start(self.folder, name, ["nsenter", "-t", str(holder), "-m", "-n", *command])

    def _hold_mounts(self) -> None:
        """A process that owns the node's mounts: the kubelet's folders are the node's own, not the machine's."""
        steps = ["mount --make-rshared /"]
        for part, place in _PRIVATE.items():
            Path(place).mkdir(parents=True, exist_ok=True)
            steps.append(f"mount --bind '{self.folder}/private/{part}' {place}")
        done = self.folder / "held"
        done.unlink(missing_ok=True)
        steps += [f"touch '{done}'", "exec sleep infinity"]
        command = [
            *network.inside(self.name),
            "unshare",
            "-m",
            "--propagation",
            "private",
            "sh",
            "-c",
            " && ".join(steps),
        ]
        processes.start(self.folder, "holder", command)
        _until(done.exists, "the node's mounts")

    def _make_cgroups(self) -> None:
        """The cgroup below which the node's pods run: one in each hierarchy, or the one of version 2."""
        name = network.namespace(self.name)
        offered = _CGROUPS / "cgroup.controllers"
        if offered.is_file():
            wanted = [one for one in offered.read_text().split() if one in _CONTROLLERS]
            (_CGROUPS / "cgroup.subtree_control").write_text(" ".join(f"+{one}" for one in wanted))
            (_CGROUPS / name).mkdir(exist_ok=True)
            return
        for hierarchy in (path for path in _CGROUPS.iterdir() if path.is_dir()):
            (hierarchy / name).mkdir(exist_ok=True)
        for setting in ("cpuset.cpus", "cpuset.mems"):
            (_CGROUPS / "cpuset" / name / setting).write_text((_CGROUPS / "cpuset" / setting).read_text())

    def _kubeconfig(self) -> Path:
        return self._authority.kubeconfig(self._server, f"system:node:{self.name}", ("system:nodes",))

    def _write_files(self) -> None:
        (self.folder / "resolv.conf").touch()
        settings = _CONTAINERD.format(folder=self.folder, socket=self._socket, pause=PAUSE)
        (self.folder / "containerd.toml").write_text(settings)
        names = f"DNS:{self.name},IP:{network.address(self.name)}"
        certificate, key = self._authority.issue(
            f"{self.name}-serving", f"/O=system:nodes/CN=system:node:{self.name}", names
        )
        kubelet = {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "failCgroupV1": False,
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": f"/{network.namespace(self.name)}",
            "containerRuntimeEndpoint": f"unix://{self._socket}",
            "address": network.address(self.name),
            "authentication": {
                "anonymous": {"enabled": False},
                "webhook": {"enabled": True},
                "x509": {"clientCAFile": str(self._authority.certificate)},
            },
            "authorization": {"mode": "Webhook"},
            "tlsCertFile": str(certificate),
            "tlsPrivateKeyFile": str(key),
            "clusterDomain": "cluster.local",
            "clusterDNS": [network.DNS_SERVICE],
            "resolvConf": str(self.folder / "resolv.conf"),
            "podLogsDir": str(self.folder / "podlogs"),
            "failSwapOn": False,
            "enforceNodeAllocatable": ["pods"],
            "imageGCHighThresholdPercent": 100,
            "imageGCLowThresholdPercent": 99,
            "evictionHard": {
                "memory.available": "200Mi",
                "nodefs.available": "1%",
                "imagefs.available": "1%",
            },
            "oomScoreAdj": 0,
            "maxPods": 110,
        }
        (self.folder / "kubelet.json").write_text(json.dumps(kubelet))
        proxy = {
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "mode": "nftables",
            "hostnameOverride": self.name,
            "bindAddress": network.address(self.name),
            "healthzBindAddress": "127.0.0.1:10256",
            "metricsBindAddress": "127.0.0.1:10249",
            "clientConnection": {
                "kubeconfig": str(self._authority.kubeconfig(self._server, "system:kube-proxy"))
            },
            "clusterCIDR": network.POD_CIDR,
            "conntrack": {
                "maxPerCore": 0,
                "min": 0,
                "tcpEstablishedTimeout": "0s",
                "tcpCloseWaitTimeout": "0s",
            },
        }
        (self.folder / "proxy.json").write_text(json.dumps(proxy))

    def _await_containerd(self) -> None:
        def answers() -> bool:
            command = ["ctr", "-a", str(self._socket), "version"]
            return subprocess.run(command, check=False, capture_output=True).returncode == 0

        _until(answers, "containerd")


def cgroups(name: str) -> list[Path]:
    """The cgroups of a node that are there: one in each hierarchy, or the one of version 2."""
    own = network.namespace(name)
    return [top for top in (_CGROUPS / own, *_CGROUPS.glob(f"*/{own}")) if top.is_dir()]


def stop_node(name: str, folder: Path) -> None:
    """Ends what runs on a node and takes its mounts and cgroups away, also what an earlier run left.

    A container outlives its shim, so its processes are found by their cgroup.
    """
    processes.end_all(folder)
    processes.end_naming(folder)
    processes.end(_held(name))
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for mount in sorted((row for row in mounts if row.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "-l", mount], check=True, capture_output=True)
    _until(lambda: _is_gone(name), f"the end of what ran on {name}", "did not come")


def _held(name: str) -> set[int]:
    """The processes in a node's cgroups."""
    found: set[int] = set()
    for top in cgroups(name):
        for group in _deepest_first(top):
            found.update(map(int, (group / "cgroup.procs").read_text().split()))
    return found - {0}  # 0 is one that this process cannot name


def _is_gone(name: str) -> bool:
    """Takes a node's cgroups away; False while one is busy: a process that began late, or has not been buried yet."""
    for top in cgroups(name):
        for group in _deepest_first(top):
            try:
                group.rmdir()
            except OSError as error:
                if error.errno != errno.EBUSY:
                    raise
                processes.end(_held(name))
                return False
    return True


def _deepest_first(top: Path) -> Iterator[Path]:
    for path, _, _ in os.walk(top, topdown=False):
        yield Path(path)


def _until(holds: Callable[[], bool], what: str, otherwise: str = "did not come up") -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while not holds():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} {otherwise} in {_READY_WITHIN:.0f} s")
        time.sleep(0.05)
