"""What stands under ``deploy``, before the real API server: it is taken strictly, and its account may read what a trial reads."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import seatrial
from seatrial.testing.testbed.state_world import path_of

FOLDER = Path(seatrial.__file__).parent.parent.parent / "deploy" / "argo-cd"
ACCOUNT = "system:serviceaccount:seatrial:seatrial"


def objects(*names):
    return [row for name in names for row in yaml.safe_load_all((FOLDER / name).read_text("utf-8"))]


def create(plane, row, query):
    return plane.request("POST", path_of(plane, row, collection=True) + query, row)


@pytest.fixture
def account(state_world, control_plane):
    """The namespace, its account and its role, made through the API with admission on."""
    with state_world.holding([]):
        for row in objects("account.yaml", "role.yaml"):
            status, answer = create(control_plane, row, "?fieldValidation=Strict")
            assert status == 201, answer
        yield control_plane


@pytest.mark.parametrize("name", ["presync.yaml", "postsync.yaml"])
def test_the_server_takes_the_hook(account, name):
    (job,) = objects(name)
    status, answer = create(account, job, "?dryRun=All&fieldValidation=Strict")

    assert status == 201, answer
    assert answer["spec"]["backoffLimit"] == 0
    assert (
        "restricted" in objects("account.yaml")[0]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
    )


@pytest.mark.parametrize("name", ["presync.yaml", "postsync.yaml"])
def test_the_hooks_pod_is_let_into_a_restricted_namespace(account, name):
    """A Job's pods are made later, by a controller: admission is asked here."""
    (job,) = objects(name)
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "hook", "namespace": "seatrial"},
        "spec": job["spec"]["template"]["spec"],
    }
    status, answer = create(account, pod, "?dryRun=All&fieldValidation=Strict")

    assert status == 201, answer


def test_the_account_may_read_what_a_trial_reads_and_nothing_secret(account):
    done = subprocess.run(
        [sys.executable, "-m", "seatrial", "doctor", "--kubeconfig", account.kubeconfig(), "--as", ACCOUNT],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    (role,) = [row for row in objects("role.yaml") if row["kind"] == "ClusterRole"]
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"get", "list"}
    assert not any("secrets" in rule.get("resources", ()) for rule in role["rules"])
