"""Schemas that others publish in their Go modules: of the pinned version, checked by its hash, never copied here."""

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from seatrial.testing.testbed.components import Missing, folder, pins

_MODULE = "published"
_OPEN_REPORTS = "github.com/openreports/reports-api"
_SARIF = "github.com/owenrumney/go-sarif/v3"


def open_reports() -> tuple[Path, ...]:
    """The CustomResourceDefinitions of Report and ClusterReport. Raises Missing."""
    found = sorted((_source(_OPEN_REPORTS) / "config" / "crd").glob("*.yaml"))
    if not found:
        raise Missing(_OPEN_REPORTS, "its module holds no definitions")
    return tuple(found)


def sarif() -> dict[str, Any]:
    """The JSON Schema of SARIF 2.1.0, errata 01, which the module holds as a constant. Raises Missing."""
    text = (_source(_SARIF) / "pkg" / "report" / "v210" / "sarif" / "schema.go").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text.partition("`")[2].rpartition("`")[0])
    return schema


@cache
def _source(module: str) -> Path:
    if shutil.which("go") is None:
        raise Missing(module, "there is no Go to fetch it with")
    place = folder() / "modules" / _MODULE
    place.mkdir(parents=True, exist_ok=True)
    for file, pinned in pins(_MODULE).items():
        (place / file).write_text(pinned, "utf-8")
    done = subprocess.run(
        ["go", "mod", "download", "-json", module],
        cwd=place,
        env={**os.environ, "GOFLAGS": "-mod=readonly", "GOWORK": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(done.stdout) if done.stdout else {}
    if "Dir" not in told or done.returncode != 0:
        raise Missing(module, told.get("Error") or done.stderr.strip()[-400:])
    return Path(told["Dir"])
