"""Manifest files: found, bounded, read, and their objects named by file and line."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import Struct, structs

from seatrial.model.errors import UserError
from seatrial.wire.yamltext import Limits, documents

MOST_FILES = 20_000
MOST_BYTES = 200 * 1024 * 1024
_ENDINGS = (".yaml", ".yml", ".json")
_KUSTOMIZE = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_MOST_NESTED_LISTS = 5


class Manifest(Struct, frozen=True):
    """One object as it was written, and where: ``deploy/web.yaml:12``."""

    object: dict[str, Any]
    where: str
    file: str = ""
    document: int = 0
    """Which document of the file, those that are empty not counted."""
    within: tuple[int, ...] = ()
    """Which item of that document, where it is a List."""


def read(paths: Sequence[str], texts: Mapping[str, bytes] = MappingProxyType({})) -> Iterator[Manifest]:
    """Every object of files, folders and ``-``. Raises UserError where something is no plain manifest.

    ``texts`` stand for what files hold, by their names.
    """
    taken = 0
    for path, name in _files(paths):
        text = sys.stdin.buffer.read(MOST_BYTES + 1) if path is None else texts.get(name) or _bytes(path)
        taken += len(text)
        if taken > MOST_BYTES:
            raise UserError(f"more than {MOST_BYTES} bytes of manifests", hint="judge them in parts")
        limits = Limits(bytes=MOST_BYTES) if path is None else Limits()
        for number, document in enumerate(documents(text, name, limits)):
            # where the object begins, not the --- before it
            line = document.lines.get((), document.line)
            for manifest in _objects(document.value, name, line, document.lines):
                yield structs.replace(manifest, file=name, document=number)


def _files(paths: Sequence[str]) -> Iterator[tuple[Path | None, str]]:
    count = 0
    for text in paths:
        if text == "-":
            yield None, "standard input"
            continue
        root = Path(text)
        if not root.exists():
            raise UserError(
                f"there is no file or folder {text}", hint="--manifests PATH, or - for standard input"
            )
        found = sorted(_walk(root)) if root.is_dir() else [root]
        for path in found:
            count += 1
            if count > MOST_FILES:
                raise UserError(f"more than {MOST_FILES} files in {text}", hint="judge its parts")
            yield path, str(path)


def _walk(root: Path) -> Iterator[Path]:
    """Manifests under a folder; links that lead out of it are refused, sources of charts and overlays named."""
    inside = root.resolve()
    for path in root.rglob("*"):
        if any(part.startswith(".") for part in path.relative_to(root).parts):
            continue
        if path.name == "Chart.yaml":
            folder = path.parent
            raise UserError(
                f"{folder} is a Helm chart, not manifests",
                hint=f"helm template NAME {folder} | seatrial assess --manifests -",
            )
        if path.name in _KUSTOMIZE:
            folder = path.parent
            raise UserError(
                f"{folder} is a Kustomize source, not manifests",
                hint=f"kubectl kustomize {folder} | seatrial assess --manifests -",
            )
        if path.suffix not in _ENDINGS or not path.is_file():
            continue
        if not path.resolve().is_relative_to(inside):
            raise UserError(f"{path} is a link that leads out of {root}", hint="name its target as well")
        yield path


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(f"{path} is larger than {MOST_BYTES} bytes", hint="split it")
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", hint="check its rights") from error


def _objects(
    value: Any,
    name: str,
    line: int,
    lines: dict[tuple[str | int, ...], int],
    within: tuple[int, ...] = (),
) -> Iterator[Manifest]:
    """The objects of a document; the items of a List, each with its own line."""
    if not isinstance(value, dict) or not isinstance(value.get("kind"), str) or "apiVersion" not in value:
        raise UserError(
            f"{name}:{line}: no Kubernetes object: apiVersion and kind are missing",
            hint="leave files that hold something else out",
        )
    items = value.get("items")
    if value["kind"].endswith("List") and isinstance(items, list):
        if len(within) > _MOST_NESTED_LISTS:
            raise UserError(f"{name}:{line}: lists within lists within lists", hint="give a plain List")
        for index, item in enumerate(items):
            yield from _objects(item, name, lines.get(("items", index), line), {}, (*within, index))
        return
    if value["kind"] == "Kustomization" and "kustomize" in str(value["apiVersion"]).partition("/")[0]:
        raise UserError(
            f"{name} is a Kustomize source, not manifests",
            hint=f"kubectl kustomize {Path(name).parent} | seatrial assess --manifests -",
        )
    yield Manifest(value, f"{name}:{line}", within=within)
