"""Images for the cluster's pods, made from what the machine has; no registry is asked."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from importlib import resources
from pathlib import Path

from seatrial.testing.testbed.components import binary, folder

PAUSE = "registry.test/pause:1"
TEST = "registry.test/serve:1"
COREDNS = "registry.test/coredns:1"


def image_files() -> list[Path]:
    """The archives, made first where they are not here: pause, the test program, CoreDNS."""
    target = folder() / "images"
    target.mkdir(exist_ok=True)
    return [_pause(target), _serve(target), _coredns(target)]


def _pause(target: Path) -> Path:
    root = target / "pause"
    root.mkdir(exist_ok=True)
    _compile("pause.c", ["cc", "-static", "-Os", "-o", str(root / "pause")])
    return _archive(root, PAUSE, ["/pause"], target / "pause.tar", user="65535")


def _serve(target: Path) -> Path:
    root = target / "serve"
    (root / "etc").mkdir(parents=True, exist_ok=True)
    (root / "tmp").mkdir(exist_ok=True)
    (root / "etc" / "passwd").write_text("root:x:0:0::/:/bin/false\nnobody:x:65534:65534::/:/bin/false\n")
    _compile("serve.go", ["go", "build", "-trimpath", "-ldflags", "-s -w", "-o", str(root / "serve")])
    return _archive(root, TEST, ["/serve"], target / "serve.tar")


def _coredns(target: Path) -> Path:
    root = target / "coredns"
    root.mkdir(exist_ok=True)
    shutil.copy2(binary("coredns"), root / "coredns")
    return _archive(root, COREDNS, ["/coredns"], target / "coredns.tar")


def _compile(source: str, command: list[str]) -> None:
    """Compiles a source of this package, unless the program is already that of this source."""
    program = Path(command[-1])
    stamp = program.parent.with_name(f"{source}.sha256")
    with resources.as_file(resources.files("seatrial.testing.cluster").joinpath("images", source)) as path:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if program.is_file() and stamp.is_file() and stamp.read_text() == digest:
            return
        subprocess.run(
            [*command, str(path)], check=True, capture_output=True, env={**os.environ, "CGO_ENABLED": "0"}
        )
    stamp.write_text(digest)


def _archive(root: Path, name: str, entrypoint: list[str], target: Path, user: str = "") -> Path:
    """A docker archive of one layer; the same files give the same image."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(root.iterdir()):
            tar.add(path, path.name, filter=_plain)
    digest = hashlib.sha256(layer.getvalue()).hexdigest()
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "created": "1970-01-01T00:00:00Z",
            "config": {"Entrypoint": entrypoint, "User": user, "WorkingDir": "/"},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        },
        sort_keys=True,
    ).encode()
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = json.dumps(
        [{"Config": config_name, "RepoTags": [name], "Layers": [f"{digest}/layer.tar"]}]
    ).encode()
    with tarfile.open(target, "w") as tar:
        for member, data in (
            (f"{digest}/layer.tar", layer.getvalue()),
            (config_name, config),
            ("manifest.json", manifest),
        ):
            info = tarfile.TarInfo(member)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return target


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    return info
