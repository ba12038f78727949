"""The pinned components as binaries: built once from their Go modules, or found ready.

``SEATRIAL_TESTBED`` names the folder for binaries and state; the default lies in the user's cache.
``KUBEBUILDER_ASSETS`` may name a folder with ready etcd, kube-apiserver and kubectl.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from msgspec import Struct

KUBERNETES = "1.36.3"
_MINOR = KUBERNETES.split(".")[1]
_VERSION_PACKAGE = "k8s.io/component-base/version"


class Missing(Exception):
    """A component is not here and cannot be built; the message says which and why."""


class Component(Struct, frozen=True):
    """A program: the module folder that pins it, its package, its version, and how it tells the version."""

    module: str
    package: str
    version: str
    asks: tuple[str, ...] = ("--version",)


def _kubernetes(name: str) -> Component:
    return Component("kubernetes", f"k8s.io/kubernetes/cmd/{name}", KUBERNETES)


COMPONENTS = {
    "etcd": Component("etcd", "go.etcd.io/etcd/server/v3", "3.6.16"),
    "kube-apiserver": _kubernetes("kube-apiserver"),
    "kube-controller-manager": _kubernetes("kube-controller-manager"),
    "kube-scheduler": _kubernetes("kube-scheduler"),
    "kubelet": _kubernetes("kubelet"),
    "kube-proxy": _kubernetes("kube-proxy"),
    "kubectl": Component("kubernetes", "k8s.io/kubernetes/cmd/kubectl", KUBERNETES, ("version", "--client")),
    "coredns": Component("coredns", "github.com/coredns/coredns", "pinned"),
    "kube-router": Component(
        "kube-router", "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router", "pinned"
    ),
}
CORE = ("etcd", "kube-apiserver", "kubectl")
"""What state worlds need."""


def folder() -> Path:
    """Where binaries and state are kept, outside any checkout."""
    named = os.environ.get("SEATRIAL_TESTBED")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path = Path(named) if named else cache / "seatrial" / "testbed"
    path.mkdir(parents=True, exist_ok=True)
    return path


def binary(name: str) -> Path:
    """The program, built first where it is not here. Raises Missing."""
    component = COMPONENTS[name]
    ready = _ready(name, component)
    if ready is not None:
        return ready
    built = folder() / "bin" / f"{name}-{component.version}"
    if built.is_file():
        return built
    if shutil.which("go") is None:
        raise Missing(f"{name} {component.version} is not here, and there is no Go to build it with")
    with _lock(component.module):
        if not built.is_file():
            _build(name, component, built)
    return built


def _ready(name: str, component: Component) -> Path | None:
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if not assets or not (Path(assets) / name).is_file():
        return None
    path = Path(assets) / name
    said = subprocess.run([path, *component.asks], capture_output=True, text=True, timeout=30, check=False)
    if component.version not in said.stdout + said.stderr:
        raise Missing(f"{path} is not version {component.version}, which the tests are for")
    return path


@contextmanager
def _lock(module: str) -> Iterator[None]:
    """One build of a module at a time, over all processes."""
    with (folder() / f"{module}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(name: str, component: Component, target: Path) -> None:
    began = time.monotonic()
    print(f"testbed: building {name} {component.version}", file=sys.stderr, flush=True)
    module = folder() / "modules" / component.module
    module.mkdir(parents=True, exist_ok=True)
    pinned = resources.files("seatrial.testing.testbed").joinpath("modules", component.module)
    for file in ("go.mod", "go.sum"):
        (module / file).write_bytes(pinned.joinpath(file).read_bytes())
    target.parent.mkdir(parents=True, exist_ok=True)
    flags = f"-s -w -X {_VERSION_PACKAGE}.gitVersion=v{component.version}"
    flags += f" -X {_VERSION_PACKAGE}.gitMajor=1 -X {_VERSION_PACKAGE}.gitMinor={_MINOR}"
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        output = Path(scratch) / name
        done = subprocess.run(
            ["go", "build", "-trimpath", "-ldflags", flags, "-o", str(output), component.package],
            cwd=module,
            env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod", "GOWORK": "off"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Missing(f"{name} does not build: {done.stderr.strip()[-400:]}")
        output.replace(target)
    print(f"testbed: built {name} in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
