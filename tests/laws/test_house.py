"""The laws of the house: what no reviewer should have to look for."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import seatrial
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.needs import kube

PACKAGE = Path(seatrial.__file__).parent
CHECKOUT = PACKAGE.parent.parent
PURE = ("model", "algebra", "wire", "semantics", "catalogue", "needs", "inventory", "kit", "checks", "engine")
REACHING = {
    "os",
    "pathlib",
    "socket",
    "subprocess",
    "time",
    "random",
    "urllib3",
    "io",
    "shutil",
    "tempfile",
    "requests",
}
LONGEST = 500
sources = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", sources, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_is_longer_than_500_lines(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("room", PURE)
def test_nothing_from_model_to_engine_reaches_out(room):
    for path in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            reaching = {name.partition(".")[0] for name in names} & REACHING

            assert not reaching, f"{path.relative_to(PACKAGE)} imports {reaching}"
            called = node.func if isinstance(node, ast.Call) else None
            assert not (isinstance(called, ast.Name) and called.id in {"open", "eval", "exec"}), path


def test_every_generated_file_is_as_generated():
    done = subprocess.run(
        [sys.executable, "-m", "seatrial.testing.generate", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_the_items_are_the_checklist_word_for_word():
    """Every box of the checklist, in its order, and the four closing fields."""
    text = (PACKAGE / "catalogue" / "data" / "checklist.md").read_text("utf-8")
    boxes = [line.removeprefix("- [ ] ") for line in text.splitlines() if line.startswith("- [ ] ")]
    boxes = [box.partition(": __")[0] for box in boxes]
    fields = [
        line.partition(":")[0].strip("*")
        for line in text.splitlines()
        if line.startswith("**") and ":" in line
    ]
    texts = [item.text for item in installed_catalogue().items]

    assert len(boxes) == 216
    assert boxes + fields == texts


def test_an_id_once_given_stays():
    """``checks.lock`` may grow; a line that goes breaks the settings and the findings of users."""
    locked = (CHECKOUT / "checks.lock").read_text("utf-8").split()

    assert [check.id for check in installed_checks()] == locked[::2]


def test_every_alternative_that_a_judged_claim_names_says_how_it_is_recognised():
    catalogue = installed_catalogue()
    answered = {check.answers for check in installed_checks()}
    named = {
        via for item in catalogue.items for use in item.uses if use.claim.id in answered for via in use.via
    }

    assert named <= set(catalogue.alternatives)


def test_every_need_is_asked_by_a_check():
    asked = {need for check in installed_checks() for need in check.needs}
    there = {
        value
        for name, value in vars(kube).items()
        if name.isupper() and hasattr(value, "resource") and value.resource
    }

    assert {need.id for need in there - asked} <= {
        "kube/list/coordination.k8s.io/leases",
        "kube/list/core/serviceaccounts",
    }


def test_nothing_names_this_machine():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not tracked:
        pytest.skip("no checkout with git, so there is no list of files")
    here = str(Path.home())
    for name in tracked:
        path = CHECKOUT / name
        if path.suffix in {".py", ".md", ".yaml", ".toml", ".json", ".lock"} and len(here) > 5:
            assert f"{here}/" not in path.read_text("utf-8"), name
