"""Kubeconfigs of test users."""

import base64
import json
import shutil
import subprocess

import pytest

from seatrial.testing.testbed.certificates import Authority

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl command")


def test_a_kubeconfig_carries_user_and_groups_in_its_certificate(tmp_path):
    authority = Authority(tmp_path)
    path = authority.kubeconfig("https://127.0.0.1:1", "ann", ("team:a", "team:b"))
    config = json.loads(path.read_text())
    held = base64.b64decode(config["users"][0]["user"]["client-certificate-data"])
    asked = ["openssl", "x509", "-noout", "-subject", "-nameopt", "multiline"]
    said = subprocess.run(asked, input=held, capture_output=True, check=True).stdout.decode()

    assert [line.split("=")[1].strip() for line in said.splitlines()[1:]] == ["team:a", "team:b", "ann"]
    assert authority.kubeconfig("https://127.0.0.1:1", "ann", ("team:a", "team:b")) == path
    assert authority.kubeconfig("https://127.0.0.1:1", "ann") != path
