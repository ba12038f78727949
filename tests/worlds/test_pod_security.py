"""The evaluator of the Pod Security Standards against the PodSecurity admission of a real API server.

For each level and version there is a namespace that enforces it. A pod is created there as a dry run, and the controls
that the refusal names must be those that the evaluator finds, no more and no fewer.
"""

import random
import re

import msgspec
import pytest

from seatrial.semantics.pod_security import ENFORCE, ENFORCE_VERSION, NEWEST, enforced, violations
from seatrial.testing.pod_security import ALONE, HARMLESS, mixed
from seatrial.testing.testbed.state_world import StateWorld
from seatrial.wire.pod import Pod

LEVELS = ("baseline", "restricted")
VERSIONS = (*(f"v1.{minor}" for minor in range(NEWEST + 1)), "latest", f"v1.{NEWEST + 1}", "v1.99")
CHANGES = (8, 19, 22, 23, 25, 27, 29, 31, 32, 34, 35)
"""The versions in which a control begins, ends or changes."""
EDGES = {"v1.0", f"v1.{NEWEST}", "latest", *(f"v1.{at}" for change in CHANGES for at in (change - 1, change))}

CONTROLS = {
    "allowPrivilegeEscalation != false": "allowPrivilegeEscalation",
    "forbidden AppArmor profiles?": "appArmorProfile",
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
"""What a refusal calls each control."""
NAMED = {re.compile(rf"(?:: |, ){words} \("): control for words, control in CONTROLS.items()}

CREATED = [case for case in ALONE if not case.stored]
STORED = [case for case in ALONE if case.stored]
MIXTURES = [
    tuple(random.Random(f"mixture {seed}").sample([case for case in CREATED if case.broken], 2))
    for seed in range(60)
]


def name_of(level, version):
    return f"{level}-{version.replace('.', '-')}"


def namespace(level, version):
    labels = {ENFORCE: level, ENFORCE_VERSION: version}
    name = name_of(level, version)
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": name}},
    ]


def as_stored(case, level, version):
    """The pod as it stands there from before: one for each case, without the containers that come for debugging."""
    spec = {key: value for key, value in case.pod["spec"].items() if key != "ephemeralContainers"}
    metadata = {"name": f"stored-{STORED.index(case)}", "namespace": name_of(level, version)}
    return {
        **case.pod,
        "metadata": metadata,
        "spec": {**spec, "dnsPolicy": "Default", "restartPolicy": "Always"},
    }


@pytest.fixture(scope="module")
def server(control_plane):
    rows = [row for version in VERSIONS for level in LEVELS for row in namespace(level, version)]
    rows += namespace("privileged", "latest")
    rows += [as_stored(case, level, version) for case in STORED for level in LEVELS for version in VERSIONS]
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
    assert (status, body["reason"]) == (403, "Forbidden"), body
    message = body["message"]
    start = f'violates PodSecurity "{level}:{version}": '
    assert start in message, message
    said = message[message.index(start) + len(start) - len(": ") :]
    found = {control for words, control in NAMED.items() if words.search(said)}
    assert found, message
    return found


def broken(pod, level, version):
    minor = enforced({ENFORCE: level, ENFORCE_VERSION: version}).minor
    newest = NEWEST if minor is None else min(minor, NEWEST)
    return {row.control for row in violations(msgspec.convert(pod, type=Pod), level, newest)}


def compare(server, pod, versions):
    """How often the server was asked. Every disagreement is named."""
    status, admitted = create(server, pod, "privileged", "latest")
    assert status == 201, admitted["message"]
    apart = []
    for level in LEVELS:
        for version in versions:
            says = refused(create(server, pod, level, version), level, version)
            as_written, as_admitted = broken(pod, level, version), broken(admitted, level, version)
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


@pytest.mark.parametrize("case", STORED, ids=lambda case: case.name)
def test_what_stands_there_from_before_is_judged_when_it_is_changed(case, server, compared):
    """A container for debugging is added to it, as a dry run: the server then judges the whole pod."""
    added = case.pod["spec"].get("ephemeralContainers", [{**HARMLESS, "name": "debug"}])
    change = {"spec": {"ephemeralContainers": added}}
    apart = []
    for level in LEVELS:
        for version in VERSIONS:
            place = as_stored(case, level, version)["metadata"]
            path = (
                f"/api/v1/namespaces/{place['namespace']}/pods/{place['name']}/ephemeralcontainers?dryRun=All"
            )
            answer = server.request("PATCH", path, change, "application/strategic-merge-patch+json")
            pair = refused(answer, level, version), broken(case.pod, level, version)
            if pair[0] != pair[1]:
                apart.append((level, version, *pair))
    assert apart == []
    compared.append(len(LEVELS) * len(VERSIONS))


@pytest.fixture(scope="module")
def compared():
    counts = []
    yield counts
    print(f"\npods judged by both: {sum(counts)}")  # noqa: T201  # shown with -s
