"""The Debian packages of the real cluster; run by itself, before anything else is installed."""

import shutil
import subprocess
import sys

NEEDED = {
    "containerd": "containerd",
    "runc": "runc",
    "iptables": "iptables",
    "nft": "nftables",
    "conntrack": "conntrack",
    "ipset": "ipset",
    "nsenter": "util-linux",
    "ip": "iproute2",
    "openssl": "openssl",
    "cc": "gcc",
}
"""Programs, and the packages that bring them."""

ALWAYS = ("containernetworking-plugins", "busybox-static", "libc6-dev")
"""Packages whose files are no programs on the path."""

SEARCHED = "/usr/sbin:/sbin:/usr/local/sbin"


def missing() -> list[str]:
    """The programs that are not here."""
    import os

    path = os.pathsep.join([os.environ.get("PATH", ""), SEARCHED])
    found = [name for name in NEEDED if shutil.which(name, path=path) is None]
    plugin = "/usr/lib/cni/bridge"
    return found if os.path.exists(plugin) else [*found, plugin]  # noqa: PTH110  # run without anything installed


def install() -> None:
    """Installs what is missing. Needs root; says what it does."""
    if not missing():
        return
    packages = [*sorted(set(NEEDED.values())), *ALWAYS]
    print(f"testbed: installing {' '.join(packages)}", file=sys.stderr, flush=True)
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages],
        check=True,
        stdout=subprocess.DEVNULL,
        env={"DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )


if __name__ == "__main__":
    install()
