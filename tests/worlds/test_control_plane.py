"""What the testbed promises: objects written into etcd come back from a real API server as they were, and go again."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from seatrial.testing.testbed import ControlPlane, binary, install_crds, refusals, uninstall_crds
from seatrial.testing.testbed.etcd import PREFIX, key_of
from seatrial.testing.testbed.state_world import CREATED, StateWorld, path_of

OBJECTS = list(yaml.safe_load_all(Path(__file__).with_name("objects.yaml").read_text("utf-8")))
POD = next(row for row in OBJECTS if row["kind"] == "Pod")
each_object = pytest.mark.parametrize("row", OBJECTS, ids=lambda row: row["kind"])

SHIPS = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "ships.example.com"},
    "spec": {
        "group": "example.com",
        "names": {"plural": "ships", "kind": "Ship"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {"masts": {"type": "integer", "default": 3}},
                            },
                            "status": {"type": "object", "properties": {"afloat": {"type": "boolean"}}},
                        },
                    }
                },
            }
        ],
    },
}
SHIP = {
    "apiVersion": "example.com/v1",
    "kind": "Ship",
    "metadata": {"name": "gannet", "namespace": "sea", "uid": "00000000-0000-4000-8000-000000000201"},
    "spec": {},
    "status": {"afloat": True},
}


def pod(name, namespace="sea", **metadata):
    containers = [{"name": "app", "image": "registry.example.com/app:1"}]
    metadata = {"name": name, "namespace": namespace, **metadata}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": containers}}


def read(plane, row):
    status, answer = plane.request("GET", path_of(plane, row))
    assert status == 200, answer
    return answer


def lost(wanted, found, at=""):
    """Where ``found`` does not hold what was wanted; what the server adds by default is no loss."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return [line for key in wanted for line in lost(wanted[key], found.get(key), f"{at}.{key}")]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [
            line
            for i, pair in enumerate(zip(wanted, found, strict=True))
            for line in lost(*pair, f"{at}[{i}]")
        ]
    return [] if wanted == found else [f"{at}: {wanted!r} became {found!r}"]


def everything(plane):
    """Every key of the server and its value, less the leases that it renews by itself."""
    keys = [key for key in plane.etcd.revisions() if "/apiserver-" not in key]
    return plane.etcd.get(keys)


@pytest.fixture(scope="module")
def ships(control_plane):
    install_crds(control_plane, [SHIPS])
    yield
    uninstall_crds(control_plane, [SHIPS])


@each_object
def test_each_kind_comes_back_with_age_uid_owner_and_status(row, control_plane, state_world):
    with state_world.holding([row]):
        assert lost(row, read(control_plane, row)) == []
        _, answer = control_plane.request("GET", path_of(control_plane, row, collection=True))

    assert row["metadata"]["uid"] in {item["metadata"]["uid"] for item in answer["items"]}


@each_object
def test_each_kind_as_it_stands_is_one_that_a_server_takes(row, lenient_plane):
    assert refusals(lenient_plane, [row]) == []


def test_every_object_of_an_empty_server_stands_where_it_would_be_written(control_plane):
    """Every served kind, and nothing else but what the server counts and renews for itself."""
    _, groups = control_plane.request("GET", "/apis")
    versions = ["v1", *(row["preferredVersion"]["groupVersion"] for row in groups["groups"])]
    found = set()
    for version in versions:
        place = f"/apis/{version}" if "/" in version else f"/api/{version}"
        for resource in control_plane.request("GET", place)[1]["resources"]:
            if "list" in resource["verbs"] and resource["name"] != "componentstatuses":
                _, answer = control_plane.request("GET", f"{place}/{resource['name']}")
                found |= {key_of({**row, "apiVersion": version}, resource["name"]) for row in answer["items"]}
    unseen = (f"{PREFIX}ranges/", f"{PREFIX}peerserverleases/")

    assert found == {key for key in control_plane.etcd.revisions() if not key.startswith(unseen)}


def test_uid_age_and_namespace_are_filled_in_and_the_same_each_time(control_plane, state_world):
    seen = []
    for _ in range(2):
        with state_world.holding([pod("a"), pod("b")]):
            namespace = read(
                control_plane, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "sea"}}
            )
            seen.append(
                [row["metadata"]["uid"] for row in (namespace, *(read(control_plane, pod(n)) for n in "ab"))]
            )
            assert namespace["metadata"]["labels"] == {"kubernetes.io/metadata.name": "sea"}
            assert read(control_plane, pod("a"))["metadata"]["creationTimestamp"] == CREATED

    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 3


def test_what_a_world_brings_itself_is_not_filled_in(control_plane, state_world):
    sea = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "sea", "labels": {"is": "deep"}}}
    with state_world.holding([pod("a"), sea]):
        assert read(control_plane, sea)["metadata"]["labels"]["is"] == "deep"


def test_an_object_that_could_not_be_seen_is_refused(control_plane, state_world):
    before = everything(control_plane)
    for wrong, says in (
        (pod("a", None), "Pod a needs a namespace"),
        ({**pod("a"), "kind": "Node"}, "Node a stands in no namespace"),
    ):
        with pytest.raises(ValueError, match=says), state_world.holding([wrong]):
            pytest.fail("it was written")
    with (
        pytest.raises(LookupError, match=r"does not serve example.com/v1 Boat"),
        state_world.holding([{**SHIP, "kind": "Boat"}]),
    ):
        pytest.fail("it was written")

    assert everything(control_plane) == before


def test_a_mirror_pod_stands_with_its_marks_and_its_node_as_owner(control_plane, state_world):
    owner = {"apiVersion": "v1", "kind": "Node", "name": "n1", "uid": "00000000-0000-4000-8000-000000000102"}
    marks = {
        f"kubernetes.io/config.{mark}": value
        for mark, value in {"mirror": "5f2", "hash": "5f2", "source": "file", "seen": CREATED}.items()
    }
    mirror = pod("etcd-n1", "kube-system", annotations=marks, ownerReferences=[{**owner, "controller": True}])
    mirror["spec"] |= {
        "nodeName": "n1",
        "hostNetwork": True,
        "priority": 2000001000,
        "priorityClassName": "any",
    }
    with state_world.holding([mirror]):
        assert lost(mirror, read(control_plane, mirror)) == []


def test_a_pod_that_the_server_would_refuse_today_stands(control_plane, state_world):
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    sea = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "sea", "labels": labels}}
    account = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "default", "namespace": "sea"},
    }
    old = pod("old")
    old["spec"]["containers"][0]["securityContext"] = {"privileged": True}
    with state_world.holding([sea, account, old]):
        assert lost(old, read(control_plane, old)) == []
        again = {**old, "metadata": {"name": "again", "namespace": "sea"}}
        status, answer = control_plane.request("POST", path_of(control_plane, again, collection=True), again)

    assert status == 403
    assert "violates PodSecurity" in answer["message"]


def test_lists_are_paged(control_plane, state_world):
    names = [f"p{i}" for i in range(7)]
    pages, token = [], ""
    with state_world.holding([pod(name) for name in names]):
        while not pages or token:
            _, page = control_plane.request("GET", f"/api/v1/namespaces/sea/pods?limit=3&continue={token}")
            pages.append([row["metadata"]["name"] for row in page["items"]])
            token = page["metadata"].get("continue", "")

    assert pages == [names[:3], names[3:6], names[6:]]


@pytest.mark.usefixtures("ships")
def test_a_custom_resource_is_defaulted_and_keeps_its_status(control_plane, state_world):
    with state_world.holding([SHIP]):
        found = read(control_plane, SHIP)

    assert lost(SHIP, found) == []
    assert found["spec"] == {"masts": 3}


def test_definitions_come_from_files_and_go_again(control_plane, tmp_path):
    file = tmp_path / "boats.yaml"
    text = yaml.safe_dump(SHIPS).replace("ships", "boats").replace("Ship", "Boat")
    file.write_text(text)
    install_crds(control_plane, [file])
    served = control_plane.request("GET", "/apis/example.com/v1/boats")[0]
    uninstall_crds(control_plane, [yaml.safe_load(text)])

    assert served == 200
    assert control_plane.request("GET", "/apis/example.com/v1/boats")[0] == 404


def test_clearing_restores_exactly_what_stood_before(control_plane, state_world):
    """Objects of the server that a world replaces, and what was created, changed and deleted through the API meanwhile."""
    before = everything(control_plane)
    default = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default", "labels": {"a": "b"}}}
    merge = "application/merge-patch+json"
    with state_world.holding([*OBJECTS, default]):
        assert read(control_plane, default)["metadata"]["labels"]["a"] == "b"
        settings = {"metadata": {"name": "x", "namespace": "shop"}, "apiVersion": "v1", "kind": "ConfigMap"}
        ask = control_plane.request
        assert ask("POST", "/api/v1/namespaces/shop/configmaps", settings)[0] == 201
        assert (
            ask("PATCH", "/api/v1/namespaces/kube-public", {"metadata": {"labels": {"a": "b"}}}, merge)[0]
            == 200
        )
        assert ask("DELETE", "/apis/rbac.authorization.k8s.io/v1/clusterroles/view")[0] == 200
        assert ask("DELETE", path_of(control_plane, POD))[0] == 200

    assert everything(control_plane) == before
    labels = read(control_plane, default)["metadata"]["labels"]
    assert labels == {"kubernetes.io/metadata.name": "default"}


def test_a_world_within_a_world_leaves_the_outer_one(control_plane):
    with StateWorld(control_plane).holding([pod("outer")]):
        outer = everything(control_plane)
        with StateWorld(control_plane).holding([pod("inner"), pod("outer", labels={"changed": "yes"})]):
            assert read(control_plane, pod("outer"))["metadata"]["labels"] == {"changed": "yes"}

        assert everything(control_plane) == outer


def test_a_world_goes_when_its_test_fails(control_plane, state_world):
    before = everything(control_plane)
    with pytest.raises(KeyboardInterrupt), state_world.holding([pod("a")]):
        raise KeyboardInterrupt

    assert everything(control_plane) == before


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"spec": {"containers": [{"name": "app", "image": "a", "resurces": {}}]}}, "unknown field"),
        ({"spec": {"containers": [{"name": "app"}]}}, "spec.containers[0].image: Required value"),
        ({"spec": {"containers": [{"name": "APP", "image": "a"}]}}, "spec.containers[0].name: Invalid value"),
        ({"spec": {"containers": []}}, "spec.containers: Required value"),
    ],
)
def test_an_object_that_is_none_is_refused_and_named(change, says, lenient_plane):
    (found,) = refusals(lenient_plane, [pod("good"), {**pod("bad"), **change}])

    assert found.startswith("Pod sea/bad: ")
    assert says in found


def test_validating_leaves_nothing(lenient_plane):
    before = everything(lenient_plane)
    refusals(lenient_plane, OBJECTS)

    assert everything(lenient_plane) == before


def test_users_have_the_rights_that_their_groups_are_given(control_plane, state_world, tmp_path):
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "crew-view"},
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "ClusterRole",
            "name": "system:aggregate-to-view",
        },
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "crew"}],
    }

    def get(user, groups, path):
        asked = [
            binary("kubectl"),
            "--kubeconfig",
            control_plane.kubeconfig(user, groups),
            "get",
            "--raw",
            path,
        ]
        home = {**os.environ, "HOME": str(tmp_path)}
        return subprocess.run(asked, capture_output=True, text=True, check=False, env=home)

    with state_world.holding([binding]):
        seen = next(done for _ in range(50) if (done := get("ann", ["crew"], "/api/v1/pods")).returncode == 0)
        stranger = get("ben", [], "/api/v1/pods")
        secrets = get("ann", ["crew"], "/api/v1/secrets")

    assert '"items":[]' in seen.stdout
    assert 'User "ben" cannot list resource "pods"' in stranger.stderr
    assert 'User "ann" cannot list resource "secrets"' in secrets.stderr
    assert '"items":[]' in get("admin", ["system:masters"], "/api/v1/secrets").stdout


def test_a_server_that_does_not_start_shows_its_log_and_leaves_nothing():
    plane = ControlPlane("--no-such-flag")
    with pytest.raises(RuntimeError, match="unknown flag: --no-such-flag"), plane:
        pytest.fail("it started")

    assert not plane.folder.exists()


def test_an_interrupted_start_leaves_nothing(monkeypatch):
    plane, started = ControlPlane(), []

    def interrupted():
        started.extend(process.pid for process in plane._processes)
        raise KeyboardInterrupt

    monkeypatch.setattr(plane, "_wait", interrupted)
    with pytest.raises(KeyboardInterrupt), plane:
        pytest.fail("it started")

    assert len(started) == 2
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]
    assert not plane.folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells processes that their parent is gone")
@pytest.mark.usefixtures("control_plane")
def test_servers_end_with_a_run_that_is_killed(tmp_path):
    code = (
        "import sys\nfrom seatrial.testing.testbed import ControlPlane\n"
        "with ControlPlane() as plane:\n"
        "    print(*(process.pid for process in plane._processes), flush=True)\n    sys.stdin.read()\n"
    )
    asked, there = [sys.executable, "-c", code], {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=there) as run:
        servers = [os.pidfd_open(int(pid)) for pid in run.stdout.readline().split()]
        run.send_signal(signal.SIGKILL)
    ended = [select.select([server], [], [], 30)[0] for server in servers]
    for server in servers:
        os.close(server)

    assert ended == [[server] for server in servers]
    assert len(servers) == 2
