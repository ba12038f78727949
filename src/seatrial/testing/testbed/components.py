"""The pinned components as binaries: found ready, or built once from their Go modules.

``SEATRIAL_TESTBED`` names the folder for binaries and state; the default lies in the user's cache.
``KUBEBUILDER_ASSETS`` may name a folder with ready etcd, kube-apiserver and kubectl.
The pins are ``modules/*/go.mod`` and ``go.sum`` beside this file: every build takes the same sources.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path

from msgspec import Struct

KUBERNETES = "1.36.3"
_MINOR = KUBERNETES.split(".")[1]
_VERSION_PACKAGE = "k8s.io/component-base/version"


class Missing(Exception):
    """A component is not here and cannot be built: ``name`` says which, ``reason`` why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class Component(Struct, frozen=True):
    """A program: the module folder that pins it, its package, its version, and how it tells the version."""

    module: str
    package: str
    version: str
    asks: tuple[str, ...] = ("--version",)
    tags: str = ""
    """Go build tags."""


def _kubernetes(name: str, *asks: str) -> Component:
    return Component("kubernetes", f"k8s.io/kubernetes/cmd/{name}", KUBERNETES, asks or ("--version",))


COMPONENTS = {
    "etcd": Component("etcd", "go.etcd.io/etcd/server/v3", "3.6.16"),
    "kube-apiserver": _kubernetes("kube-apiserver"),
    "kube-controller-manager": _kubernetes("kube-controller-manager"),
    "kube-scheduler": _kubernetes("kube-scheduler"),
    "kubelet": _kubernetes("kubelet"),
    "kube-proxy": _kubernetes("kube-proxy"),
    "kubectl": _kubernetes("kubectl", "version", "--client"),
    "coredns": Component("coredns", "github.com/coredns/coredns", "1.15.0"),
    "kube-router": Component(
        "kube-router", "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router", "2.1.0"
    ),
    # without its service discoveries it builds in a fraction of the time, and nothing here asks them
    "promtool": Component(
        "prometheus", "github.com/prometheus/prometheus/cmd/promtool", "0.316.0", tags="remove_all_sd"
    ),
}
CORE = ("etcd", "kube-apiserver", "kubectl")
"""What state worlds need."""


def folder() -> Path:
    """Where binaries and state are kept, outside any checkout."""
    named = os.environ.get("SEATRIAL_TESTBED")
    cache_home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path = Path(named) if named else cache_home / "seatrial" / "testbed"
    path.mkdir(parents=True, exist_ok=True)
    return path


def binary(name: str) -> Path:
    """The program in its pinned version: ready in ``KUBEBUILDER_ASSETS``, built before, ready on PATH, or built now.

    Raises Missing, also for a name that is no component.
    """
    if name not in COMPONENTS:
        raise Missing(name, f"no such component; there are {', '.join(COMPONENTS)}")
    component = COMPONENTS[name]
    built = folder() / "bin" / f"{name}-{component.version}"
    ready = _ready(name, os.environ.get("KUBEBUILDER_ASSETS") or "")
    if ready is None and not built.is_file():
        ready = _ready(name, os.environ.get("PATH", ""))
        if ready is None:
            _build(name, component, built)
    return ready or built


def _ready(name: str, path: str) -> Path | None:
    found = shutil.which(name, path=path) if path else None
    return Path(found) if found is not None and _fits(Path(found), name) else None


@cache
def _fits(program: Path, name: str) -> bool:
    """Whether a program that was found says that it is the pinned version; what it is used for is said once."""
    component = COMPONENTS[name]
    said = subprocess.run([program, *component.asks], capture_output=True, text=True, timeout=30, check=False)
    # 1.36.3 is neither 1.36.30 nor 1.36.3-rc.1 nor a distribution's 1.36.3+k3s1
    exactly = rf"(?<![\d.])v?{re.escape(component.version)}(?![\w.+-])"
    fits = re.search(exactly, said.stdout + said.stderr) is not None
    _say(
        f"{name} {component.version} is {program}"
        if fits
        else f"{program} is not {component.version}: not used"
    )
    return fits


def _say(text: str) -> None:
    print(f"testbed: {text}", file=sys.stderr, flush=True)


@contextmanager
def _alone() -> Iterator[None]:
    """One build at a time, over all processes: each takes every core."""
    with (folder() / "build.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("waiting for another build")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(name: str, component: Component, target: Path) -> None:
    if shutil.which("go") is None:
        raise Missing(name, f"version {component.version} is not here, and there is no Go to build it with")
    with _alone():
        if target.is_file():
            return  # by whoever held the lock
        began = time.monotonic()
        _say(f"building {name} {component.version}")
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            output = Path(scratch) / name
            _compile(name, component, output)
            output.replace(target)
        _say(f"built {name} {component.version} in {time.monotonic() - began:.0f} s")


def _compile(name: str, component: Component, output: Path) -> None:
    module = folder() / "modules" / component.module
    module.mkdir(parents=True, exist_ok=True)
    for file, pinned in pins(component.module).items():
        (module / file).write_text(pinned, "utf-8")
    flags = "-s -w"
    if component.module == "kubernetes":  # else the server calls itself v0.0.0
        flags += f" -X {_VERSION_PACKAGE}.gitVersion=v{component.version}"
        flags += f" -X {_VERSION_PACKAGE}.gitMajor=1 -X {_VERSION_PACKAGE}.gitMinor={_MINOR}"
    done = subprocess.run(
        [
            "go",
            "build",
            "-trimpath",
            "-tags",
            component.tags,
            "-ldflags",
            flags,
            "-o",
            str(output),
            component.package,
        ],
        cwd=module,
        env={
            **os.environ,
            "CGO_ENABLED": "0",
            "GOFLAGS": "-mod=readonly -buildvcs=false",  # the pins are the whole truth
            "GOWORK": "off",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Missing(name, f"it does not build: {done.stderr.strip()[-400:]}")


def pins(module: str) -> dict[str, str]:
    """``go.mod`` and ``go.sum`` of a module folder, as text."""
    place = resources.files("seatrial.testing.testbed").joinpath("modules", module)
    return {file: place.joinpath(file).read_text("utf-8") for file in ("go.mod", "go.sum")}
