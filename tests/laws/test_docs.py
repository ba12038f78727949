"""What the documents show is what the program does."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import seatrial
from seatrial.app.catalogue import installed_catalogue
from seatrial.app.profile import parse_profile

CHECKOUT = Path(seatrial.__file__).parent.parent.parent
PAGES = [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "COLUMNS": "100", "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
OFFLINE = ("--demo", "explain", "list", "--rbac", "--help", "completion")
"""Words of commands that need no cluster."""


def blocks(language):
    for page in PAGES:
        for block in re.findall(rf"```{language}\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            yield page.relative_to(CHECKOUT), block


COMMANDS = [
    (page, line.removeprefix("$ ").partition("#")[0].strip())
    for page, block in blocks("console")
    for line in block.splitlines()
    if line.startswith("$ seatrial")
    and any(word in line for word in OFFLINE)
    and not {"how-to", "tutorial"} & {*page.parts}  # these run from top to bottom, below
]


def run(command):
    words = shlex.split(command)[1:]
    return subprocess.run(
        [sys.executable, "-m", "seatrial", *words],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
    )


@pytest.mark.parametrize(("page", "command"), COMMANDS, ids=str)
def test_commands_shown_run(page, command):
    done = run(command)

    assert done.returncode in {0, 1, 3}, done.stderr
    assert done.stdout


GUIDES = sorted([*(CHECKOUT / "docs").glob("tutorial/*.md"), *(CHECKOUT / "docs").glob("how-to/*.md")])
STEP = re.compile(
    r"(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<language>console|yml)\n(?P<text>.*?)```", re.DOTALL
)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_guide_works_from_top_to_bottom_in_an_empty_folder(guide, tmp_path):
    """Files are written as shown, and every command of a ``console`` block runs in the same folder, one after the other."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "seatrial").write_text(f'#!/bin/sh\nexec {sys.executable} -m seatrial "$@"\n')
    (programs / "seatrial").chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    environment = ENVIRONMENT | {"PATH": f"{programs}:/usr/bin:/bin", "SEATRIAL_DATA": str(tmp_path / "data")}
    for step in STEP.finditer(guide.read_text("utf-8")):
        if step["file"]:
            (home / step["file"]).parent.mkdir(parents=True, exist_ok=True)
            (home / step["file"]).write_text(step["text"])
        for line in step["text"].splitlines() if step["language"] == "console" else ():
            if not line.startswith("$ "):
                continue
            done = subprocess.run(
                ["bash", "-c", line[2:]],
                cwd=home,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode in {0, 1, 3}, f"{line}\n{done.stderr}"
            assert done.stdout + done.stderr or ">" in line or " -o " in line, line


def test_the_readmes_screen_is_the_real_one():
    shown = next(block for _, block in blocks("console") if block.startswith("$ seatrial assess --demo\n"))

    assert shown.partition("\n")[2] == run("seatrial assess --demo").stdout


def test_profiles_shown_are_valid():
    found = list(blocks("yaml"))
    for page, block in found:
        assert parse_profile(block.encode(), str(page), installed_catalogue(), {}).kind == "Platform"
    assert found


def test_links_within_the_documents_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page}: {target}"


def test_every_check_has_its_page_and_every_page_its_check():
    from seatrial.app.catalogue import installed_checks

    text = (CHECKOUT / "docs" / "reference" / "checks.md").read_text("utf-8")

    assert [check.id for check in installed_checks()] == re.findall(r"^## (\w+)$", text, re.MULTILINE)
