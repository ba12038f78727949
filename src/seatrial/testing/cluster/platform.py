"""The demo's short description, written out as manifests."""

from collections.abc import Iterator
from importlib import resources
from typing import Any

import yaml

from seatrial.testing.worlds import merge

Json = dict[str, Any]
PORT = 8080
CLASS = "standard-local"


class Platform:
    """What ``platforms/platform.yaml`` describes; the names of its keys are explained there."""

    def __init__(self) -> None:
        text = (
            resources.files("seatrial.testing.cluster")
            .joinpath("platforms", "platform.yaml")
            .read_text("utf-8")
        )
        described = yaml.safe_load(text)
        self.namespaces: dict[str, Json] = described["namespaces"]
        self.workloads: list[Json] = described["workloads"]
        self._extra: str = described["extra"]
        self.late: str = described["late"]

    def images(self) -> set[str]:
        """Every image that a pod of the platform names."""
        found: set[str] = set()
        for row in self.manifests():
            found |= set(_images(row))
        return found

    def manifests(self) -> Iterator[Json]:
        """Everything, in the order in which it must be made."""
        for name, row in self.namespaces.items():
            yield from _namespace(name, row)
        yield from yaml.safe_load_all(self._extra)
        yield {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": CLASS},
            "provisioner": "kubernetes.io/no-provisioner",
            "volumeBindingMode": "WaitForFirstConsumer",
        }
        for caller, row in self.namespaces.items():
            for callee in row.get("calls", ()):
                yield from _call(caller, callee)
        for row in self.workloads:
            yield from _workload(row)

    def late_labels(self) -> dict[str, Json]:
        return {name: _labels(row["level"]) for name, row in self.namespaces.items() if row.get("labelLate")}

    def claims(self) -> int:
        """How many volumes the platform's claims need."""
        sets = [row.get("replicas", 1) for row in self.workloads if row.get("kind") == "StatefulSet"]
        return int(sum(sets)) + sum("claim" in row for row in self.workloads)


def _labels(level: str) -> Json:
    return {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "warn")}


def _namespace(name: str, row: Json) -> Iterator[Json]:
    labels = {} if row.get("labelLate") else _labels(row["level"])
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    if row.get("platform"):
        return
    hard = row.get("quotaHard") or {
        "requests.cpu": "4", "requests.memory": "6Gi", "limits.memory": "12Gi", "pods": "60", "requests.storage": "20Gi",
    }  # fmt: skip
    if row.get("quota", True):
        scopes = {"scopes": row["quotaScopes"]} if "quotaScopes" in row else {}
        yield _object("v1", "ResourceQuota", name, "compute", {"hard": hard} | scopes)
    if row.get("limitRange", True):
        item = {
            "type": "Container",
            "default": {"cpu": "200m", "memory": "64Mi"},
            "defaultRequest": {"cpu": "5m", "memory": "16Mi"},
        }
        yield _object("v1", "LimitRange", name, "defaults", {"limits": [item]})
    yield from _policies(name, row)


def _policies(name: str, row: Json) -> Iterator[Json]:
    api = "networking.k8s.io/v1"
    types = ["Ingress", "Egress"] if row.get("denyEgress", True) else ["Ingress"]
    yield _object(api, "NetworkPolicy", name, "default-deny", {"podSelector": {}, "policyTypes": types})
    if row.get("denyEgress", True):
        dns = {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
        ports = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
        rule = {"to": [dns], "ports": ports}
        yield _object(
            api,
            "NetworkPolicy",
            name,
            "allow-dns",
            {"podSelector": {}, "policyTypes": ["Egress"], "egress": [rule]},
        )
    everyone: list[Json] = [{"podSelector": {}}]
    within: Json = {"ingress": [{"from": everyone, "ports": [{"port": PORT}]}]}
    if row.get("denyEgress", True):
        within["egress"] = [{"to": everyone, "ports": [{"port": PORT}]}]
    yield _object(
        api, "NetworkPolicy", name, "allow-within", {"podSelector": {}, "policyTypes": types} | within
    )
    if row.get("allowAll"):
        yield _object(
            api,
            "NetworkPolicy",
            name,
            "debug-open",
            {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]},
        )


def _call(caller: str, callee: str) -> Iterator[Json]:
    """One namespace's pods may call those of another: out of the one, into the other."""
    api = "networking.k8s.io/v1"

    def side(way: str, peers: str, other: str) -> Json:
        peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": other}}}
        return {
            "podSelector": {},
            "policyTypes": [way.title()],
            way: [{peers: [peer], "ports": [{"port": PORT}]}],
        }

    yield _object(api, "NetworkPolicy", caller, f"allow-to-{callee}", side("egress", "to", callee))
    yield _object(api, "NetworkPolicy", callee, f"allow-from-{caller}", side("ingress", "from", caller))


def _workload(row: Json) -> Iterator[Json]:
    kind, namespace, name = row.get("kind", "Deployment"), row["in"], row["name"]
    labels = {
        "app": name,
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/part-of": namespace,
        "app.kubernetes.io/version": row["image"].rpartition(":")[2],
    }
    template = {"metadata": {"labels": labels}, "spec": _pod(row)}
    replicas = row.get("replicas", 1)
    selector = {"matchLabels": {"app": name}}
    yield {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "automountServiceAccountToken": False,
    }
    if kind in {"CronJob", "Job"}:
        job = {"backoffLimit": 0, "template": _once(row, template)}
        runs = job if kind == "Job" else _schedule(row) | {"jobTemplate": {"spec": job}}
        yield _object("batch/v1", kind, namespace, name, runs, labels)
        return
    spec: Json = {"selector": selector, "template": template}
    if kind != "DaemonSet":
        spec["replicas"] = replicas
    if kind == "StatefulSet":
        spec |= {
            "serviceName": name,
            "podManagementPolicy": "Parallel",
            "volumeClaimTemplates": [_claim("data")],
        }
    if "claim" in row:
        yield {"apiVersion": "v1", "kind": "PersistentVolumeClaim", **_claim(row["claim"], namespace)}
    yield _object("apps/v1", kind, namespace, name, spec, labels)
    if kind != "DaemonSet" and row.get("service", True):
        service: Json = {
            "selector": {"app": name},
            "ports": [{"port": row.get("port", 80), "targetPort": PORT}],
        }
        yield _object(
            "v1",
            "Service",
            namespace,
            name,
            service | ({"clusterIP": "None"} if kind == "StatefulSet" else {}),
        )
    if replicas > 1:
        budget = {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow", "selector": selector}
        yield _object("policy/v1", "PodDisruptionBudget", namespace, name, budget | row.get("budget", {}))
    if "hpa" in row:
        yield _autoscaler(row)


def _autoscaler(row: Json) -> Json:
    least, most = row["hpa"]
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": row["name"]}
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
    }
    spec = {"scaleTargetRef": target, "minReplicas": least, "maxReplicas": most, "metrics": [metric]}
    return _object("autoscaling/v2", "HorizontalPodAutoscaler", row["in"], row["name"], spec)


def _once(row: Json, template: Json) -> Json:
    """The template of a pod that does its work and ends."""
    template["spec"] |= {"restartPolicy": "Never"}
    container = template["spec"]["containers"][0]
    container["args"] = ["fail" if row.get("fails") else "ok"]
    container.pop("readinessProbe")
    return template


def _schedule(row: Json) -> Json:
    return {
        "schedule": row["schedule"],
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": row.get("concurrency", "Forbid"),
        "suspend": row.get("suspend", False),
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 1,
    }


def _pod(row: Json) -> Json:
    """The pod of a well-run workload, then the workload's own patch."""
    context = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    pod: Json = {
        "serviceAccountName": row["name"],
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 1,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65534,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": row["name"],
                "image": row["image"],
                "imagePullPolicy": "IfNotPresent",
                "readinessProbe": {"httpGet": {"path": "/ready", "port": PORT}, "periodSeconds": 2},
                "resources": {
                    "requests": {"cpu": "5m", "memory": "16Mi"},
                    "limits": {"cpu": "200m", "memory": "64Mi"},
                },
                "securityContext": context,
            }
        ],
    }
    priority = row.get("priority", "standard")
    if priority:
        pod["priorityClassName"] = priority
    if "claim" in row:
        pod["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": row["claim"]}}]
    merged: Json = merge(pod, row.get("patch", {}))
    return merged


def _claim(name: str, namespace: str | None = None) -> Json:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": CLASS,
        "resources": {"requests": {"storage": "1Gi"}},
    }
    return {"metadata": {"name": name} | ({"namespace": namespace} if namespace else {}), "spec": spec}


def _object(api: str, kind: str, namespace: str, name: str, spec: Json, labels: Json | None = None) -> Json:
    metadata: Json = {"name": name, "namespace": namespace} | ({"labels": labels} if labels else {})
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec}


def _images(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("image"), str):
            yield value["image"]
        for inner in value.values():
            yield from _images(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _images(inner)
