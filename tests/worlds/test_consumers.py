"""Reports before their real consumers: the API server with the definitions of OpenReports, promtool, the published schema of SARIF."""

import json
import os
import subprocess

import jsonschema
import pytest
import yaml
from msgspec import structs

from seatrial.app import trials
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.reporting import render
from seatrial.engine.assess import assess
from seatrial.reports._page import Page
from seatrial.testing.hostile import HOSTILE, grown, poisoned
from seatrial.testing.testbed import Missing, binary, install_crds, published, uninstall_crds

API = "/apis/openreports.io/v1alpha1"


def judged(trial):
    return assess(trial, installed_catalogue(), installed_checks(), "go-live", lambda: 0.0)


@pytest.fixture(scope="module")
def demo():
    return judged(trials.demo())


@pytest.fixture(scope="module")
def assessments(demo):
    """The demo, the demo with hostile texts everywhere, and a cluster in which nothing holds."""
    few = tuple(item for item in demo.items if item.id in {"3.1", "3.2", "16.1", "18.1"})
    small = structs.replace(demo, items=few)
    return {"demo": demo, "grown": grown(demo, 300)} | {
        f"hostile-{n}": poisoned(small, poison) for n, poison in enumerate(HOSTILE)
    }


@pytest.fixture(scope="module")
def open_reports(control_plane, without_servers):
    try:
        files = published.open_reports()
    except Missing as error:
        without_servers(str(error))
    crds = [yaml.safe_load(file.read_text("utf-8")) for file in files]
    install_crds(control_plane, crds)
    yield control_plane
    uninstall_crds(control_plane, crds)


def collection(report):
    namespace = report["metadata"].get("namespace")
    return f"{API}/namespaces/{namespace}/reports" if namespace else f"{API}/clusterreports"


def namespaces(reports):
    names = {report["metadata"].get("namespace") for report in reports} - {None}
    return [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in sorted(names)]


def test_the_api_server_takes_every_report_strictly(open_reports, state_world, assessments):
    """Unknown fields are refused, sizes are kept: as any consumer's server would have it."""
    taken = 0
    for name, assessment in assessments.items():
        reports = json.loads(render(assessment, "openreports", Page()))["items"]
        with state_world.holding(namespaces(reports)):
            for report in reports:
                status, answer = open_reports.request(
                    "POST", f"{collection(report)}?dryRun=All&fieldValidation=Strict", report
                )
                assert status == 201, f"{name}: {answer}"
                assert len(answer["results"]) == len(report["results"])
                taken += 1
    assert taken > 200


def test_kubectl_applies_the_file_twice(open_reports, state_world, demo, tmp_path):
    """The second time is the next run: the same reports are replaced."""
    file = tmp_path / "reports.json"
    file.write_text(render(demo, "openreports", Page()), "utf-8")
    reports = json.loads(file.read_text("utf-8"))["items"]
    with state_world.holding(namespaces(reports)):
        for _ in range(2):
            done = subprocess.run(
                [binary("kubectl"), "apply", "--server-side", "-f", file],
                capture_output=True,
                text=True,
                check=False,
                env={
                    "KUBECONFIG": str(open_reports.kubeconfig()),
                    "HOME": str(tmp_path),
                    "PATH": os.environ["PATH"],
                },
            )
            assert done.returncode == 0, done.stderr
            assert done.stdout.count("serverside-applied") == len(reports)
        summary = open_reports.request("GET", f"{API}/clusterreports/seatrial")[1]["summary"]
    assert summary == {"pass": 0, "fail": 16, "warn": 1, "error": 203, "skip": 0}


def test_promtool_finds_nothing_to_say(assessments, without_servers):
    try:
        promtool = binary("promtool")
    except Missing as error:
        without_servers(str(error))
    for name, assessment in assessments.items():
        done = subprocess.run(
            [promtool, "check", "metrics"],
            input=render(assessment, "prometheus", Page()),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), name


def test_sarif_is_valid_by_the_published_schema(assessments, without_servers):
    try:
        schema = published.sarif()
    except Missing as error:
        without_servers(str(error))
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    for name, assessment in assessments.items():
        log = json.loads(render(assessment, "sarif", Page()))
        assert [error.message for error in validator.iter_errors(log)] == [], name
