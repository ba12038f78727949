"""The evaluator of the Pod Security Standards against the PodSecurity admission of a real API server.

For each level and version there is a namespace that enforces it. A pod is created there as a dry run, and the controls
that the refusal names must be those that the evaluator finds, no more and no fewer.
"""

import json
import random
import re

import msgspec
import pytest

from seatrial.semantics.pod_security import ENFORCE, ENFORCE_VERSION, NEWEST, enforced, violations
from seatrial.testing.pod_security import ALONE, mixed
from seatrial.testing.testbed.state_world import StateWorld
from seatrial.wire.chunks import without_nulls
from seatrial.wire.pod import Pod

LEVELS = ("baseline", "restricted")
VERSIONS = (*(f"v1.{minor}" for minor in range(NEWEST + 1)), "latest", f"v1.{NEWEST + 1}", "v1.99")
CHANGES = (8, 19, 22, 23, 25, 27, 29, 31, 32, 34, 35)
"""The versions in which a control begins, ends or changes."""
EDGES = {"v1.0", f"v1.{NEWEST}", "latest", *(f"v1.{at}" for change in CHANGES for at in (change - 1, change))}

CONTROLS = {
    "allowPrivilegeEscalation != false": "allowPrivilegeEscalation",
    "forbidden AppArmor profile": "appArmorProfile",
    "forbidden AppArmor profiles": "appArmorProfile",
    "forbidden sysctls": "sysctls",
    "host namespaces": "hostNamespaces",
    "hostPath volumes": "hostPathVolumes",
    "hostPort": "hostPorts",
    "hostProcess": "windowsHostProcess",
    "non-default capabilities": "capabilities",
    "privileged": "privileged",
    "probe or lifecycle host": "hostProbesAndHostLifecycle",
    "procMount": "procMount",
    "restricted volume types": "restrictedVolumes",
    "runAsNonRoot != true": "runAsNonRoot",
    "runAsUser=0": "runAsUser",
    "seLinuxOptions": "seLinuxOptions",
    "seccompProfile": "seccompProfile",
    "unrestricted capabilities": "capabilities",
}
"""What the server calls each control."""
VIOLATES = re.compile(r'violates PodSecurity "(?P<standard>[^"]*)": (?P<said>.*)', re.DOTALL)

CREATED = [case for case in ALONE if not case.stored]
DEBUGGED = [case for case in ALONE if "ephemeralContainers" in case.pod["spec"]]
(OLD,) = (case for case in ALONE if case.stored and case not in DEBUGGED)
OLD_PLACE, OLD_POD = "unlabelled", "old"
(NODES_NETWORK,) = (case.pod for case in ALONE if case.name == "the node's network")
BREAKING = [case for case in CREATED if case.broken]
MIXTURES = [random.Random(seed).sample(BREAKING, 2) for seed in range(60)]  # noqa: S311  # the same each time


def name_of(level, version):
    return f"{level}-{version.replace('.', '-')}"


def namespace(level, version):
    labels = {ENFORCE: level, ENFORCE_VERSION: version}
    name = name_of(level, version)
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": name}},
    ]


def before_debugging(case, level, version):
    """The pod as it stands there before a container for debugging is added."""
    spec = {key: value for key, value in case.pod["spec"].items() if key != "ephemeralContainers"}
    metadata = {"name": f"debugged-{DEBUGGED.index(case)}", "namespace": name_of(level, version)}
    return {**case.pod, "metadata": metadata, "spec": {**spec, "serviceAccountName": "default"}}


@pytest.fixture(scope="module")
def server(control_plane):
    rows = [row for version in VERSIONS for level in LEVELS for row in namespace(level, version)]
    rows += namespace("privileged", "latest")
    rows += [
        before_debugging(case, level, version)
        for case in DEBUGGED
        for level in LEVELS
        for version in VERSIONS
    ]
    rows.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": OLD_PLACE}})
    rows.append({**OLD.pod, "metadata": {"name": OLD_POD, "namespace": OLD_PLACE}})
    with StateWorld(control_plane).holding(rows):
        yield control_plane


def create(server, pod, level, version):
    path = f"/api/v1/namespaces/{name_of(level, version)}/pods?dryRun=All&fieldValidation=Strict"
    return server.request("POST", path, pod)


def refused(answer, level, version):
    """The controls that a server's answer says are broken."""
    status, body = answer
    if status in {200, 201}:
        return set()
    found = VIOLATES.search(body["message"])
    assert status == 403, body["message"]
    assert found, body["message"]
    assert found["standard"] == f"{level}:{version}"
    return controls(re.sub(r" \([^()]*\)", "", found["said"]))


def controls(said):
    return {CONTROLS[words] for words in said.split(", ")}


def read(pod):
    return msgspec.convert(without_nulls(pod), type=Pod)


def broken(pod, level, version):
    """The controls that the evaluator finds; for a newer version than the server's it takes the server's newest, too."""
    minor = enforced({ENFORCE: level, ENFORCE_VERSION: version}).minor
    newest = NEWEST if minor is None else min(minor, NEWEST)
    return {row.control for row in violations(pod, level, newest)}


def compare(server, pod, versions):
    """How often the server was asked. Every disagreement is named."""
    status, admitted = create(server, pod, "privileged", "latest")
    assert status == 201, admitted["message"]
    written, admitted = read(pod), read(admitted)
    apart = []
    for level in LEVELS:
        for version in versions:
            says = refused(create(server, pod, level, version), level, version)
            as_written, as_admitted = broken(written, level, version), broken(admitted, level, version)
            if not says == as_written == as_admitted:
                apart.append((level, version, says, as_written, as_admitted))
    assert apart == []
    return len(LEVELS) * len(versions)


def test_the_server_is_of_the_newest_version_that_is_known(server):
    """Else the versions that it is asked for would silently be older ones: it takes its newest for a newer one."""
    assert server.request("GET", "/version")[1]["minor"] == str(NEWEST)


@pytest.mark.parametrize("case", CREATED, ids=lambda case: case.name)
def test_each_control_is_broken_where_the_server_says_so(case, server, compared):
    compared.append(compare(server, case.pod, [version for version in VERSIONS if version in EDGES]))


@pytest.mark.parametrize("name", ["nothing", "no security context at all", "a Windows pod"])
def test_between_the_changes_and_after_the_newest_version_nothing_changes(name, server, compared):
    pod = next(case.pod for case in CREATED if case.name == name)
    compared.append(compare(server, pod, [version for version in VERSIONS if version not in EDGES]))


def test_several_broken_controls_are_all_named(server, compared):
    taken = 0
    for one, other in MIXTURES:
        pod = mixed(one.pod, other.pod)
        if create(server, pod, "privileged", "latest")[0] == 422:
            continue  # the two do not go together in one pod
        compared.append(compare(server, pod, ["v1.0", "v1.18", "v1.24", "v1.30", "latest"]))
        taken += 1
    assert taken > len(MIXTURES) / 2


@pytest.mark.parametrize("case", DEBUGGED, ids=lambda case: case.name)
def test_containers_for_debugging_are_judged_with_the_pod_that_they_are_added_to(case, server, compared):
    change = {"spec": {"ephemeralContainers": case.pod["spec"]["ephemeralContainers"]}}
    pod = read(case.pod)
    apart = []
    for level in LEVELS:
        for version in VERSIONS:
            place = before_debugging(case, level, version)["metadata"]
            path = (
                f"/api/v1/namespaces/{place['namespace']}/pods/{place['name']}/ephemeralcontainers?dryRun=All"
            )
            answer = server.request("PATCH", path, change, "application/strategic-merge-patch+json")
            pair = refused(answer, level, version), broken(pod, level, version)
            if pair[0] != pair[1]:
                apart.append((level, version, *pair))
    assert apart == []
    compared.append(len(LEVELS) * len(VERSIONS))


def test_what_no_server_takes_anew_is_judged_when_its_namespace_is_labelled(server, compared):
    """Labelling a namespace, as a dry run, warns of the pod that stands there already."""
    assert "procMount" in first_warned(server)
    pod = read(OLD.pod)
    for level in LEVELS:
        for version in VERSIONS:
            assert warned(server, level, version) == broken(pod, level, version), (level, version)
    compared.append(len(LEVELS) * len(VERSIONS))


def first_warned(server):
    """What the server warns of as soon as it has noticed the pod, which it does within milliseconds."""
    tries = (warned(server, "restricted", "latest") for _ in range(2000))
    return next((found for found in tries if found), set())


def warned(server, level, version):
    """The controls that a server says the old pod breaks, when its namespace is labelled."""
    labels = {"metadata": {"labels": {ENFORCE: level, ENFORCE_VERSION: version}}}
    answer = server._pool.request(
        "PATCH",
        f"{server.server}/api/v1/namespaces/{OLD_PLACE}?dryRun=All",
        body=json.dumps(labels),
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert answer.status == 200, answer.data
    said = [re.search(rf'"{OLD_POD}: (.*)"', warning) for warning in answer.headers.getlist("Warning")]
    return {control for found in said if found for control in controls(found[1])}


LABELS = [
    {},
    {ENFORCE_VERSION: "v1.20"},
    {ENFORCE: "baseline"},
    {ENFORCE: "baseline", ENFORCE_VERSION: "v1.20"},
    {ENFORCE: "baseline", ENFORCE_VERSION: "v1.12345"},
    {ENFORCE: "baseline", ENFORCE_VERSION: "1.20"},
    {ENFORCE: "baseline", ENFORCE_VERSION: "v1.05"},
    {ENFORCE: "baseline", ENFORCE_VERSION: "v1.20.1"},
    {ENFORCE: "baseline", ENFORCE_VERSION: "v2.0"},
    {ENFORCE: "baseline", ENFORCE_VERSION: ""},
    {ENFORCE: "Baseline"},
    {ENFORCE: "restrictd", ENFORCE_VERSION: "v1.20"},
    {ENFORCE: ""},
]


@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: ", ".join(labels.values()) or "none")
def test_labels_are_read_as_the_server_reads_them(labels, control_plane):
    """Values that do not parse cannot be written through the API; what stands there already is enforced all the same."""
    labelled = f"labels-{LABELS.index(labels)}"
    rows = namespace("any", labelled)
    rows[0]["metadata"]["labels"] = labels
    found = enforced(labels)
    with StateWorld(control_plane).holding(rows):
        status, body = create(control_plane, NODES_NETWORK, "any", labelled)

    if found is None:
        assert status == 201
    else:
        version = "latest" if found.minor is None else f"v1.{found.minor}"
        assert VIOLATES.search(body["message"])["standard"] == f"{found.level}:{version}"


@pytest.fixture(scope="module")
def compared():
    counts = []
    yield counts
    print(f"\npods judged by both: {sum(counts)}")  # noqa: T201  # shown with -s
