"""The commands that reports show, run by a real shell with the real kubectl against the real API server."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from seatrial.model.finding import Finding, Subject
from seatrial.model.outcome import Outcome
from seatrial.model.profile import Profile
from seatrial.model.trial import Cluster, Trial
from seatrial.needs import kube
from seatrial.reports._kubectl import command
from seatrial.testing.testbed import binary

OBJECTS = list(yaml.safe_load_all(Path(__file__).with_name("objects.yaml").read_text("utf-8")))
HOSTILE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {
        "name": "--kubeconfig=x '$(touch gone)' <img>",
        "uid": "00000000-0000-4000-8000-000000000301",
    },
    "rules": [],
}


def shown(subject, needs=()):
    trial = Trial("2026-06-01T12:00:00Z", Cluster(context="testbed"), Profile(), {}, ("kube",))
    finding = Finding("k", "check", "claim", "", subject, Outcome.FAIL, {"fail": 1})
    return command(finding, trial, needs, frozenset())


@pytest.fixture
def shell(control_plane, tmp_path):
    path = f"{Path(binary('kubectl')).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "KUBECONFIG": str(control_plane.kubeconfig()), "HOME": str(tmp_path)}

    def run(line):
        done = subprocess.run(
            ["/bin/sh", "-c", line],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            cwd=tmp_path,
        )
        assert done.returncode == 0, f"{line}: {done.stderr}"
        return done.stdout

    return run


def test_the_command_for_an_object_shows_that_object(state_world, shell, tmp_path):
    with state_world.holding([*OBJECTS, HOSTILE]):
        for row in (*OBJECTS, HOSTILE):
            metadata = row["metadata"]
            group = row["apiVersion"].rpartition("/")[0]
            line = shown(Subject(row["kind"], metadata["name"], metadata.get("namespace", ""), group))

            told = yaml.safe_load(shell(line))

            assert (told["kind"], told["metadata"]["name"]) == (row["kind"], metadata["name"])
    assert not (tmp_path / "gone").exists()


def test_the_command_for_the_cluster_lists_what_its_check_reads(state_world, shell):
    with state_world.holding(OBJECTS):
        told = shell(shown(Subject("Cluster", "testbed"), (kube.PRIORITY_CLASSES, kube.PODS)))

    assert "priorityclass.scheduling.k8s.io/system-cluster-critical" in told
    assert "pod/web-5d4f8c7b9-" in told
