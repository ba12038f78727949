"""The component: its job is one by GitLab's published schema, and its script runs as a runner would run it."""

import json
import re
import subprocess
from importlib import metadata, resources

import jsonschema
import pytest
import yaml

SHELL = ("sh", "-ec")


@pytest.fixture(scope="session")
def component(checkout):
    """The inputs, and the text of the jobs."""
    spec, _, jobs = (checkout / "templates" / "seatrial.yml").read_text("utf-8").partition("\n---\n")
    return yaml.safe_load(spec)["spec"]["inputs"], jobs


def filled(component, **given):
    """The jobs as GitLab makes them of the inputs."""
    inputs, jobs = component
    values = {name: row["default"] for name, row in inputs.items()} | given
    shown = {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in values.items()
    }
    return yaml.safe_load(re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda found: shown[found[1]], jobs))


def run(job, repository, environment):
    variables = {name: value or "" for name, value in job["variables"].items()}
    done = subprocess.run(
        [*SHELL, "\n".join(job["script"])],
        capture_output=True,
        text=True,
        check=False,
        cwd=repository,
        env=environment | variables,
    )
    return done.returncode, done.stdout + done.stderr


def test_its_job_is_one_by_the_published_schema(component):
    place = resources.files("check_jsonschema.builtin_schemas.vendor").joinpath("gitlab-ci.json")
    schema = json.loads(place.read_text("utf-8"))

    assert list(jsonschema.Draft7Validator(schema).iter_errors(filled(component, manifests="deploy"))) == []


def test_each_input_is_used_and_each_that_is_used_is_there(component):
    inputs, jobs = component

    assert set(re.findall(r"\$\[\[ inputs\.(\w+) \]\]", jobs)) == set(inputs)
    assert inputs["version"]["default"] == f"v{metadata.version('seatrial')}"


def test_manifests_that_fail_fail_the_job_and_leave_the_reports(component, repository, environment):
    job = filled(component, manifests="deploy tools")["seatrial"]
    code, said = run(job, repository, environment)

    assert code == 1, said
    assert "open items of 220" in said
    names = {path.name for path in (repository / "seatrial-reports").iterdir()}
    assert names == {"junit.xml", "report.html", "seatrial.json", "seatrial.trial", "summary.md"}
    assert job["artifacts"]["reports"]["junit"] == "seatrial-reports/junit.xml"


@pytest.mark.parametrize(("allow", "expected"), [(False, 1), (True, 3)])
def test_what_cannot_be_told_is_a_warning_only_where_it_is_allowed(
    component, repository, environment, allow, expected
):
    """3 is the one exit code that GitLab shows as a warning."""
    job = filled(component, manifests="tools", allow_unknown=allow)["seatrial"]

    assert run(job, repository, environment)[0] == expected
    assert job["allow_failure"] == {"exit_codes": [3]}


def test_usage_that_is_wrong_fails_the_job(component, repository, environment):
    code, said = run(filled(component, manifests="nowhere")["seatrial"], repository, environment)

    assert code == 2
    assert "there is no file or folder nowhere" in said


def test_variables_are_words_never_shell(component, repository, environment):
    job = filled(component)["seatrial"]
    job["variables"] |= {"SEATRIAL_MANIFESTS": "$(touch gone) *", "SEATRIAL_GATE": "`touch gone`;touch gone"}
    run(job, repository, environment)

    assert not list(repository.rglob("gone"))
