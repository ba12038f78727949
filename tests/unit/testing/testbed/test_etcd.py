"""Where objects stand in etcd; that a server reads them there is proved in tests/worlds."""

import pytest

from seatrial.testing.testbed.etcd import key_of


@pytest.mark.parametrize(
    ("api_version", "resource", "namespace", "key"),
    [
        ("v1", "pods", "shop", "/registry/pods/shop/a"),
        ("v1", "nodes", None, "/registry/minions/a"),
        ("v1", "services", "shop", "/registry/services/specs/shop/a"),
        ("v1", "endpoints", "shop", "/registry/services/endpoints/shop/a"),
        ("v1", "replicationcontrollers", "shop", "/registry/controllers/shop/a"),
        ("networking.k8s.io/v1", "ingresses", "shop", "/registry/ingress/shop/a"),
        ("networking.k8s.io/v1", "ingressclasses", None, "/registry/ingressclasses/a"),
        ("apps/v1", "deployments", "shop", "/registry/deployments/shop/a"),
        ("example.com/v1", "ships", "shop", "/registry/example.com/ships/shop/a"),
        ("example.com/v1", "nodes", None, "/registry/example.com/nodes/a"),
        ("gateway.networking.k8s.io/v1", "gateways", "shop", "/registry/gateway.networking.k8s.io/gateways/shop/a"),
        ("apiextensions.k8s.io/v1", "crds", None, "/registry/apiextensions.k8s.io/crds/a"),
    ],
)  # fmt: skip
def test_keys(api_version, resource, namespace, key):
    metadata = {"name": "a"} if namespace is None else {"name": "a", "namespace": namespace}

    assert key_of({"apiVersion": api_version, "metadata": metadata}, resource) == key
