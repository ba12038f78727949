"""The kube source before a server that has a bad day: what comes back, what becomes a gap, and how long it takes."""

import itertools
import json
import ssl
import time

import msgspec
import pytest
import zstandard

from seatrial.app.collect import quiet
from seatrial.model.errors import UserError
from seatrial.model.evidence import Cause
from seatrial.needs import kube
from seatrial.sources.kube.kubeconfig import Access
from seatrial.sources.kube.source import KubeSource
from seatrial.sources.kube.transport import ATTEMPTS, WAITING, Transport
from seatrial.testing.faults import FaultyServer, Reply
from seatrial.testing.faults.catalogue import BY_NAME
from seatrial.testing.faults.upstreams import World
from seatrial.testing.testbed.certificates import Authority
from seatrial.testing.worlds import Held


def world(*rows):
    return World(Held(objects=list(rows), profile={}, now="2026-01-01T00:00:00Z", refused=[], served=[]))


def source(server, *, page=500, timeout=5, lasts=None, pause=lambda _: None, **access):
    found = Access(server=server.url, context="faulty", **access)
    transport = Transport(found, headers=[], timeout=timeout, renew=lambda: found, lasts=lasts, pause=pause)
    return KubeSource(transport, progress=quiet, page=page)


def ask(server, need=kube.PODS, **settings):
    return source(server, **settings).ask(need)


def pod(number, **spec):
    metadata = {"name": f"p{number:04}", "namespace": "shop", "annotations": {"note": f"secret-{number}"}}
    container = {
        "name": "c",
        "image": "i",
        "env": [{"name": "PASSWORD", "value": "hunter2"}],
        "args": ["--token=hunter2"],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container], **spec},
            "status": {"phase": "Running"}}  # fmt: skip


def pods(count):
    return world(*(pod(number) for number in range(count)))


def on(name, fault, *, later=False):
    """The fault for one request."""
    return lambda exchange: fault if exchange.name == name and (exchange.token or not later) else None


def test_any_page_size_gives_the_same_chunks():
    with FaultyServer(pods(1203)) as server:
        whole = [ask(server, page=page) for page in (1, 7, 500, 5000)]

    assert all(answer.count == 1203 and not answer.gaps for answer in whole)
    assert {tuple(chunk.count for chunk in answer.chunks) for answer in whole} == {(500, 500, 203)}


def test_secrets_are_in_no_byte_of_the_evidence():
    with FaultyServer(pods(2)) as server:
        answer = ask(server)
    plain = b"".join(zstandard.ZstdDecompressor().decompress(chunk.data) for chunk in answer.chunks)

    assert b"p0001" in plain
    assert b"hunter2" not in plain
    assert b"secret-1" not in plain


def test_a_list_that_expires_once_is_begun_anew():
    times = itertools.count()

    def once(exchange):
        expired = exchange.need == kube.PODS and exchange.token and next(times) == 0
        return BY_NAME["410 without a new token"].act if expired else None

    with FaultyServer(pods(20), once) as server:
        answer = ask(server, page=7)

    assert answer.count == 20
    assert not answer.gaps
    assert server.injected == 1


@pytest.mark.parametrize(
    "name", ["410 without a new token", "410 with a new token", "resourceVersion going back"]
)
def test_a_list_that_is_never_of_one_state_is_given_up(name):
    with FaultyServer(pods(20), on(kube.PODS.id, BY_NAME[name].act, later=True)) as server:
        answer = ask(server, page=7)

    assert [gap.cause for gap in answer.gaps] == [Cause.TRUNCATED]
    assert answer.count == 7  # what was seen of the last state may still fail
    assert server.injected == 3


def test_a_server_that_is_busy_is_asked_again_when_it_says():
    waited = []
    times = itertools.count()

    def busy(exchange):
        if exchange.need != kube.PODS or next(times) >= 3:
            return None
        return lambda it: it.send(Reply(429, b"Too many requests", (("Retry-After", "3"),)))

    with FaultyServer(pods(1), busy) as server:
        answer = ask(server, pause=waited.append)

    assert answer.count == 1
    assert waited == [3, 3, 3]


def test_a_server_that_stays_busy_costs_no_more_than_the_budget():
    waited = []

    def busy(exchange):
        exchange.send(Reply(429, b"Too many requests", (("Retry-After", "30"),)))

    with FaultyServer(pods(1), on(kube.PODS.id, busy)) as server:
        answer = ask(server, pause=waited.append)

    assert [gap.cause for gap in answer.gaps] == [Cause.UNREACHABLE]
    assert sum(waited) <= WAITING
    assert server.injected <= ATTEMPTS


def test_waits_without_a_word_of_the_server_differ():
    waited = []
    with FaultyServer(pods(1), on(kube.PODS.id, BY_NAME["502 by a proxy"].act)) as server:
        ask(server, pause=waited.append)

    assert len(set(waited)) == len(waited) == ATTEMPTS - 1


def test_when_the_time_of_the_run_is_over_the_rest_is_a_gap():
    drip = BY_NAME["body that drips without end"].act
    with FaultyServer(pods(30), on(kube.PODS.id, drip, later=True)) as server:
        found = source(server, page=7, timeout=60, lasts=1)
        began = time.monotonic()
        answer, after = found.ask(kube.PODS), found.ask(kube.NODES)

    assert time.monotonic() - began < 30  # what the server would go on for is longer; a guard, no measure
    assert answer.count == 7
    for gap in (*answer.gaps, *after.gaps):
        assert (gap.cause, gap.cure) == (Cause.TRUNCATED, "give it more time: --timeout SECONDS")


def test_one_odd_object_is_one_gap_and_the_rest_stays():
    odd = pod(5, containers=[{"name": "c", "ports": "none"}])
    with FaultyServer(world(pod(4), odd, pod(6))) as server:
        answer = ask(server)

    (gap,) = answer.gaps
    assert answer.count == 2
    assert (gap.cause, gap.namespace, gap.name) == (Cause.MALFORMED, "shop", "p0005")
    assert "ports" in gap.detail


def test_a_pod_without_containers_is_none():
    with FaultyServer(world(pod(4), pod(5, containers=None))) as server:
        answer = ask(server)

    (gap,) = answer.gaps
    assert answer.count == 1
    assert (gap.cause, gap.name) == (Cause.MALFORMED, "p0005")


def test_null_is_absent():
    row = pod(1, securityContext=None)
    row["metadata"]["labels"] = None
    row["spec"]["containers"][0]["resources"] = {"limits": None}
    with FaultyServer(world(row)) as server:
        answer = ask(server)

    assert answer.count == 1
    assert not answer.gaps


def test_a_group_that_is_not_served_is_not_asked_for():
    asked = []
    with FaultyServer(world(), lambda exchange: asked.append(exchange.path)) as server:
        answer = ask(server, kube.PROFILE_NODE_STATUSES)

    assert not answer.gaps
    assert answer.count == 0
    assert not any("security-profiles" in path for path in asked)


@pytest.mark.parametrize(("minor", "emulates"), [("34", "v1.34"), ("36", "")])
def test_a_server_that_keeps_older_rules_says_so(minor, emulates):
    told = {"gitVersion": "v1.36.3", "minor": "36", "emulationMajor": "1", "emulationMinor": minor}
    with FaultyServer(world(), on("/version", lambda it: it.send_json(told))) as server:
        found = source(server).cluster()

    assert (found.version, found.emulates) == ("v1.36.3", emulates)


def test_a_group_whose_service_is_down_is_a_gap():
    versions = [{"version": "v1", "freshness": "Stale"}]
    group = {"metadata": {"name": kube.PROFILE_NODE_STATUSES.group}, "versions": versions}
    told = {"kind": "APIGroupDiscoveryList", "items": [group]}
    with FaultyServer(world(), on("/apis", lambda it: it.send_json(told))) as server:
        answer = ask(server, kube.PROFILE_NODE_STATUSES)

    assert [gap.cause for gap in answer.gaps] == [Cause.STALE]


def test_the_servers_clock_is_compared_with_this_one():
    with FaultyServer(world(), on("/version", BY_NAME["a clock of another year"].act)) as server:
        found = source(server)
        found.cluster()

    assert found.skew() < -86_400 * 365 * 10


@pytest.fixture(scope="module")
def authorities(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ours")), Authority(tmp_path_factory.mktemp("other"))


def served_by(authority, names):
    certificate, key = authority.issue("server", "/CN=server", names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.mark.parametrize(
    ("who", "names"), [(1, "IP:127.0.0.1"), (0, "DNS:elsewhere.example")], ids=["unknown CA", "wrong host"]
)
def test_a_certificate_that_is_not_the_servers_stops_everything(authorities, who, names):
    with FaultyServer(world(), tls=served_by(authorities[who], names)) as server:
        found = source(server, ca_file=str(authorities[0].certificate))
        with pytest.raises(UserError, match=r"certificate|match"):
            found.cluster()
        answer = found.ask(kube.PODS)

    assert [gap.cause for gap in answer.gaps] == [Cause.UNREACHABLE]
    assert server.injected == 0


def test_a_good_certificate_is_taken(authorities):
    with FaultyServer(pods(2), tls=served_by(authorities[0], "IP:127.0.0.1")) as server:
        assert ask(server, ca_file=str(authorities[0].certificate)).count == 2


def test_a_server_that_speaks_no_tls_is_unreachable(authorities):
    with FaultyServer(world()) as server:
        server.url = server.url.replace("http:", "https:")
        answer = ask(server, ca_file=str(authorities[0].certificate))

    assert [gap.cause for gap in answer.gaps] == [Cause.UNREACHABLE]


def test_a_token_that_runs_out_in_mid_list_is_renewed_and_the_list_goes_on():
    times = itertools.count()

    def expired(exchange):
        return BY_NAME["401"].act if exchange.token and next(times) == 0 else None

    with FaultyServer(pods(20), expired) as server:
        answer = ask(server, page=7)

    assert answer.count == 20
    assert not answer.gaps


def test_what_a_server_says_in_an_error_is_short_and_plain():
    said = json.dumps({"kind": "Status", "message": "\x1b[31m<b>no</b> " * 500}).encode()
    with FaultyServer(pods(1), on(kube.PODS.id, lambda it: it.send(Reply(418, said)))) as server:
        (gap,) = ask(server).gaps

    assert len(gap.detail) < 300
    assert gap.detail.isprintable()
    assert "<" not in gap.detail


def test_evidence_says_what_it_took():
    with FaultyServer(pods(20)) as server:
        answer = ask(server, page=7)

    assert answer.requests == 3
    assert answer.received > 20 * len(msgspec.json.encode(pod(1)))
