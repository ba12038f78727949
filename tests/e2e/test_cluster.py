"""The cluster is a real one: pods serve, names resolve, network policies stop packets, rights are refused."""

import json

import pytest

from seatrial.testing.cluster import network
from seatrial.testing.cluster.images import TEST
from seatrial.testing.testbed.components import KUBERNETES, binary

SPACE = "trial"
HARDENED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "runAsUser": 65534,
    "seccompProfile": {"type": "RuntimeDefault"},
}
READY = {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 1}
DENY = {"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress"]}
ALLOW = {**DENY, "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "friend"}}}]}]}


def an(api, kind, name, spec, **metadata):
    return {
        "apiVersion": api,
        "kind": kind,
        "metadata": {"name": name, "namespace": SPACE, **metadata},
        "spec": spec,
    }


def pod_of(**extra):
    container = {"name": "serve", "image": TEST, "readinessProbe": READY, "securityContext": HARDENED}
    return {"containers": [container], "terminationGracePeriodSeconds": 1, **extra}


def policy(name, spec):
    return json.dumps(an("networking.k8s.io/v1", "NetworkPolicy", name, spec))


@pytest.fixture(scope="module")
def web(cluster):
    """Two pods behind a Service, one on each node, and a client on each node."""
    labels = {"app": "web"}
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": labels},
    }
    template = {"metadata": {"labels": labels}, "spec": pod_of(topologySpreadConstraints=[spread])}
    rows = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}},
        an("apps/v1", "Deployment", "web", {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}),
        an("v1", "Service", "web", {"selector": labels, "ports": [{"port": 80, "targetPort": 8080}]}),
        an("v1", "Pod", "friend", pod_of(nodeName="n1"), labels={"app": "friend"}),
        an("v1", "Pod", "stranger", pod_of(nodeName="n2"), labels={"app": "stranger"}),
    ]  # fmt: skip
    cluster.apply(json.dumps({"apiVersion": "v1", "kind": "List", "items": rows}))
    cluster.kubectl("rollout", "status", "-n", SPACE, "deployment/web", "--timeout=60s")
    cluster.kubectl(
        "wait", "-n", SPACE, "--for=condition=Ready", "pod/friend", "pod/stranger", "--timeout=60s"
    )
    yield cluster
    cluster.kubectl("delete", "namespace", SPACE, "--wait=false")


def answer(cluster, client, url="http://web.trial.svc.cluster.local/"):
    """What a client pod gets from the Service, by its name in DNS; empty if nothing."""
    return cluster.kubectl("exec", "-n", SPACE, client, "--", "/serve", "get", url, check=False)


def reached(cluster, *clients):
    return [client for client in clients if "hello from web-" in answer(cluster, client)]


def test_two_nodes_are_ready_and_run_the_pinned_version(cluster):
    nodes = cluster.get("nodes")["items"]

    assert sorted(row["metadata"]["name"] for row in nodes) == ["n1", "n2"]
    for row in nodes:
        assert any(one["type"] == "Ready" and one["status"] == "True" for one in row["status"]["conditions"])
        assert row["status"]["nodeInfo"]["kubeletVersion"] == f"v{KUBERNETES}"


def test_a_deployment_serves_by_the_name_of_its_service_from_both_nodes(web):
    pods = web.get("pods", "-n", SPACE, "-l", "app=web")["items"]

    assert {row["spec"]["nodeName"] for row in pods} == {"n1", "n2"}
    for client in ("friend", "stranger"):
        web.until(lambda client=client: reached(web, client), f"the Service answers {client}")


def test_a_name_that_is_not_there_does_not_resolve(web):
    assert "no such host" in answer(web, "friend", "http://nobody.trial.svc.cluster.local/")


def test_a_policy_stops_what_it_denies_and_lets_through_what_it_allows(web):
    both = ["friend", "stranger"]
    web.until(lambda: reached(web, *both) == both, "both clients get through")
    web.apply(policy("default-deny", DENY))
    web.until(lambda: reached(web, *both) == [], "default deny stops both")
    web.apply(policy("allow-friend", ALLOW))
    web.until(lambda: reached(web, *both) == ["friend"], "the allow lets its client through")

    assert reached(web, *both) == ["friend"]
    web.kubectl("delete", "networkpolicy", "-n", SPACE, "--all")
    web.until(lambda: reached(web, *both) == both, "without policies both get through again")


def test_a_pod_that_would_run_as_root_against_its_word_is_refused(web):
    """The image has no user, so it is root's: the kubelet keeps runAsNonRoot."""
    spec = pod_of(nodeName="n1")
    spec["containers"] = [{**spec["containers"][0], "securityContext": {"runAsNonRoot": True}}]
    web.apply(json.dumps(an("v1", "Pod", "pretender", spec)))

    def refused():
        statuses = web.get("pod", "-n", SPACE, "pretender")["status"].get("containerStatuses", ())
        return any("run as root" in row["state"].get("waiting", {}).get("message", "") for row in statuses)

    web.until(refused, "the kubelet refuses")
    assert refused()


def test_a_user_with_few_rights_gets_what_is_granted_and_403_for_the_rest(web):
    web.kubectl("create", "role", "-n", SPACE, "reader", "--verb=get,list", "--resource=pods")
    web.kubectl("create", "rolebinding", "-n", SPACE, "reader", "--role=reader", "--user=guest")
    asked = (binary("kubectl"), "--kubeconfig", web.kubeconfig("guest", ()), "get", "--raw")

    assert '"kind":"PodList"' in web.run(*asked, f"/api/v1/namespaces/{SPACE}/pods").stdout
    for path in (f"/api/v1/namespaces/{SPACE}/services", "/api/v1/pods", "/api/v1/nodes"):
        done = web.run(*asked, path)
        assert done.returncode == 1
        assert "Error from server (Forbidden)" in done.stderr


def test_a_reader_of_the_kubelets_configuration_gets_no_pods_of_it(web):
    """nodes/configz and nodes/metrics are rights of their own: no nodes/proxy is needed."""
    web.kubectl("create", "clusterrole", "measures", "--verb=get", "--resource=nodes/configz,nodes/metrics")
    web.kubectl("create", "clusterrolebinding", "measures", "--clusterrole=measures", "--user=guest")
    kubelet = f"https://{network.address('n2')}:10250"
    asked = (
        binary("kubectl"),
        "--kubeconfig",
        web.kubeconfig("guest", ()),
        "--server",
        kubelet,
        "get",
        "--raw",
    )

    assert '"maxPods":110' in web.run(*asked, "/configz").stdout
    assert "kubelet_node_name" in web.run(*asked, "/metrics").stdout
    assert "(Forbidden)" in web.run(*asked, "/pods").stderr
