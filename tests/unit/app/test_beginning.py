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
from seatrial.model.outcome import Outcome
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

    assert loaded(text).scope.platform_namespaces == ("monitoring",)
    assert '- "monitoring"   # nothing runs here but Prometheus, Alertmanager' in text
    assert '#   - "mixed"   # Vault' in text
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
        + more.replace('owner: ""', "owner: o").replace('reason: ""', "reason: r")
    )

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


@pytest.mark.parametrize("world", [CLUSTER, World("")], ids=["cluster", "empty"])
def test_judging_with_it_makes_no_fail_a_pass(world):
    trial = recorded(world)
    before = judged(trial, trial.profile)
    after = judged(trial, loaded(beginning.profile_text(trial)))

    assert not [id for id in after if after[id] is Outcome.PASS and before[id] is not Outcome.PASS]


HOSTILE = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@given(HOSTILE, HOSTILE, HOSTILE)
@settings(max_examples=40)
def test_no_text_of_a_cluster_changes_what_the_profile_says(name, context, label):
    trial = recorded(CLUSTER)
    trial = structs.replace(
        trial, name=name, cluster=structs.replace(trial.cluster, context=context, server=label, uid=name)
    )
    text = beginning.profile_text(trial)

    assert set(yaml.safe_load(text)) <= {"apiVersion", "kind", "name", "cluster", "stage", "scope"}
    assert loaded(text).scope.platform_namespaces == ("monitoring",)
