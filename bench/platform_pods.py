"""Pods of realistic shape, for the benches: 10 in each workload, two containers, labels, status."""

import json


def pod(number: int) -> dict[str, object]:
    workload, namespace = number // 10, f"team-{number // 1000}"
    container = {
        "image": f"registry.example/team/app-{workload % 50}:1.{workload % 20}.0",
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": f"SETTING_{n}", "value": "x" * 20} for n in range(12)],
        "resources": {
            "requests": {"cpu": "50m", "memory": "64Mi"},
            "limits": {"cpu": "500m", "memory": "128Mi"},
        },
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"}],
        "volumeMounts": [
            {
                "mountPath": "/var/run/secrets",
                "name": f"kube-api-access-{number % 99999:05}",
                "readOnly": True,
            }
        ],
    }
    owner = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "name": f"app-{workload}-5d",
        "uid": f"u{workload}",
        "controller": True,
    }
    return {
        "metadata": {
            "name": f"app-{workload}-5d-{number}",
            "namespace": namespace,
            "uid": f"00000000-0000-4000-8000-{number:012}",
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"app": f"app-{workload}", "team": namespace, "pod-template-hash": "5d", "tier": "web"},
            "annotations": {"checksum/config": "a" * 64},
            "ownerReferences": [owner],
            "managedFields": [{"manager": "kubelet", "fieldsV1": {f"f:field{n}": {} for n in range(40)}}],
        },
        "spec": {
            "nodeName": f"node-{number % 500}",
            "containers": [{"name": "main", **container}, {"name": "proxy", **container}],
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "volumes": [{"name": f"kube-api-access-{number % 99999:05}", "projected": {"sources": []}}],
            "serviceAccountName": "default",
            "tolerations": [
                {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}
            ],
        },
        "status": {
            "phase": "Running",
            "podIP": "198.18.0.1",
            "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}],
            "containerStatuses": [
                {"name": "main", "ready": True, "restartCount": 0, "image": container["image"]}
            ],
        },
    }


def page(first: int, count: int) -> bytes:
    items = [pod(number) for number in range(first, first + count)]
    return json.dumps(
        {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": items}
    ).encode()
