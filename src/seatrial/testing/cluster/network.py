"""Two nodes as network namespaces, wired to each other and to nothing else.

Addresses are of the ranges for documentation and benchmarks: no private range is ever touched.
"""

import subprocess
from pathlib import Path

NODES = ("n1", "n2")
NODE_NET = "198.51.100"
CONTROL_PLANE = f"{NODE_NET}.11"
POD_CIDR = "198.18.0.0/16"
SERVICE_CIDR = "198.19.0.0/16"
API_SERVICE = "198.19.0.1"
DNS_SERVICE = "198.19.0.10"
PREFIX = "seatrial-"


def address(node: str) -> str:
    return f"{NODE_NET}.{10 + int(node[1:])}"


def namespace(node: str) -> str:
    return f"{PREFIX}{node}"


def inside(node: str) -> list[str]:
    """What a command begins with to run in the network of a node."""
    return ["nsenter", f"--net=/run/netns/{namespace(node)}"]


def up() -> None:
    for node in NODES:
        _run("ip", "netns", "add", namespace(node))
        _run(*inside(node), "ip", "link", "set", "lo", "up")
        settings = (
            "net.ipv4.ip_forward=1",
            "net.ipv4.conf.all.rp_filter=0",
            "net.ipv4.conf.default.rp_filter=0",
        )
        _run(*inside(node), "sysctl", "-qw", *settings)
    first, second = (namespace(node) for node in NODES)
    _run(
        "ip",
        "link",
        "add",
        "seatrial-a",
        "netns",
        first,
        "type",
        "veth",
        "peer",
        "name",
        "seatrial-b",
        "netns",
        second,
    )
    for node, link in zip(NODES, ("seatrial-a", "seatrial-b"), strict=True):
        _run(*inside(node), "ip", "link", "set", link, "name", "eth0")
        _run(*inside(node), "ip", "addr", "add", f"{address(node)}/24", "dev", "eth0")
        _run(*inside(node), "ip", "link", "set", "eth0", "up")
        _run(*inside(node), "ip", "route", "add", "default", "dev", "eth0", "src", address(node))


def route(node: str, pods: str) -> None:
    """Tells the other nodes where the pods of a node are."""
    for other in NODES:
        if other != node:
            _run(*inside(other), "ip", "route", "replace", pods, "via", address(node))


def down() -> None:
    for node in NODES:
        if Path(f"/run/netns/{namespace(node)}").exists():
            subprocess.run(["ip", "netns", "del", namespace(node)], check=False, capture_output=True)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
