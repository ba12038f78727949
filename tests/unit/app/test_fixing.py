"""``seatrial fix`` as its users meet it."""

import subprocess

import pytest

from seatrial.app import trials
from seatrial.cli.main import main

WEB = """\
# the front
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web  # it
        image: "shop/web:2.1"
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "web.yaml").write_text(WEB)
    return tmp_path


def run(capsys, *words):
    code = main(["fix", *words])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_the_diff_is_one_that_patch_takes_and_changes_nothing_itself(here, capsys):
    code, out, err = run(
        capsys, "drop-all-capabilities", "memory-limit", "--set", "memory-limit=64Mi", "--manifests", "."
    )

    assert code == 0
    assert "2 of 2 findings mended, each judged again" in err
    assert (here / "web.yaml").read_text() == WEB
    done = subprocess.run(
        ["git", "apply", "-p1", "-"], input=out, text=True, cwd=here, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    text = (here / "web.yaml").read_text()
    assert text.startswith("# the front\n")
    assert "- name: web  # it\n" in text
    assert "drop: [ALL]" in text
    assert "memory: 64Mi" in text
    assert run(capsys, "drop-all-capabilities", "--manifests", ".")[1] == ""


def test_write_changes_the_files_and_nothing_is_left_to_mend(here, capsys):
    code, out, _ = run(capsys, "3.2", "--manifests", ".", "--write")

    assert code == 0
    assert "wrote web.yaml" in out
    assert run(capsys, "3.2", "--manifests", ".")[:2] == (0, "")


def test_without_a_choice_it_lists_what_there_is(capsys):
    code, out, err = run(capsys, "--manifests", ".")

    assert code == 1
    (line,) = [row for row in out.splitlines() if "drop-all-capabilities: Deployment shop/web (web)" in row]
    assert "memory-limit: Deployment shop/web (web): decide" in out
    word, key, _ = line.split(" ", 2)
    assert word == "fix"
    assert run(capsys, key, "--manifests", ".")[1].count("drop: [ALL]") == 1
    assert "failing objects can be mended" in err


def test_a_recorded_trial_gives_commands(capsys):
    code, out, err = run(capsys, "3.2", "--demo")

    assert code == 1
    assert all(line.startswith("kubectl --context testbed -n ") for line in out.splitlines())
    assert '--type strategic -p \'{"spec":' in out
    assert "not mended: run-as-non-root: Deployment search/indexer (fix-owner): decide the user" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "it is not said what to mend"),
        (("--demo", "--manifests", "."), "ask for different things"),
        (("--demo", "--all", "--write"), "--write changes files, and there are none"),
        (("--manifests", ".", "--write"), "--write without a choice"),
        (
            ("3.77", "--manifests", "."),
            "there is no item, claim, check or finding '3.77'; did you mean '3.7'",
        ),
        (("12.1", "--manifests", "."), "no check of this version judges 12.1"),
        (("0123456789abcdef", "--manifests", "."), "no finding that fails has the key 0123456789abcdef"),
        (("3.7", "--manifests", ".", "--set", "memory"), "sets nothing"),
        (("3.7", "--manifests", "-"), "standard input cannot be changed"),
        (("3.7", "--manifests", "nowhere"), "there is no file or folder nowhere"),
    ],
)
def test_bad_input_is_one_line_with_the_next_step_and_touches_nothing(here, capsys, words, says):
    code, out, err = run(capsys, *words)

    assert (code, out) == (2, "")
    assert says in err
    assert "try: " in err
    assert (here / "web.yaml").read_text() == WEB


def test_what_an_anchor_shares_is_not_changed(here, capsys):
    text = WEB.replace("- name: web  # it", "- &c\n        name: web").replace(
        "spec:\n      containers", "spec:\n      initContainers: [*c]\n      containers"
    )
    text = text.replace("      initContainers: [*c]\n", "") + "      initContainers:\n      - *c\n"
    (here / "web.yaml").write_text(text)
    code, _, err = run(capsys, "drop-all-capabilities", "--manifests", ".", "--write")

    assert code == 1
    assert "an anchor makes it stand in several places" in err
    assert (here / "web.yaml").read_text() == text


def test_a_fix_that_would_break_something_else_is_not_offered(monkeypatch, capsys):
    """A check whose fix takes the security context away mends itself and breaks others."""
    from seatrial.app import fixing
    from seatrial.kit import Fix

    found = next(row for row in fixing.installed_checks() if row.id == "drop_all_capabilities")
    monkeypatch.setattr(
        found, "fix",
        lambda container, given: Fix(pod={"containers": [{"name": "web", "securityContext": {
            "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "Unconfined"}}}]}),
    )  # fmt: skip
    code, out, err = run(capsys, "drop-all-capabilities", "--manifests", ".")

    assert (code, out) == (1, "")
    assert "the patch would make something else fail: no-unconfined-seccomp: seccompProfile Unconfined" in err


def test_windows_lines_and_marks_stay(here, capsys):
    (here / "web.yaml").write_bytes(b"\xef\xbb\xbf" + WEB.replace("\n", "\r\n").encode())
    code, _, err = run(capsys, "drop-all-capabilities", "--manifests", ".", "--write")
    data = (here / "web.yaml").read_bytes()

    assert code == 0, err
    assert data.startswith(b"\xef\xbb\xbf# the front\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"drop: [ALL]" in data


def test_the_demo_is_there():
    assert trials.demo().cluster.context == "testbed"
