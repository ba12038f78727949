"""The command line on the real cluster, as users run it, with the demo platform in it."""

import json
import signal
import subprocess
import sys
import time

import pytest

from seatrial.app.rights import cluster_role
from seatrial.testing.cluster.demo import assess, profile

BINDING = """
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: seatrial-readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: seatrial}
subjects: [{kind: User, name: reader, apiGroup: rbac.authorization.k8s.io}]
"""

FAULTS = {
    "3.1": "running-pods-compliant",
    "3.2": "no-privilege-escalation",
    "3.4": "no-unconfined-seccomp",
    "3.5": "non-root-enforced",
    "3.6": "added-capabilities",
    "3.7": "memory-limit",
    "5.2": "no-allow-all",
    "16.1": "autoscaler-range",
    "17.2": "headless-service",
    "17.3": "node-service-coverage",
    "17.4": "scheduled-task-enabled",
    "17.5": "disruption-allowed",
    "17.6": "critical-component-priority",
    "17.7": "limit-range-defaults",
    "20.2": "quota-bounds-compute",
}
"""What the demo gets wrong, and the claim that must say so."""


@pytest.fixture(scope="module")
def judged(demo_cluster, tmp_path_factory):
    """One trial of the demo, saved; the report and the file."""
    folder = tmp_path_factory.mktemp("judged")
    trial, report = folder / "night.trial", folder / "night.json"
    done = assess(
        demo_cluster,
        "assess",
        "--profile",
        str(profile()),
        "-o",
        f"json={report}",
        "-o",
        "table",
        "--save",
        str(trial),
    )

    assert done.returncode == 1, done.stderr
    assert "gate go-live: does not hold" in done.stdout
    return trial, report


def test_every_planted_fault_is_found(judged):
    items = {item["id"]: item for item in json.loads(judged[1].read_text())["items"]}
    for id, claim in FAULTS.items():
        found = {row["id"]: row["outcome"] for row in items[id]["claims"]}

        assert found[claim] == "fail", (id, claim, found)


def test_what_is_right_passes(judged):
    claims = {
        claim["id"]: claim["outcome"]
        for item in json.loads(judged[1].read_text())["items"]
        for claim in item["claims"]
    }

    for id in (
        "not-privileged",
        "no-host-access",
        "priority-classes",
        "node-service-ready",
        "stateful-replicas-ready",
    ):
        assert claims[id] == "pass", id


def test_a_replay_elsewhere_gives_the_same_bytes(judged, tmp_path):
    trial, report = judged
    again = tmp_path / "again.json"
    done = subprocess.run(
        [sys.executable, "-m", "seatrial", "assess", "--replay", str(trial), "-o", f"json={again}"],
        capture_output=True, text=True, cwd=tmp_path, env={"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "PATH": "/usr/bin:/bin"},
        check=False,
    )  # fmt: skip

    assert done.returncode == 1, done.stderr
    assert report.read_bytes() == again.read_bytes()


def test_a_reader_with_the_printed_role_reads_everything(demo_cluster):
    demo_cluster.apply(cluster_role() + BINDING)
    done = assess(demo_cluster, "doctor", user="reader", groups=())

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_reader_without_a_rule_is_told_which_and_the_items_are_unknown(demo_cluster):
    role = cluster_role().replace("poddisruptionbudgets", "podtemplates")
    demo_cluster.apply(
        role.replace("name: seatrial}", "name: partial}")
        + BINDING.replace("seatrial", "partial").replace("reader,", "partial-reader,")
    )
    told = assess(demo_cluster, "doctor", user="partial-reader", groups=())
    judged = assess(
        demo_cluster, "assess", "-q", "-o", "json", "--gate", "17.5", user="partial-reader", groups=()
    )

    assert told.returncode == 1
    assert "not allowed: list on poddisruptionbudgets (policy)" in told.stdout
    assert judged.returncode == 3, judged.stderr
    item = next(item for item in json.loads(judged.stdout)["items"] if item["id"] == "17.5")
    assert item["outcome"] == "unknown"
    assert any(
        "grant list on poddisruptionbudgets" in gap["cure"]
        for claim in item["claims"]
        for gap in claim["gaps"]
    )


def test_another_cluster_than_the_profiles_is_refused(demo_cluster, tmp_path):
    path = tmp_path / "seatrial.yaml"
    path.write_text(
        "apiVersion: seatrial/v1alpha1\nkind: Platform\ncluster: {uid: 00000000-0000-0000-0000-000000000000}\n"
    )
    done = assess(demo_cluster, "assess", "--profile", str(path))

    assert done.returncode == 2
    assert "but the profile is for 00000000" in done.stderr
    assert not done.stdout


def test_no_environment_value_is_in_the_trial(judged):
    """Values of the environment, commands and arguments are never read; here the test program's own argument."""
    assert (
        b"indexer"
        in subprocess.run(
            [sys.executable, "-m", "seatrial", "assess", "--replay", str(judged[0]), "-o", "json"],
            capture_output=True,
            check=False,
        ).stdout
    )
    assert b'":9090"' not in judged[0].read_bytes()


def test_stopping_at_any_moment_leaves_no_half_file(demo_cluster, tmp_path):
    kubeconfig = str(demo_cluster.kubeconfig())
    for wait in (0.1, 0.4, 0.7, 1.0):
        target = tmp_path / "stopped.trial"
        process = subprocess.Popen(
            demo_cluster.inside(sys.executable, "-m", "seatrial", "assess", "--kubeconfig", kubeconfig, "--save", target),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        left = [path for path in tmp_path.iterdir() if path != target]

        assert not left
        if target.exists():
            done = subprocess.run(
                [sys.executable, "-m", "seatrial", "assess", "--replay", str(target)],
                capture_output=True,
                check=False,
            )
            assert done.returncode in {1, 3}
            target.unlink()
