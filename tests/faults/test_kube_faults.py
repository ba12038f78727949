"""What an API server does wrong becomes a gap with a cause: no verdict moves towards pass, nothing is raised.

Every fault is done to every list that a trial asks for, over worlds that pass and worlds that fail.
"""

import sys
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from server import NEEDS, Faulty, send

from faults import FAULTS
from seatrial.algebra.outcomes import UNKNOWN
from seatrial.app.catalogue import installed_checks
from seatrial.app.collect import collect, quiet
from seatrial.model.evidence import Cause
from seatrial.needs import kube
from seatrial.sources.kube import connect, transport
from seatrial.testing.proving import module_of, needs_of_claim, verdict, worlds
from seatrial.testing.worlds import ambient, convert_profile, hold
from seatrial.wire.chunks import order_of

CHECKS = {check.id: check for check in installed_checks()}
TRIED = ("memory_limit", "disruption_budget", "default_deny_kubernetes", "quota_bounds_compute_resourcequota")
"""Checks over pods, workloads, namespaces and quotas; every check's own needs are lost in turn by the laws."""


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    """Waits are counted against the budget as ever, and not slept."""
    monkeypatch.setattr(transport.time, "sleep", lambda _: None)


def objects_of(held):
    rows = [*ambient(held.objects), *held.objects]
    return {
        need.id: sorted(
            (
                row
                for row in rows
                if row["kind"] == need.kind and row["apiVersion"].rpartition("/")[0] == need.group
            ),
            key=order_of,
        )
        for need in NEEDS.values()
    }


def judged(check, held, server, folder):
    source = connect(kubeconfig=server.kubeconfig(folder), request_timeout=5)
    trial = collect(source, needs_of_claim(check), convert_profile({}), quiet)
    evidence = {id: msgspec.structs.replace(row, collected_at=held.now) for id, row in trial.evidence.items()}
    profile = convert_profile(held.profile)
    return verdict(
        check, msgspec.structs.replace(trial, now=held.now, profile=profile, evidence=evidence)
    ), trial


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("id", TRIED)
def test_no_fault_moves_a_verdict_towards_pass(id, name, tmp_path):
    check = CHECKS[id]
    asked = [need for need in needs_of_claim(check) if need.resource]
    for world_name, world, trap in list(worlds(module_of(check)))[:3]:
        held = hold(world, trap)
        with Faulty(objects_of(held)) as server:
            before, _ = judged(check, held, server, tmp_path)
            for target in asked:
                server.fault = lambda handler, need, query, target=target: (
                    need == target and FAULTS[name](handler, need, query) is None
                )
                after, trial = judged(check, held, server, tmp_path)

                assert after.outcome in {before.outcome, UNKNOWN}, (world_name, target.id)
                gaps = trial.evidence[target.id].gaps
                assert gaps, f"{name} on {target.id} left no gap"
                assert all(gap.detail and "<" not in gap.detail and len(gap.detail) < 400 for gap in gaps)


def ask(server, folder, need=kube.PODS, page=500):
    return connect(kubeconfig=server.kubeconfig(folder), request_timeout=5, page=page).ask(need)


def pod(number):
    metadata = {"name": f"p{number:04}", "namespace": "shop", "annotations": {"note": f"secret-{number}"}}
    container = {
        "name": "c",
        "image": "i",
        "env": [{"name": "PASSWORD", "value": "hunter2"}],
        "args": ["--token=hunter2"],
    }
    return {"metadata": metadata, "spec": {"containers": [container]}, "status": {"phase": "Running"}}


def test_any_page_size_gives_the_same_chunks(tmp_path):
    with Faulty({kube.PODS.id: [pod(number) for number in range(1203)]}) as server:
        whole = [ask(server, tmp_path, page=page) for page in (1, 7, 500, 5000)]

    assert all(answer.count == 1203 and not answer.gaps for answer in whole)
    plain = {tuple(chunk.count for chunk in answer.chunks) for answer in whole}
    assert plain == {(500, 500, 203)}


def test_secrets_are_in_no_byte_of_the_evidence(tmp_path):
    import zstandard

    with Faulty({kube.PODS.id: [pod(1)]}) as server:
        answer = ask(server, tmp_path)
    plain = b"".join(zstandard.ZstdDecompressor().decompress(chunk.data) for chunk in answer.chunks)

    assert b"p0001" in plain
    assert b"hunter2" not in plain
    assert b"secret-1" not in plain


def test_a_list_that_expires_once_is_begun_anew(tmp_path):
    failed = []

    def once(handler, need, query):
        if need == kube.PODS and query.get("continue") and not failed:
            failed.append(query["continue"])
            send(handler, 410, {"kind": "Status", "reason": "Expired", "message": "too old"})
            return True
        return False

    with Faulty({kube.PODS.id: [pod(number) for number in range(20)]}, once) as server:
        answer = ask(server, tmp_path, page=7)

    assert answer.count == 20
    assert not answer.gaps
    assert failed == ["7"]


def test_a_list_that_expires_always_is_given_up(tmp_path):
    def always(handler, need, query):
        if need == kube.PODS and query.get("continue"):
            send(
                handler,
                410,
                {"kind": "Status", "reason": "Expired", "message": "too old", "metadata": {"continue": "7"}},
            )
            return True
        return False

    with Faulty({kube.PODS.id: [pod(number) for number in range(20)]}, always) as server:
        answer = ask(server, tmp_path, page=7)

    assert [gap.cause for gap in answer.gaps] == [Cause.TRUNCATED]
    assert answer.count == 7  # what was seen of the last state may still fail


def test_a_server_that_is_busy_once_is_asked_again(tmp_path):
    seen = []

    def busy(handler, need, _):
        if need == kube.PODS and len(seen) < 3:
            seen.append(1)
            send(handler, 429, b"Too many requests", "text/plain", [("Retry-After", "1")])
            return True
        return False

    with Faulty({kube.PODS.id: [pod(1)]}, busy) as server:
        answer = ask(server, tmp_path)

    assert answer.count == 1
    assert len(seen) == 3


def test_one_odd_object_is_one_gap_and_the_rest_stays(tmp_path):
    odd = {**pod(5), "spec": {"containers": [{"name": "c", "ports": "none"}]}}
    with Faulty({kube.PODS.id: [pod(4), odd, pod(6)]}) as server:
        answer = ask(server, tmp_path)

    (gap,) = answer.gaps
    assert answer.count == 2
    assert (gap.cause, gap.namespace, gap.name) == (Cause.MALFORMED, "shop", "p0005")
    assert "ports" in gap.detail


def test_null_is_absent(tmp_path):
    row = pod(1)
    row["metadata"]["labels"] = None
    row["spec"]["securityContext"] = None
    row["spec"]["containers"][0]["resources"] = {"limits": None}
    with Faulty({kube.PODS.id: [row]}) as server:
        answer = ask(server, tmp_path)

    assert answer.count == 1
    assert not answer.gaps


def test_a_group_that_is_not_served_is_not_asked_for(tmp_path):
    with Faulty({}) as server:
        answer = ask(server, tmp_path, kube.PROFILE_NODE_STATUSES)

    assert not answer.gaps
    assert answer.count == 0
    assert not any("security-profiles" in path for path in server.seen)


@pytest.mark.parametrize(("minor", "emulates"), [("34", "v1.34"), ("36", "")])
def test_a_server_that_keeps_older_rules_says_so(tmp_path, minor, emulates):
    told = {"gitVersion": "v1.36.3", "minor": "36", "emulationMajor": "1", "emulationMinor": minor}

    def version(handler, *_):
        if handler.path == "/version":
            send(handler, 200, told)
            return True
        return False

    with Faulty({}, version) as server:
        found = connect(kubeconfig=server.kubeconfig(tmp_path), request_timeout=5).cluster()

    assert (found.version, found.emulates) == ("v1.36.3", emulates)


def test_a_group_whose_service_is_down_is_a_gap(tmp_path):
    group = {
        "metadata": {"name": kube.PROFILE_NODE_STATUSES.group},
        "versions": [{"version": "v1", "freshness": "Stale"}],
    }

    def stale(handler, need, _):
        if handler.path == "/apis":
            send(handler, 200, {"kind": "APIGroupDiscoveryList", "items": [group]})
            return True
        return False

    with Faulty({}, stale) as server:
        answer = ask(server, tmp_path, kube.PROFILE_NODE_STATUSES)

    assert [gap.cause for gap in answer.gaps] == [Cause.STALE]
