"""Lists that lose something, contradict themselves or are refused in part."""

import json
from types import SimpleNamespace

import pytest

from seatrial.model.evidence import Cause, Gap
from seatrial.needs import kube
from seatrial.sources.kube import listing as listing_module
from seatrial.sources.kube.listing import Listing
from seatrial.sources.kube.rights import Rights
from seatrial.sources.kube.source import KubeSource
from seatrial.sources.kube.transport import Answer, Failure, TooLarge
from seatrial.sources.kube.witness import Counts, read_counts
from seatrial.wire.redact import Redactor

DISCOVERY = {
    "/api": [("", "v1", ["pods", "namespaces", "services"])],
    "/apis": [("scheduling.k8s.io", "v1", ["priorityclasses"])],
}


class Server:
    """Answers by path; ``pages`` are lists of (names, metadata)."""

    access = SimpleNamespace(namespace="own")
    received = 0
    skew = 0.0

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def get(self, path, params=None, accept="application/json"):
        self.asked.append((path, dict(params or {})))
        if path in DISCOVERY:
            return Answer(200, {}, json.dumps(discovered(DISCOVERY[path])).encode())
        found = self.answers.get(path)
        if callable(found):
            found = found(params or {})
        if found is None:
            return Answer(403, {}, b'{"kind":"Status","message":"forbidden"}')
        return found

    def post(self, path, body):
        place = json.loads(body)["spec"]["namespace"]
        rules = self.answers.get(f"rules of {place}", [])
        return Answer(201, {}, json.dumps({"status": {"resourceRules": rules, "incomplete": False}}).encode())


def discovered(groups):
    return {
        "kind": "APIGroupDiscoveryList",
        "items": [
            {"metadata": {"name": name}, "versions": [{"version": version, "resources": [{"resource": row} for row in rows]}]}
            for name, version, rows in groups
        ],
    }  # fmt: skip


def page(kind, names, **meta):
    items = []
    for name in names:
        place, _, bare = name.rpartition("/")
        spec = {"containers": [{"name": "c"}]} if kind == "Pod" else {}
        items.append({"metadata": {"name": bare, "namespace": place}, "spec": spec})
    body = {
        "kind": f"{kind}List",
        "apiVersion": "v1",
        "metadata": {"resourceVersion": "7", **meta},
        "items": items,
    }
    return Answer(200, {}, json.dumps(body).encode())


def read(need, server, places=("",)):
    return Listing(server, Redactor(b"test"), 500, lambda _: None).read(need, "v1", places)


def test_fewer_objects_than_announced_are_a_gap():
    first = page("Pod", ["shop/a"], **{"continue": "1", "remainingItemCount": 3})
    server = Server(
        **{"/api/v1/pods": lambda params: page("Pod", ["shop/b"]) if "continue" in params else first}
    )
    found = read(kube.PODS, server)

    assert found.end.cause is Cause.TRUNCATED
    assert "announced 4 objects and gave 2" in found.end.detail
    assert found.count == 2


def test_pages_of_two_states_are_not_joined():
    first = page("Pod", ["shop/a"], **{"continue": "1"})
    server = Server(
        **{"/api/v1/pods": lambda params: page("Pod", ["shop/b"], resourceVersion="8") if "continue" in params else first}
    )  # fmt: skip
    found = read(kube.PODS, server)

    assert found.end.cause is Cause.TRUNCATED
    assert len(server.asked) == 2 * (1 + listing_module.RESTARTS)
    assert found.count == 1


@pytest.mark.parametrize("names", [[], ["default"], ["shop", "default"]])
def test_a_list_without_what_every_server_has_is_a_gap(names):
    found = read(kube.NAMESPACES, Server(**{"/api/v1/namespaces": page("Namespace", names)}))

    assert found.end.cause is Cause.TRUNCATED
    assert "kube-system" in found.end.detail
    assert found.count == len(names)


def test_a_page_that_is_too_large_is_asked_for_in_smaller_ones():
    def large(params):
        if int(params["limit"]) > 5:
            raise TooLarge
        return page("Pod", ["shop/a"])

    server = Server(**{"/api/v1/pods": large})
    found = read(kube.PODS, server)

    assert [params["limit"] for _, params in server.asked] == ["500", "50", "5"]
    assert found.end is None
    assert found.count == 1


def test_one_object_that_is_too_large_is_a_gap():
    def large(_):
        raise TooLarge

    found = read(kube.PODS, Server(**{"/api/v1/pods": large}))

    assert found.end.cause is Cause.TRUNCATED


METRICS = b"""
apiserver_resource_objects{group="",resource="pods"} 5
apiserver_resource_objects{group="apps",resource="deployments"} 1.5e+05
apiserver_resource_objects{group="apps",resource="daemonsets"} -1
apiserver_storage_objects{resource="jobs.batch"} 7
apiserver_storage_objects{resource="nodes"} 3
apiserver_storage_objects{resource="broken"} +Inf
apiserver_storage_objects{resource="odd"} x
"""


def test_counts_are_read_in_both_spellings():
    assert read_counts(METRICS) == {
        ("", "pods"): 5,
        ("apps", "deployments"): 150_000,
        ("batch", "jobs"): 7,
        ("", "nodes"): 3,
    }


@pytest.mark.parametrize(
    ("listed", "counted", "gap"),
    [(0, 5, True), (5, 5, False), (5, 0, False), (1, 5, False), (900, 1001, False), (400, 1001, True), (0, 0, False)],
)  # fmt: skip
def test_a_list_far_shorter_than_the_servers_count_is_a_gap(listed, counted, gap):
    text = f'apiserver_resource_objects{{group="",resource="pods"}} {counted}'.encode()
    counts = Counts(Server(**{"/metrics": Answer(200, {}, text)}))

    assert (counts.contradict(kube.PODS, listed) is not None) is gap


def test_without_the_right_to_read_metrics_there_is_no_witness():
    assert Counts(Server()).contradict(kube.PODS, 0) is None


def test_metrics_that_do_not_come_are_no_witness():
    def fails(_):
        raise Failure(Cause.UNREACHABLE, "gone")

    assert Counts(Server(**{"/metrics": fails})).of(kube.PODS) is None


RULE = {"verbs": ["list"], "apiGroups": [""], "resources": ["pods"]}


def ask(server, need=kube.PODS, namespaces=()):
    return KubeSource(server, namespaces=namespaces, progress=lambda _: None).ask(need)


def test_whoever_may_not_read_the_cluster_reads_the_namespaces_that_he_may():
    server = Server(
        **{
            "/api/v1/namespaces": page("Namespace", ["a", "b", "default", "kube-system"]),
            "/api/v1/namespaces/b/pods": page("Pod", ["b/web"]),
            "rules of b": [RULE],
        }
    )
    found = ask(server)

    assert found.count == 1
    assert [gap.namespace for gap in found.gaps] == ["a", "default", "kube-system"]
    assert {gap.cause for gap in found.gaps} == {Cause.REFUSED}


def test_whoever_may_not_list_namespaces_reads_those_that_he_names():
    server = Server(
        **{
            "/api/v1/namespaces/own/pods": page("Pod", ["own/web"]),
            "/api/v1/namespaces/b/pods": page("Pod", ["b/web"]),
            "rules of b": [RULE],
            "rules of own": [{**RULE, "verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
            "rules of c": [{**RULE, "resourceNames": ["web"]}],
        }
    )
    found = ask(server, namespaces=["b", "c"])
    (gap,) = found.gaps

    assert found.count == 2
    assert gap.besides == ("b", "own")
    assert not gap.covers("own")
    assert gap.covers("c")
    assert gap.covers(None)


def test_a_namespace_that_is_refused_in_spite_of_the_rules_is_a_gap_of_its_own():
    server = Server(
        **{
            "/api/v1/namespaces/own/pods": page("Pod", ["own/web"]),
            "rules of own": [RULE],
            "rules of b": [RULE],
        }
    )
    found = ask(server, namespaces=["b"])

    assert found.count == 1
    assert any(gap.namespace == "b" for gap in found.gaps)
    assert any(gap.covers("elsewhere") for gap in found.gaps)


def test_rules_that_are_not_told_are_tried():
    assert Rights(SimpleNamespace(post=lambda *_: Answer(500, {}, b"no"))).may_in("a", kube.PODS)


def test_a_gap_covers_all_but_what_it_leaves_out():
    gap = Gap("x", Cause.REFUSED, "no", besides=("a",))

    assert not gap.covers("a")
    assert not gap.covers("a", "web")
    assert gap.covers("b")
    assert gap.covers(None)


def test_objects_announced_on_a_page_that_leads_to_no_other_are_a_gap():
    server = Server(**{"/api/v1/pods": page("Pod", ["shop/a"], remainingItemCount=2)})
    found = read(kube.PODS, server)

    assert found.end.cause is Cause.TRUNCATED
    assert "announced 3 objects and gave 1" in found.end.detail
