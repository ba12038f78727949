"""The tutorial's last part, as a new user does it: an empty folder, a real cluster, and a list of open items that shrinks."""

import json
import os
import shlex
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def user(demo_cluster, tmp_path_factory):
    """Runs commands in a folder of their own, with a data directory of their own."""
    folder = tmp_path_factory.mktemp("user")

    def run(*words, code=(0, 1, 3)):
        done = subprocess.run(
            demo_cluster.inside(sys.executable, "-m", "seatrial", *words),
            cwd=folder, capture_output=True, text=True, check=False,
            env={**os.environ, "SEATRIAL_DATA": str(folder / "data"), "KUBECONFIG": str(demo_cluster.kubeconfig())},
        )  # fmt: skip
        assert done.returncode in code, f"{words}\n{done.stdout}\n{done.stderr}"
        return done

    return run, folder


def test_the_list_of_what_is_open_shrinks(user, demo_cluster):
    run, folder = user
    assert "wrote seatrial.yaml" in run("init").stdout
    assert run("doctor").stdout
    before = run("assess", "--save", "-o", f"json={folder}/before.json", "-o", "table")
    assert "SINCE" not in before.stdout
    assert run("list", "runs", "-o", "name").stdout.count("Z\n") == 1

    assert "collector" in run("explain", "seccomp-profile-set", "--replay", "last").stdout
    mended = run("fix", "seccomp-profile-set", "--replay", "last", code=(1,))
    assert "DaemonSet observability/node-metrics (node-metrics): it is privileged" in mended.stderr
    (line,) = [row for row in mended.stdout.splitlines() if "collector" in row]
    demo_cluster.kubectl(*shlex.split(line)[1:])
    demo_cluster.kubectl("rollout", "status", "-n", "analytics", "deployment/collector", "--timeout=120s")

    after = run("assess", "--save", "-o", f"json={folder}/after.json", "-o", "table")
    told = json.loads((folder / "after.json").read_text())
    assert "SINCE" in after.stdout
    assert ("gone", "Deployment analytics/collector (collector)") in [
        (row["how"], row["what"]) for row in told["changes"] if row.get("claim") == "seccomp-profile-set"
    ]
    claims = {claim["id"]: claim for item in told["items"] for claim in item["claims"]}
    failing = [
        row["subject"]["name"]
        for row in claims["seccomp-profile-set"]["findings"]
        if row["outcome"] == "fail"
    ]
    assert "collector" not in failing
    first, second = run("list", "runs", "-o", "name").stdout.split()
    assert "GONE" in run("diff", second, first).stdout


def test_the_ratchet_holds_until_somebody_makes_it_worse(user, demo_cluster):
    run, _ = user
    assert "gate ratchet: holds" in run("assess", "--gate", "ratchet", "--baseline", "last", code=(0,)).stdout
    demo_cluster.kubectl(
        "patch", "deployment", "notifier", "-n", "messaging", "--type", "strategic", "-p",
        json.dumps({"spec": {"template": {"spec": {"containers": [
            {"name": "notifier", "resources": {"limits": {"memory": None}}}]}}}}),
    )  # fmt: skip
    demo_cluster.kubectl("rollout", "status", "-n", "messaging", "deployment/notifier", "--timeout=120s")
    worse = run("assess", "--gate", "ratchet", "--baseline", "last", code=(1,)).stdout

    assert "gate ratchet: does not hold" in worse
    assert "memory-limit: Deployment messaging/notifier (notifier) fails" in worse
