"""The action: valid, with nothing for an auditor to say, and run step by step as a runner would."""

import json
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
import yaml

from seatrial.testing.hostile import HOSTILE

BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
"""What a runner starts for ``shell: bash``."""


@pytest.fixture(scope="session")
def action(checkout):
    return yaml.safe_load((checkout / "action.yml").read_text("utf-8"))


def vendored(name):
    """A published schema that check-jsonschema carries."""
    place = resources.files("check_jsonschema.builtin_schemas.vendor").joinpath(f"{name}.json")
    return jsonschema.validators.validator_for(schema := json.loads(place.read_text("utf-8")))(schema)


class Runner:
    """Runs the steps of a composite action with their expressions put in, and the files that GitHub gives."""

    def __init__(self, action, checkout, folder, repository, environment):
        self.action = action
        self.folder = folder / "runner"
        self.folder.mkdir()
        self.repository = repository
        self.files = {name: self.folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in self.files.values():
            file.write_text("")
        self.environment = environment | {
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_ACTION_PATH": str(checkout),
            "GITHUB_WORKSPACE": str(repository),
            **{name: str(file) for name, file in self.files.items()},
        }

    def run(self, **inputs):
        """The exit code and what was printed; a step that fails ends the action."""
        given = {name: row["default"] for name, row in self.action["inputs"].items()} | inputs
        said = ""
        for step in self.action["runs"]["steps"]:
            if "run" not in step or step["name"].startswith("Install"):
                continue
            environment = {name: self._fill(value, given) for name, value in step["env"].items()}
            done = subprocess.run(
                [*BASH, step["run"]],
                capture_output=True,
                text=True,
                check=False,
                cwd=self.repository,
                env=self.environment | environment,
            )
            said += done.stdout + done.stderr
            if done.returncode != 0:
                return done.returncode, said
        return 0, said

    def outputs(self):
        return dict(line.split("=", 1) for line in self.files["GITHUB_OUTPUT"].read_text().splitlines())

    def _fill(self, value, given):
        known = {f"inputs.{name}": text for name, text in given.items()}
        known |= {f"steps.judge.outputs.{name}": text for name, text in self.outputs().items()}
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: known[found[1]], value)


@pytest.fixture
def runner(action, checkout, tmp_path, repository, environment):
    found = Runner(action, checkout, tmp_path, repository, environment)
    (found.folder / "seatrial").symlink_to(sys.prefix)  # as if it had been installed
    return found


def annotations(said):
    return re.findall(r"^::(error|warning|notice) (.*?)::", said, re.MULTILINE)


def test_it_is_an_action_by_the_published_schema(action):
    assert list(vendored("github-actions").iter_errors(action)) == []


def test_an_auditor_finds_nothing(checkout):
    done = subprocess.run(
        [
            Path(sys.executable).with_name("zizmor"),
            "--offline",
            "--persona=pedantic",
            "--no-progress",
            checkout / "action.yml",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "No findings" in done.stdout + done.stderr


def test_no_script_holds_an_expression_and_others_actions_are_pinned(action):
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert "uses" not in step or re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"])


def test_manifests_that_fail_end_the_job_with_summary_and_annotations(runner):
    code, said = runner.run(manifests="deploy\n")
    outputs = runner.outputs()
    summary = runner.files["GITHUB_STEP_SUMMARY"].read_text()

    assert code == 1
    assert outputs["exit-code"] == "1"
    assert int(outputs["open"]) == 220
    assert summary.startswith("# Seatrial\n")
    assert "## Fail:" in summary
    assert "## Unknown:" in summary
    assert len(summary.encode()) < 1024 * 1024
    found = annotations(said)
    assert len(found) == 10
    assert {level for level, _ in found} == {"error"}
    assert any("file=deploy/web.yaml,line=5" in properties for _, properties in found)
    kept = sorted(path.name for path in (runner.folder / "seatrial-reports").iterdir())
    assert kept == [
        "annotations",
        "junit.xml",
        "report.html",
        "seatrial.json",
        "seatrial.sarif",
        "seatrial.trial",
        "summary.md",
    ]


@pytest.mark.parametrize(("allow", "expected"), [("false", 3), ("true", 0)])
def test_what_cannot_be_told_is_no_pass_unless_it_is_allowed(runner, allow, expected):
    code, said = runner.run(manifests="tools", **{"allow-unknown": allow})

    assert code == expected
    assert runner.outputs()["exit-code"] == "3"
    assert annotations(said), "unknown is told either way"


def test_a_gate_that_holds_lets_the_job_go_on(runner):
    code, said = runner.run(manifests="deploy\ntools", gate="none")

    assert code == 0
    assert annotations(said) == [("notice", "title=Seatrial%3A the gate none holds")]


def test_usage_that_is_wrong_ends_the_job_with_the_reason(runner):
    code, said = runner.run(manifests="nowhere")

    assert code == 2
    assert "there is no file or folder nowhere" in said
    assert runner.files["GITHUB_STEP_SUMMARY"].read_text() == ""


def test_inputs_are_words_never_shell(runner):
    runner.run(manifests="deploy; touch gone\n$(touch gone)", gate="$(touch gone)", arguments="`touch gone`")

    assert not list(runner.repository.rglob("gone"))


def test_more_options_are_handed_on_word_by_word(runner):
    code, said = runner.run(manifests="deploy", arguments="--timings\n--gate\n3.7")

    assert code == 1
    assert "SECONDS by check" in said
    assert "gate 3.7" in said


def test_nothing_that_manifests_say_is_a_command_to_the_runner(runner):
    """All that may hold foreign text as it is stands where commands are off."""
    for n, text in enumerate(HOSTILE):
        name = json.dumps(text.encode("utf-8", "replace").decode())
        manifest = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{template: {{spec: {{containers: [{{name: {name}, image: x}}]}}}}}}\n"
        (runner.repository / "deploy" / f"{n}.yaml").write_text(manifest, "utf-8")
    code, said = runner.run(manifests="deploy")
    (token,) = re.findall(r"^::stop-commands::(\w{32})$", said, re.MULTILINE)
    before, _, rest = said.partition(f"::stop-commands::{token}\n")
    shown, _, after = rest.partition(f"::{token}::\n")

    assert code == 1, said
    assert "::" not in before
    assert "open items of 220" in shown
    assert all(line.startswith("::error title=") for line in after.splitlines() if line)
    assert len(annotations(after)) == 10
    assert "##[" not in after


def test_the_workflow_in_the_documents_is_one(checkout):
    text = (checkout / "docs" / "how-to" / "ci.md").read_text("utf-8")
    shown = [yaml.load(block, yaml.BaseLoader) for block in re.findall(r"```yml\n(.*?)```", text, re.DOTALL)]  # noqa: S506
    workflows = [row for row in shown if isinstance(row, dict) and "jobs" in row]

    assert workflows
    for workflow in workflows:
        assert list(vendored("github-workflows").iter_errors(workflow)) == []
