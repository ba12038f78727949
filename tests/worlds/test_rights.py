"""The printed role is all that a trial uses, and each of its rules matters: by the audit log of the real API server.

The server's own bindings that let everybody read discovery and the version are taken away first, so that a reader has
the printed role and nothing else but the reviews of himself.
"""

import subprocess

import pytest
import yaml
from msgspec import structs

from seatrial.app import trials
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.collect import quiet
from seatrial.app.rights import cluster_role, rights, roles
from seatrial.engine import findings
from seatrial.engine.assess import assess
from seatrial.kit.worlds import NOW
from seatrial.model.evidence import Cause
from seatrial.model.outcome import Outcome
from seatrial.needs import kube
from seatrial.testing.proving import module_of, worlds
from seatrial.testing.recording import Recording
from seatrial.testing.testbed import ControlPlane, Missing, StateWorld, binary
from seatrial.testing.testbed.real_world import RealWorld
from seatrial.testing.worlds import convert_profile, hold, merge

RBAC = "/apis/rbac.authorization.k8s.io/v1"
REVIEWS = {"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"}
"""What everybody who is logged in may ask about himself."""

RARE = """
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: harbour}
handler: runsc
---
apiVersion: v1
kind: Pod
metadata: {name: sandboxed, namespace: harbour}
spec:
  runtimeClassName: harbour
  nodeName: n1
  containers: [{name: main, image: "shop/web:1", securityContext: {appArmorProfile: {type: Unconfined}}}]
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {name: confined, namespace: harbour}
spec:
  nodeName: n1
  containers:
  - name: main
    image: "shop/web:1"
    securityContext:
      appArmorProfile: {type: Localhost, localhostProfile: tide}
      seLinuxOptions: {type: ebb.process}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata:
  name: tally-1-a
  namespace: harbour
  ownerReferences: [{apiVersion: batch/v1, kind: Job, name: tally-1, uid: "3", controller: true}]
spec: {nodeName: n1, restartPolicy: Never, containers: [{name: main, image: "shop/web:1"}]}
status: {phase: Running}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: tally-1
  namespace: harbour
  ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: tally, uid: "4", controller: true}]
spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: "shop/web:1"}]}}}
---
apiVersion: security-profiles-operator.x-k8s.io/v1
kind: AppArmorProfile
metadata: {name: tide}
spec: {mode: Enforce}
---
apiVersion: security-profiles-operator.x-k8s.io/v1
kind: SelinuxProfile
metadata: {name: ebb}
spec: {mode: Enforcing}
---
apiVersion: security-profiles-operator.x-k8s.io/v1
kind: SecurityProfileNodeStatus
metadata:
  name: tide-n1
  ownerReferences: [{apiVersion: security-profiles-operator.x-k8s.io/v1, kind: AppArmorProfile, name: tide, uid: "1"}]
spec: {nodeName: n1}
status: {status: Installed}
---
apiVersion: security-profiles-operator.x-k8s.io/v1
kind: SecurityProfileNodeStatus
metadata:
  name: ebb-n1
  ownerReferences: [{apiVersion: security-profiles-operator.x-k8s.io/v1, kind: SelinuxProfile, name: ebb, uid: "2"}]
spec: {nodeName: n1}
status: {status: Installed}
"""
"""Objects of kinds that few pods ask for: whoever cannot list these must not know what they say."""

RARE_PROFILE = {
    "declares": {
        "securityProfiles": [{"kind": "SelinuxProfile", "name": "ebb", "owner": "security", "reason": "ours"}]
    }
}
LISTS = [right for right in rights() if right.need is not None]


def placed(value, suffix):
    """Any part of a world, its namespaces moved, so that worlds of several checks stand beside one another."""
    if isinstance(value, dict):
        return {placed(key, suffix): placed(inner, suffix) for key, inner in value.items()}
    if isinstance(value, list):
        return [placed(inner, suffix) for inner in value]
    return f"{value}-{suffix}" if value in {"shop", "infra"} else value


def fleet():
    """Objects and profile of many worlds in one: of each check its good one and the first that fails."""
    profile = RARE_PROFILE
    objects = {(row["kind"], row["metadata"]["name"]): row for row in yaml.safe_load_all(RARE)}
    for number, check in enumerate(installed_checks()):
        chosen = {}
        for _, world, trap in worlds(module_of(check)):
            if not world.serves and not any(
                change.verb in {"refuse", "serve", "at"} for change in (trap.changes if trap else ())
            ):
                chosen.setdefault(str(trap.gives) if trap else "pass", (world, trap))
        for outcome in ("pass", "fail"):
            if outcome in chosen:
                held = hold(*chosen[outcome])
                suffix = f"{number}{outcome[0]}"
                for row in placed(held.objects, suffix):
                    metadata = row["metadata"]
                    objects.setdefault((row["kind"], metadata.get("namespace"), metadata["name"]), row)
                profile = merge(placed(held.profile, suffix), profile)
    for row in objects.values():  # uids are made from names, so that moved objects have their own
        row["metadata"].pop("uid", None)
        for owner in row["metadata"].get("ownerReferences", ()):
            owner["uid"] = "00000000-0000-4000-8000-000000000000"
    return list(objects.values()), profile


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    return Recording(tmp_path_factory.mktemp("audit"))


@pytest.fixture(scope="module")
def plane(recording, without_servers):
    try:
        with ControlPlane(*recording.flags) as plane:
            for name in ("system:discovery", "system:public-info-viewer"):
                assert plane.request("DELETE", f"{RBAC}/clusterrolebindings/{name}")[0] == 200
            unserved = {
                (n.group, n.versions[0]): [] for n in (r.need for r in LISTS) if n.group.endswith("x-k8s.io")
            }
            for right in LISTS:
                if (right.group, right.need.versions[0]) in unserved:
                    unserved[right.group, right.need.versions[0]].append(right.resource)
            served = [(f"{group}/{version}", tuple(names)) for (group, version), names in unserved.items()]
            with RealWorld(plane).serving(served):
                yield plane
    except Missing as error:
        without_servers(str(error))


@pytest.fixture(scope="module")
def profile(plane):
    """The world stands in the server; what a trial of it is judged by."""
    objects, profile = fleet()
    with StateWorld(plane).holding(objects):
        yield convert_profile(profile)


class Reader:
    """Makes users, and tries the world as each of them."""

    def __init__(self, plane, profile):
        self.plane = plane
        self.profile = profile

    def apply(self, text, *options):
        done = subprocess.run(
            [binary("kubectl"), "--kubeconfig", self.plane.kubeconfig(), "apply", *options, "-f", "-"],
            input=text, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def wait(self, user, **attributes):
        """Until what was granted last is in force."""
        review = {"spec": {"user": user, "resourceAttributes": attributes}}
        for _ in range(500):
            _, said = self.plane.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
            if said["status"]["allowed"]:
                return
        pytest.fail(f"{user} is not allowed {attributes}: {said}")

    def assess(self, user, namespaces=()):
        choice = trials.ClusterChoice(
            kubeconfig=str(self.plane.kubeconfig(user, ())), namespaces=namespaces, timeout=60
        )
        trial = trials.from_cluster(choice, self.profile, quiet)
        evidence = {id: structs.replace(row, collected_at=NOW) for id, row in trial.evidence.items()}
        trial = structs.replace(trial, now=NOW, evidence=evidence)
        return assess(trial, installed_catalogue(), installed_checks(), "none", lambda: 0.0)


@pytest.fixture(scope="module")
def reader(plane, profile):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(findings, "FIRST_GOOD", 100_000)  # every finding is compared, not the first ones
        yield Reader(plane, profile)


@pytest.fixture(scope="module")
def whole(reader):
    """What the user finds who is bound to exactly the printed role."""
    reader.apply(cluster_role(["user:whole"]))
    reader.wait("whole", verb="list", resource="pods")
    return reader.assess("whole")


def claims(assessment):
    return {row.id: row for item in assessment.items for row in item.claims}


def bare(verdict):
    """A verdict without the digests of what it cites: texts are redacted with another key in each trial."""
    return structs.replace(
        verdict, findings=tuple(structs.replace(row, cites=(), key="") for row in verdict.findings)
    )


def allows(rule, asked):
    """Whether a rule allows a request, as RBAC has it; no wildcards, which the role has none of."""
    if asked.verb not in rule["verbs"]:
        return False
    if asked.url:
        return asked.url in rule.get("nonResourceURLs", ())
    named = not rule.get("resourceNames") or asked.name in rule["resourceNames"]
    resource = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
    return named and asked.group in rule.get("apiGroups", ()) and resource in rule.get("resources", ())


ROLE = next(yaml.safe_load_all(cluster_role()))


def test_a_trial_asks_for_what_the_role_allows_and_nothing_else(recording, whole):
    asked = recording.requests("whole")

    assert whole.trial.cluster.uid
    assert not [gap for row in whole.trial.evidence.values() for gap in row.gaps]
    assert {request.status for request in asked} == {200}
    for request in asked:
        assert any(allows(rule, request) for rule in ROLE["rules"]), request


def test_every_rule_of_the_role_is_used(recording, whole):
    asked = recording.requests("whole")
    small = [
        {**rule, "nonResourceURLs": [url]}
        for rule in ROLE["rules"]
        for url in rule.get("nonResourceURLs", ())
    ]
    small += [rule for rule in ROLE["rules"] if "nonResourceURLs" not in rule]

    assert len(small) == len(ROLE["rules"]) + 2
    for rule in small:
        assert any(allows(rule, request) for request in asked), rule


def test_the_world_is_one_that_tells(whole):
    """Every check found subjects, and there are enough of each outcome for a loss to show."""
    found = claims(whole)
    judged = {check.answers for check in installed_checks()}
    totals = {
        outcome: sum(row.counts.get(outcome, 0) for row in found.values()) for outcome in ("pass", "fail")
    }

    assert not [id for id in judged if not found[id].findings]
    assert sum(found[id].outcome is Outcome.FAIL for id in judged) > 30
    assert min(totals.values()) > 500


@pytest.fixture(scope="module")
def without(reader, plane):
    """For each right a user who has all the others; his name."""
    users = {}
    for number, right in enumerate(rights()):
        user = users[right] = f"without-{number}"
        role, binding = yaml.safe_load_all(cluster_role([f"user:{user}"]))
        rules = [rule for rule in role["rules"] if rule != right.rule]
        assert len(rules) == len(role["rules"]) - 1
        for plural, row in (("clusterroles", {**role, "rules": rules}), ("clusterrolebindings", binding)):
            row["metadata"]["name"] = user
            row.get("roleRef", {})["name"] = user
            assert plane.request("POST", f"{RBAC}/{plural}", row)[0] == 201
    reader.wait(user, verb="list", resource="pods")
    return users


@pytest.mark.parametrize("right", LISTS, ids=str)
def test_without_a_list_what_waits_on_it_is_unknown_by_that_name_and_nothing_else_changes(
    right, reader, whole, without
):
    found = reader.assess(without[right])
    cure = f"grant {right}: seatrial doctor --rbac"
    before, after = claims(whole), claims(found)
    reads = {check.answers for check in installed_checks() if right.need in check.needs}

    (gap,) = found.trial.evidence[right.need.id].gaps
    assert (gap.cause, gap.cure, gap.namespace, gap.besides) == (Cause.REFUSED, cure, None, ())
    for id in after.keys() - reads:
        assert bare(after[id]) == bare(before[id])
    for id in reads:
        assert after[id].outcome in {before[id].outcome, Outcome.UNKNOWN}
        assert {gap.cure for gap in after[id].gaps} <= {cure} | {gap.cure for gap in gaps_of(before[id])}
        if after[id].outcome is Outcome.UNKNOWN is not before[id].outcome:
            assert cure in {gap.cure for gap in after[id].gaps}
        for row in after[id].findings:
            if row.outcome is Outcome.UNKNOWN:
                assert row.gap.cure == cure or row in unchanged(before[id], after[id])
            else:
                assert row.outcome in outcomes_before(row.subject, before[id])
    assert any(unknowns(after[id]) > unknowns(before[id]) for id in reads)
    for old, new in zip(whole.items, found.items, strict=True):
        assert new.outcome in {old.outcome, Outcome.UNKNOWN}


def gaps_of(verdict):
    return [*verdict.gaps, *(row.gap for row in verdict.findings if row.gap is not None)]


def unknowns(verdict):
    return (verdict.outcome is Outcome.UNKNOWN) + verdict.counts.get("unknown", 0)


def unchanged(before, after):
    was = bare(before).findings
    return [row for row, told in zip(after.findings, bare(after).findings, strict=True) if told in was]


def outcomes_before(subject, verdict):
    """What the subject was; pods whose owner was not seen stand under the last owner that was."""
    same = {row.outcome for row in verdict.findings if row.subject == subject}
    return same or {
        row.outcome
        for row in verdict.findings
        if row.subject.kind in {"Deployment", "CronJob"}
        and subject.kind in {"ReplicaSet", "Job"}
        and (row.subject.namespace, row.subject.facet) == (subject.namespace, subject.facet)
        and subject.name.startswith(row.subject.name)
    }


def test_without_discovery_nothing_is_known_and_the_cure_says_so(reader, whole, without):
    right = next(right for right in rights() if "/apis" in right.urls)
    found = reader.assess(without[right])

    assert found.trial.cluster.version == ""
    assert {gap.cure for row in found.trial.evidence.values() for gap in row.gaps} == {
        f"grant get on {url}: seatrial doctor --rbac" for url in ("/api",)
    }
    assert {row.outcome for row in claims(found).values()} == {Outcome.UNKNOWN}


@pytest.mark.parametrize("which", ["/metrics", "kube-system"])
def test_without_a_witness_or_the_uid_the_verdicts_are_the_same(which, reader, whole, without, recording):
    right = next(right for right in rights() if which in {right.name, *right.urls})
    found = reader.assess(without[right])

    assert [bare_item(row) for row in found.items] == [bare_item(row) for row in whole.items]
    assert bool(found.trial.cluster.uid) == (which == "/metrics")
    assert [row for row in recording.requests(without[right]) if row.status == 403]


def bare_item(item):
    return structs.replace(item, claims=tuple(map(bare, item.claims)))


@pytest.fixture(scope="module")
def crew(reader, plane):
    """A user with the printed Roles in two namespaces, and of the cluster what everybody has: their names."""
    namespaces = {row["metadata"]["namespace"] for row in fleet()[0] if row["kind"] == "Deployment"}
    places = tuple(sorted(namespaces)[:2])
    reader.apply(roles(places, ["user:crew"]))
    usual = [right.rule for right in rights() if right.usual]
    for kind, row in (
        ("clusterroles", {"rules": usual}),
        ("clusterrolebindings", {
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "crew"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "crew"}],
        }),
    ):  # fmt: skip
        assert plane.request("POST", f"{RBAC}/{kind}", {"metadata": {"name": "crew"}, **row})[0] == 201
    for place in places:
        reader.wait("crew", verb="list", resource="pods", namespace=place)
    return places


def test_a_user_of_two_namespaces_gets_these_and_a_gap_for_the_rest(reader, whole, crew, recording):
    found = reader.assess("crew", crew)
    before, after = claims(whole), claims(found)

    for right in LISTS:
        answer = found.trial.evidence[right.need.id]
        (gap,) = answer.gaps
        assert (gap.cause, gap.cure) == (Cause.REFUSED, f"grant {right}: seatrial doctor --rbac")
        assert gap.besides == (crew if right.need.namespaced else ())
        assert answer.count == (count_in(whole, right.need, crew) if right.need.namespaced else 0)
    assert found.trial.evidence[kube.PODS.id].count > 0
    for id, verdict in after.items():
        assert verdict.outcome in {Outcome.UNKNOWN, Outcome.FAIL} & {Outcome.UNKNOWN, before[id].outcome}
        for row in verdict.findings:
            if row.outcome is not Outcome.UNKNOWN:
                assert row.outcome in outcomes_before(row.subject, before[id])
            if row.subject.kind not in {"Cluster", "SelinuxProfile"} and row.outcome is not Outcome.UNKNOWN:
                assert row.subject.namespace in crew
    assert sum(verdict.outcome is Outcome.FAIL for verdict in after.values()) > 5
    allowed = [rule for row in yaml.safe_load_all(roles(crew)) for rule in row["rules"]]
    allowed += [right.rule for right in rights() if right.usual]
    for request in recording.requests("crew"):
        assert request.status != 201 or request.resource in REVIEWS
        if request.status == 200:
            assert request.namespace in {*crew, ""}
            assert any(allows(rule, request) for rule in allowed), request


def count_in(assessment, need, places):
    from seatrial.wire.chunks import key_of, unpack

    chunks = assessment.trial.evidence[need.id].chunks
    return sum(key_of(row)[0] in places for chunk in chunks for row in unpack(chunk, dict))
