"""``seatrial init``: a profile that loads, says why it guesses what, and excludes nothing by a guess."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from seatrial.app import beginning, trials
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.profile import parse_profile
from seatrial.cli.main import main
from seatrial.engine.assess import assess
from seatrial.engine.plan import needs_of
from seatrial.kit import World
from seatrial.model.errors import UserError
from seatrial.model.evidence import Cause, Gap
from seatrial.model.profile import Profile
from seatrial.needs import kube
from seatrial.testing.worlds import hold, trial_of


def namespace(name, labels="{}"):
    return f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {labels}}}\n"


def pod(name, place, image):
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: {place}}}
spec: {{containers: [{{name: c, image: "{image}"}}]}}
status: {{phase: Running}}
"""


CLUSTER = World("---\n".join([
    namespace("monitoring"), pod("p", "monitoring", "quay.io/prometheus/prometheus:v3.1.0"),
    pod("a", "monitoring", "quay.io/prometheus/alertmanager@sha256:" + "a" * 64),
    namespace("mixed"), pod("v", "mixed", "docker.io/hashicorp/vault:1.17"), pod("w", "mixed", "registry.example/web:1"),
    namespace("shop", "{capsule.clastix.io/tenant: blue}"), pod("s", "shop", "registry.example/prometheus/prometheus-fake:1"),
]))  # fmt: skip


def recorded(world):
    return trial_of(hold(world), needs_of(installed_checks()))


def loaded(text):
    return parse_profile(text.encode(), "seatrial.yaml", installed_catalogue(), {})


def test_namespaces_are_sorted_by_what_runs_there():
    text = beginning.profile_text(recorded(CLUSTER))

    assert loaded(text).scope.platform_namespaces == ()
    assert '#   - "monitoring"   # nothing else was seen here than Prometheus, Alertmanager\n' in text
    assert '#   - "mixed"   # Vault, and more\n' in text
    assert "#   shop: 1 images · tenant capsule.clastix.io/tenant=blue" in text


def test_components_are_named_with_their_reason_and_a_likeness_is_none():
    text = beginning.profile_text(recorded(CLUSTER))

    assert "#   monitoring: Prometheus (image quay.io/prometheus/prometheus in monitoring)" in text
    assert "#   secrets: Vault (image docker.io/hashicorp/vault in mixed)" in text
    assert "prometheus-fake" not in text


def test_the_demo_gets_a_profile_that_belongs_to_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert main(["init", "--demo"]) == 0
    found = trials.choose_profile(None)
    assert found.cluster.uid == trials.demo().cluster.uid
    assert not (found.waivers)
    assert not (found.not_applicable)
    assert not (found.accepts)
    assert not (found.scope.excluded)
    before = (tmp_path / "seatrial.yaml").read_bytes()
    capsys.readouterr()
    assert main(["init", "--demo"]) == 2
    assert "seatrial.yaml is there already" in capsys.readouterr().err
    assert (tmp_path / "seatrial.yaml").read_bytes() == before


def test_every_proposal_is_valid_once_somebody_answers_for_it():
    lines = beginning.profile_text(trials.demo()).splitlines()
    scope = lines[lines.index("# scope:") :]
    scope = scope[: next(at for at, line in enumerate(scope) if line.startswith("# Applications"))]
    start = lines.index("# declares:")
    text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines[start:])
    conditional = lines[lines.index("# notApplicable:") : start]
    ones = {}
    for line in conditional:
        if line.startswith("# - {item"):
            ones.setdefault(line.split('"')[1], line.removeprefix("# "))
    more = "notApplicable:\n" + "\n".join(ones.values()) + "\n" + text
    found = loaded(
        "apiVersion: seatrial/v1alpha1\nkind: Platform\n"
        + "\n".join(line.removeprefix("# ") for line in scope)
        + "\n"
        + more.replace('owner: ""', "owner: o").replace('reason: ""', "reason: r")
    )

    assert found.scope.platform_namespaces == ("observability",)
    assert {row.name for row in found.declares.critical_components} == {
        "alert-router",
        "boards",
        "metrics-store",
        "trace-collector",
    }
    assert len(found.declares.node_services) == 3
    assert len(found.declares.scheduled_tasks) == 6
    assert len(found.not_applicable) > 40


def judged(trial, profile):
    found = assess(
        structs.replace(trial, profile=profile),
        installed_catalogue(),
        installed_checks(),
        "go-live",
        lambda: 0.0,
    )
    return {item.id: item.outcome for item in found.items}


LIMITED = pod("s", "shop", "registry.example/web:1").replace(
    '"}]', '", resources: {limits: {cpu: "1", memory: 1Gi}, requests: {cpu: "1", memory: 1Gi}}}]'
)
ONLY_THE_PLATFORM_FAILS = World("---\n".join([
    namespace("monitoring"), pod("p", "monitoring", "quay.io/prometheus/prometheus:v3.1.0"), namespace("shop"), LIMITED,
]))  # fmt: skip


@pytest.mark.parametrize(
    "trial",
    [recorded(CLUSTER), recorded(World("")), recorded(ONLY_THE_PLATFORM_FAILS), trials.demo()],
    ids=["cluster", "empty", "only the platform fails", "demo"],
)
def test_judging_with_it_changes_no_verdict(trial):
    before = judged(trial, Profile())

    assert judged(trial, loaded(beginning.profile_text(trial))) == before


def test_what_was_not_read_is_said():
    trial = trials.demo()
    refused = {
        need: structs.replace(answer, chunks=(), gaps=(Gap(need, Cause.REFUSED, "forbidden\n# scope:"),))
        for need, answer in trial.evidence.items()
        if need != kube.CRON_JOBS.id
    }
    text = beginning.profile_text(structs.replace(trial, evidence=refused))

    for what in ("what is served", "namespaces", "pods", "daemonsets"):
        assert f"# NOT READ: {what} (refused: forbidden·# scope:)\n" in text
    assert "# NOT READ: cronjobs (this trial did not ask for it)\n" in text
    assert "NOT READ" not in beginning.profile_text(trial)
    assert loaded(text).cluster == loaded(beginning.profile_text(trial)).cluster


@pytest.mark.parametrize("word", ["owner", "reason"])
def test_a_proposal_that_nobody_answers_for_is_refused(word):
    row = {"item": "5.5", "condition": "bgp-not-used", "owner": "net", "reason": "no routers", word: " "}
    text = yaml.safe_dump({"apiVersion": "seatrial/v1alpha1", "kind": "Platform", "notApplicable": [row]})

    with pytest.raises(UserError, match=rf"seatrial.yaml:\d+: notApplicable.0.{word} is empty"):
        loaded(text)


def test_options_that_would_be_of_no_effect_are_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for words in (
        ["--demo", "--context", "x"],
        ["--demo", "--ticks", "x.md"],
        ["--ticks", "x.md", "--context", "y"],
    ):
        assert main(["init", *words]) == 2
        assert capsys.readouterr().err.startswith("error: --")
    assert list(tmp_path.iterdir()) == []


HOSTILE = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@given(HOSTILE, HOSTILE, HOSTILE)
@settings(max_examples=40)
def test_no_text_of_a_cluster_changes_what_the_profile_says(name, context, label):
    trial = recorded(CLUSTER)
    trial = structs.replace(
        trial, name=name, cluster=structs.replace(trial.cluster, context=context, server=label, uid=name)
    )
    text = beginning.profile_text(trial)

    assert set(yaml.safe_load(text)) <= {"apiVersion", "kind", "name", "cluster", "stage"}
    assert loaded(text).kind == "Platform"
