"""Manifests as a source: what they show is judged as declared, what they cannot show is a gap."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.inventory.views import Views
from seatrial.model.errors import UserError
from seatrial.model.evidence import Cause, Unseen
from seatrial.needs import kube
from seatrial.sources.manifests import ManifestsSource
from seatrial.wire.chunks import unpack
from seatrial.wire.pod import Pod

TEMPLATE = "template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: i, env: [{name: P, value: hunter2}]}]}}"
DEPLOYMENT = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, namespace: shop}}\nspec: {{selector: {{matchLabels: {{app: a}}}}, {TEMPLATE}}}\n"


def source(folder, text, name="a.yaml"):
    (folder / name).write_text(text)
    return ManifestsSource([str(folder)])


def pods(found):
    return [pod for chunk in found.ask(kube.PODS).chunks for pod in unpack(chunk, Pod)]


@pytest.mark.parametrize(
    ("api", "kind", "spec"),
    [("apps/v1", "Deployment", f"{{{TEMPLATE}}}"), ("apps/v1", "StatefulSet", f"{{{TEMPLATE}}}"), ("apps/v1", "DaemonSet", f"{{{TEMPLATE}}}"),
     ("batch/v1", "Job", f"{{{TEMPLATE}}}"), ("batch/v1", "CronJob", f"{{jobTemplate: {{spec: {{{TEMPLATE}}}}}}}"),
     ("v1", "ReplicationController", f"{{{TEMPLATE}}}"), ("argoproj.io/v1alpha1", "Rollout", f"{{{TEMPLATE}}}")],
)  # fmt: skip
def test_every_pod_template_is_a_pod(tmp_path, api, kind, spec):
    (pod,) = pods(
        source(tmp_path, f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: web}}\nspec: {spec}\n")
    )

    assert (pod.namespace, pod.metadata.owner_references[0].kind) == ("default", kind)
    assert pod.status is None


def test_lists_and_json_are_read_and_each_object_has_its_line(tmp_path):
    rows = [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}} for name in "ab"]
    found = source(tmp_path, json.dumps({"apiVersion": "v1", "kind": "List", "items": rows}), "a.json")

    assert found.ask(kube.SERVICES).count == 2
    text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: c}\n- apiVersion: v1\n  kind: Service\n  metadata: {name: d}\n"
    found = source(tmp_path, text, "b.yaml")
    assert found.locations["", "Service", "default", "d"].endswith("b.yaml:7")


def test_secrets_are_in_no_byte(tmp_path):
    import zstandard

    found = source(tmp_path, DEPLOYMENT)
    for need in (kube.PODS, kube.DEPLOYMENTS):
        (chunk,) = found.ask(need).chunks
        assert b"hunter2" not in zstandard.ZstdDecompressor().decompress(chunk.data)


def test_what_manifests_cannot_show_is_a_gap(tmp_path):
    found = source(tmp_path, DEPLOYMENT)

    assert [gap.cause for gap in found.ask(kube.NODES).gaps] == [Cause.NOT_RECORDED]
    assert found.ask(kube.PRIORITY_CLASSES).gaps
    assert found.ask(kube.DISCOVERY).gaps
    assert [(gap.namespace, gap.name) for gap in found.ask(kube.NAMESPACES).gaps] == [("", "shop")]
    assert not found.ask(kube.SERVICES).gaps


def test_an_object_of_a_wrong_shape_is_one_gap_with_its_line(tmp_path):
    text = (
        DEPLOYMENT
        + "---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: 80}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: t}\n"
    )
    from datetime import UTC, datetime

    from seatrial.app.collect import collect, quiet
    from seatrial.model.profile import Profile
    from seatrial.wire.network import Service

    trial = collect(source(tmp_path, text), (kube.SERVICES,), Profile(), quiet, declared=True)
    table = Views(trial, datetime.now(UTC)).table(kube.SERVICES, Service)

    assert table.find("default", "t")
    with pytest.raises(Unseen, match="ports"):
        table.find("default", "s")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [("Chart.yaml", "name: x", "helm template NAME"), ("kustomization.yaml", "resources: []", "kubectl kustomize"),
     ("a.yaml", "just: text", "no Kubernetes object"), ("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {}", "no metadata.name"),
     ("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: 5}", "metadata.namespace is no text"),
     ("a.yaml", "- 1\n- 2", "no Kubernetes object"), ("a.txt", "x", "no Kubernetes object in")],
)  # fmt: skip
def test_what_is_no_plain_manifest_is_refused_with_the_cure(tmp_path, name, text, says):
    (tmp_path / name).write_text(text)

    with pytest.raises(UserError) as caught:
        ManifestsSource([str(tmp_path)])
    assert says in f"{caught.value.message} {caught.value.hint}"


def test_a_link_that_leads_out_is_refused(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "a.yaml").write_text(DEPLOYMENT)
    (inside / "a.yaml").symlink_to(outside / "a.yaml")

    with pytest.raises(UserError, match="leads out of"):
        ManifestsSource([str(inside)])


def test_the_later_of_two_objects_of_one_name_counts(tmp_path):
    text = "apiVersion: v1\nkind: Service\nmetadata: {name: a, labels: {v: '1'}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a, labels: {v: '2'}}\n"
    (chunk,) = source(tmp_path, text).ask(kube.SERVICES).chunks

    assert [row["metadata"]["labels"] for row in unpack(chunk, dict)] == [{"v": "2"}]


def test_standard_input_is_judged_and_marked_declared(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "seatrial", "assess", "--manifests", "-", "-o", "json"],
        input=DEPLOYMENT, capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    told = json.loads(done.stdout)
    claims = {claim["id"]: claim for item in told["items"] for claim in item["claims"]}

    assert told["declared"]
    assert claims["memory-limit"]["outcome"] == "fail"
    assert claims["memory-limit"]["proof"] == "declared"
    assert claims["stateful-replicas-ready"]["outcome"] == "unknown"
    assert done.returncode == 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["spec", "template", "containers", "metadata", "name", "labels", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_shape_is_read_or_refused(tmp_path_factory, value):
    folder = tmp_path_factory.mktemp("any")
    row = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": value}
    (folder / "a.json").write_text(json.dumps(row))
    found = ManifestsSource([str(folder)])
    for need in (kube.PODS, kube.DEPLOYMENTS):
        answer = found.ask(need)

        assert answer.count or answer.gaps or need == kube.PODS


@pytest.mark.parametrize(("kind", "is_open"), [("Alertmanager", True), ("ServiceMonitor", False)])
def test_custom_resources_may_bring_pods_that_nobody_sees(tmp_path, kind, is_open):
    text = (
        DEPLOYMENT
        + f"---\napiVersion: monitoring.coreos.com/v1\nkind: {kind}\nmetadata: {{name: a, namespace: shop}}\n"
    )

    assert bool(source(tmp_path, text).ask(kube.PODS).gaps) is is_open


@pytest.mark.parametrize(
    "volume", ["{name: tmp}", "{name: tmp, emptyDir: null}", "{name: tmp, emptyDir: {}}"]
)
def test_a_volume_without_a_source_is_an_empty_directory(tmp_path, volume):
    text = (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [], volumes: [{volume}]}}\n"
    )
    (pod,) = pods(source(tmp_path, text))

    assert pod.spec.volumes[0].empty_dir is not None
