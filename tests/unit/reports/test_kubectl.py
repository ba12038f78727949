"""The command that shows what a finding saw: safe to paste, and right."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.app.catalogue import installed_checks
from seatrial.model.evidence import Chunk, Citation, Evidence
from seatrial.model.finding import Finding, Subject
from seatrial.model.outcome import Outcome
from seatrial.model.profile import Declares, NodeService, Profile, ScheduledTask
from seatrial.model.trial import Cluster, Trial
from seatrial.needs import kube
from seatrial.reports._kubectl import LONGEST_COMMAND, command, reads_pods

PROFILE = Profile(
    declares=Declares(
        node_services=(NodeService(owner="o", reason="r", name="node logs", namespace="ops", daemon_set="agent"),),
        scheduled_tasks=(ScheduledTask(owner="o", reason="r", name="digest", namespace="mail", cron_job="send"),),
    )
)  # fmt: skip


def finding(subject, names=(), cites=()):
    return Finding("k", "check", "claim", "", subject, Outcome.FAIL, {"fail": 1}, names, cites=cites)


def trial(context="prod", **changes):
    return Trial("2026-06-01T12:00:00Z", Cluster(context=context), PROFILE, {}, ("kube",), **changes)


def shown(subject, needs=(), **changes):
    return command(finding(subject), trial(**changes), needs, frozenset())


@pytest.mark.parametrize(
    ("subject", "line"),
    [
        (
            Subject("Deployment", "web", "shop", "apps", "proxy"),
            "kubectl --context prod -n shop get deployments.apps/web -o yaml",
        ),
        (Subject("Pod", "web", "shop"), "kubectl --context prod -n shop get pods/web -o yaml"),
        (Subject("Namespace", "shop"), "kubectl --context prod get namespaces/shop -o yaml"),
        (
            Subject("Rollout", "web", "shop", "argoproj.io"),
            "kubectl --context prod -n shop get rollout.argoproj.io/web -o yaml",
        ),
        (
            Subject("NodeService", "node logs", "ops"),
            "kubectl --context prod -n ops get daemonsets.apps/agent -o yaml",
        ),
        (
            Subject("ScheduledTask", "digest", "mail"),
            "kubectl --context prod -n mail get cronjobs.batch/send -o yaml",
        ),
    ],
)
def test_a_subject_is_read_by_the_name_of_its_resource(subject, line):
    assert shown(subject) == line


def test_a_claim_about_the_cluster_is_read_by_the_lists_of_its_check():
    lists = (kube.PRIORITY_CLASSES, kube.PODS, kube.DISCOVERY)

    assert shown(Subject("Cluster", "prod"), lists) == (
        "kubectl --context prod get priorityclasses.scheduling.k8s.io,pods -A"
    )
    assert shown(Subject("Cluster", "prod"), (kube.NODES,), context="") == "kubectl get nodes"
    assert shown(Subject("Cluster", "prod"), (kube.DISCOVERY,)) == "kubectl --context prod api-resources"


def test_a_finding_about_pods_shows_the_pod_that_was_judged_beside_its_owner():
    digest = "d" * 64
    evidence = {kube.PODS.id: Evidence(kube.PODS.id, "core/v1/Pod@1", "", (Chunk(digest, 1, b""),))}
    of = Trial("2026-06-01T12:00:00Z", Cluster(), Profile(), evidence, ("kube",))
    found = finding(
        Subject("Deployment", "web", "shop", "apps"), ("web-1", "web-2"), (Citation(digest, "/0/spec"),)
    )

    assert command(found, of, (), reads_pods(of)) == (
        "kubectl -n shop get deployments.apps/web pods/web-1 -o yaml"
    )


def test_manifests_have_no_cluster_to_ask():
    assert shown(Subject("Pod", "web", "shop"), declared=True) == ""


@pytest.mark.parametrize("name", ["a\nrm -rf ~", "a\u202eb", "a\x1b[2J", "a\tb", "n" * LONGEST_COMMAND])
def test_what_does_not_show_or_is_too_long_is_never_to_be_pasted(name):
    assert shown(Subject("ClusterRole", name, "", "rbac.authorization.k8s.io")) == ""


@given(name=st.text(min_size=1), namespace=st.text(), context=st.text(min_size=1))
def test_a_shell_reads_each_foreign_word_as_one_word_and_none_as_an_option(name, namespace, context):
    line = shown(Subject("Pod", name, namespace), context=context)

    if line:
        place = ["-n", namespace] if namespace else []
        assert shlex.split(line) == [
            "kubectl", "--context", context, *place, "get", f"pods/{name}", "-o", "yaml",
        ]  # fmt: skip
        assert "\n" not in line


def test_every_kind_that_checks_read_has_a_command():
    for check in installed_checks():
        for need in check.needs:
            if need.kind:
                assert f"get {need.resource}" in shown(Subject(need.kind, "x", "y", need.group))
