"""The action and the hook as their hosts install them: from the repository, with the dependencies of the package index."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import seatrial

CHECKOUT = Path(seatrial.__file__).parent.parent.parent
UNREACHED = ("Could not find a version", "No matching distribution", "ConnectionError", "NewConnectionError")
MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "shop/web:2.1"}]}
"""


def run(words, **options):
    return subprocess.run(words, capture_output=True, text=True, check=False, **options)


def installed(done):
    """The result, or a loud skip where no package index answers."""
    said = done.stdout + done.stderr
    if done.returncode != 0 and any(word in said for word in UNREACHED):
        reason = f"no package index is reached: {said[-300:]}"
        if os.environ.get("SEATRIAL_REQUIRE_REAL"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(f"NOT INSTALLED: {reason}")
    return done


@pytest.fixture
def published(tmp_path):
    """The checkout's files as a repository of its own, as a host would clone it."""
    listed = run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=CHECKOUT)
    if listed.returncode != 0:
        pytest.skip("no checkout with git, so there is no list of files")
    folder = tmp_path / "published"
    for name in listed.stdout.splitlines():
        if (CHECKOUT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(CHECKOUT / name, folder / name)
    commit(folder)
    return folder


def commit(folder):
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "x"],
    ):
        done = run(["git", *words], cwd=folder)
        assert done.returncode == 0, done.stderr


def test_the_action_installs_itself_by_hashes(published, tmp_path):
    """Into an environment of its own, from the action's folder and its lock."""
    action = yaml.safe_load((published / "action.yml").read_text("utf-8"))
    (step,) = [step for step in action["runs"]["steps"] if step["name"] == "Install Seatrial"]
    done = installed(
        run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            env=os.environ
            | {"PYTHON": sys.executable, "RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": str(published)},
        )
    )
    assert done.returncode == 0, done.stderr

    shown = run(
        [tmp_path / "seatrial" / "bin" / "seatrial", "assess", "--demo", "--gate", "none"],
        env={"PATH": os.environ["PATH"]},
    )

    assert shown.returncode == 0, shown.stderr
    assert "open items of 220" in shown.stdout


def test_pre_commit_installs_and_runs_the_hook(published, tmp_path):
    team = tmp_path / "team"
    (team / "deploy").mkdir(parents=True)
    (team / "deploy" / "web.yaml").write_text(MANIFEST)
    (team / "deploy" / "notes.txt").write_text("no manifest\n")
    revision = run(["git", "rev-parse", "HEAD"], cwd=published).stdout.strip()
    hook = {"id": "seatrial", "args": ["--manifests", "deploy"]}
    (team / ".pre-commit-config.yaml").write_text(
        yaml.safe_dump({"repos": [{"repo": str(published), "rev": revision, "hooks": [hook]}]})
    )
    commit(team)
    program = Path(sys.executable).with_name("pre-commit")
    done = installed(
        run(
            [program, "run", "--files", "deploy/web.yaml", "deploy/notes.txt"],
            cwd=team,
            env=os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "PRE_COMMIT_COLOR": "never"},
        )
    )

    assert done.returncode == 1, done.stdout + done.stderr
    assert "Failed" in done.stdout
    assert (
        "deploy/web.yaml:1: memory-limit (3.7 7.3): Deployment shop/web (web): no memory limit" in done.stdout
    )
