"""A repository as a user has it: manifests that fail, manifests of which nothing fails, and the program on the path."""

import os
import sys
from pathlib import Path

import pytest

import seatrial

CHECKOUT = Path(seatrial.__file__).parent.parent.parent
PROGRAMS = Path(sys.executable).parent

FAILING = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "shop/web:2.1"}]}
"""
HARMLESS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: tools}
data: {colour: blue}
"""


@pytest.fixture(scope="session")
def checkout():
    return CHECKOUT


@pytest.fixture
def repository(tmp_path):
    """``deploy`` fails, ``tools`` does not."""
    folder = tmp_path / "repository"
    for name, text in (("deploy/web.yaml", FAILING), ("tools/settings.yaml", HARMLESS)):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def environment(tmp_path):
    """What a step finds: the program on the path, no cluster, nothing of this machine's own."""
    return {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "KUBECONFIG": str(tmp_path / "none"),
    }
