"""The cluster is a real one: pods serve, names resolve, network policies stop packets."""

DENY = """
apiVersion: v1
kind: Namespace
metadata: {name: trial}
---
apiVersion: v1
kind: Pod
metadata: {name: server, namespace: trial, labels: {app: server}}
spec: {containers: [{name: serve, image: registry.test/serve:1}]}
---
apiVersion: v1
kind: Service
metadata: {name: server, namespace: trial}
spec: {selector: {app: server}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: trial, labels: {app: client}}
spec: {containers: [{name: serve, image: registry.test/serve:1}]}
"""
POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: trial}
spec: {podSelector: {matchLabels: {app: server}}, policyTypes: [Ingress]}
"""


def reaches(cluster):
    asked = ("exec", "-n", "trial", "client", "--", "/serve", "get", "http://server.trial.svc.cluster.local/")
    return "hello from server" in cluster.kubectl(*asked, check=False)


def test_a_policy_stops_what_it_denies(cluster):
    cluster.apply(DENY)
    try:
        cluster.until(lambda: reaches(cluster), "the service answers")
        cluster.apply(POLICY)
        cluster.until(lambda: not reaches(cluster), "the policy stops the client")
        cluster.kubectl("delete", "networkpolicy", "-n", "trial", "default-deny")
        cluster.until(lambda: reaches(cluster), "the service answers again")
    finally:
        cluster.kubectl("delete", "namespace", "trial", "--wait=false")


def test_two_nodes_are_ready(cluster):
    nodes = cluster.get("nodes")["items"]

    assert sorted(row["metadata"]["name"] for row in nodes) == ["n1", "n2"]
    for row in nodes:
        assert any(one["type"] == "Ready" and one["status"] == "True" for one in row["status"]["conditions"])
