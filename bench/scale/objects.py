"""Objects of a large cluster, of realistic shape, as encoded JSON in the order of etcd; the same ones each time.

A workload has ten pods of two containers, four to seven kilobytes each with managedFields. One workload in ten breaks
some rules, so that findings are as many as on a real platform. Sizes follow the documented ceiling of Kubernetes:
150,000 pods on 5,000 nodes.
"""

import json
from collections.abc import Callable
from functools import lru_cache

PODS_OF_A_WORKLOAD = 10
WORKLOADS_OF_A_NAMESPACE = 50
PODS_OF_A_NODE = 30
FAULTY = 10
"""One workload in so many has faults."""

STATEFUL = 20
"""One workload in so many is a StatefulSet."""

Json = dict[str, object]


def managed(manager: str, fields: int) -> Json:
    keys = {f"f:field-{at}": {"f:value": {}, ".": {}} for at in range(fields)}
    return {"manager": manager, "operation": "Update", "apiVersion": "v1", "time": "2026-01-01T00:00:00Z",
            "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": keys}}  # fmt: skip


def metadata(name: str, namespace: str = "", fields: int = 12, **more: object) -> Json:
    place: Json = {"namespace": namespace} if namespace else {}
    return {"name": name, **place, "uid": "00000000-0000-4000-8000-000000000000", "resourceVersion": "12345",
            "generation": 1, "creationTimestamp": "2026-01-01T00:00:00Z",
            **more, "managedFields": [managed("kubectl-client-side-apply", fields)]}  # fmt: skip


def container(workload: int, name: str) -> Json:
    sound = workload % FAULTY != 0
    return {
        "name": name,
        "image": f"registry.example/team-{workload % 40}/{name}-{workload % 300}:1.{workload % 20}.{workload % 7}",
        "imagePullPolicy": "IfNotPresent",
        "args": ["--config=/etc/app/config.yaml", f"--shard={workload % 16}"],
        "env": [{"name": f"SETTING_{at}", "value": f"value-{at}-of-{workload}"} for at in range(10)],
        "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 10},
        "resources": {
            "requests": {"cpu": f"{50 + workload % 200}m", "memory": f"{64 + workload % 128}Mi"},
            "limits": {"cpu": "1", "memory": f"{256 + workload % 256}Mi"} if sound else {},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        } if sound else {},
        "terminationMessagePath": "/dev/termination-log",
        "volumeMounts": [
            {"mountPath": "/scratch", "name": "scratch"},
            {"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": "kube-api-access-@TOKEN", "readOnly": True},
        ],
    }  # fmt: skip


def labels(workload: int) -> Json:
    return {
        "app.kubernetes.io/name": f"app-{workload:06}",
        "app.kubernetes.io/part-of": f"team-{workload % 40}",
        "tier": "web",
    }


def namespace(workload: int) -> str:
    return f"team-{workload // WORKLOADS_OF_A_NAMESPACE:04}"


def pod_spec(workload: int) -> Json:
    return {
        "volumes": [
            {"name": "scratch", "emptyDir": {}},
            {"name": "kube-api-access-@TOKEN", "projected": {"defaultMode": 420, "sources": [
                {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
                {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}}]}},
        ],
        "containers": [container(workload, "main"), container(workload, "proxy")],
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "serviceAccountName": f"app-{workload:06}",
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "schedulerName": "default-scheduler",
        "tolerations": [
            {"key": f"node.kubernetes.io/{why}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
            for why in ("not-ready", "unreachable")
        ],
        "priority": 1000,
        "priorityClassName": "business",
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {"matchLabels": labels(workload)}}],
    }  # fmt: skip


@lru_cache(maxsize=64)
def pod_template(workload: int) -> str:
    """The pods of a workload, with marks where they differ."""
    stateful = workload % STATEFUL == 1
    owner = {"apiVersion": "apps/v1", "kind": "StatefulSet" if stateful else "ReplicaSet",
             "name": f"app-{workload:06}" + ("" if stateful else "-5d6f7c8b9"), "uid": "u", "controller": True}  # fmt: skip
    own = {"apps.kubernetes.io/pod-index": "@INDEX"} if stateful else {"pod-template-hash": "5d6f7c8b9"}
    conditions = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    statuses = [
        {"name": name, "ready": True, "started": True, "restartCount": 0, "image": "i", "imageID": "registry.example/a@sha256:" + "a" * 64,
         "containerID": "containerd://" + "b" * 64, "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}
        for name in ("main", "proxy")
    ]  # fmt: skip
    return encode({
        "metadata": metadata("@NAME", namespace(workload), 20, labels={**labels(workload), **own},
                             annotations={"checksum/config": "a" * 64}, ownerReferences=[owner], generateName="app-"),
        "spec": {**pod_spec(workload), "nodeName": "@NODE"},
        "status": {"phase": "Running", "qosClass": "Burstable", "podIP": "@IP", "hostIP": "198.51.100.1",
                   "startTime": "2026-01-01T00:00:00Z", "containerStatuses": statuses,
                   "conditions": [{"type": row, "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"} for row in conditions]},
    })  # fmt: skip


def encode(row: object) -> str:
    return json.dumps(row, separators=(",", ":"))


class Cluster:
    """``kinds``: by API path, the kind, how many there are, and the n-th object encoded."""

    def __init__(self, pods: int) -> None:
        self.pods = pods
        self.workloads = max(1, pods // PODS_OF_A_WORKLOAD)
        self.namespaces = -(-self.workloads // WORKLOADS_OF_A_NAMESPACE)
        self.nodes = max(1, pods // PODS_OF_A_NODE)
        many = self.workloads
        self._stateful = [row for row in range(many) if row % STATEFUL == 1]
        self._stateless = [row for row in range(many) if row % STATEFUL != 1]
        core, apps = "/api/v1", "/apis/apps/v1"
        self.kinds: dict[str, tuple[str, int, Callable[[int], str]]] = {
            f"{core}/pods": ("Pod", pods, self.pod),
            f"{core}/nodes": ("Node", self.nodes, self.node),
            f"{core}/namespaces": ("Namespace", self.namespaces + 2, self.place),
            f"{core}/services": ("Service", many + 1, self.service),
            f"{core}/serviceaccounts": ("ServiceAccount", many, self.account),
            f"{core}/resourcequotas": ("ResourceQuota", self.namespaces, self.quota),
            f"{core}/limitranges": ("LimitRange", self.namespaces, self.limits),
            f"{apps}/deployments": ("Deployment", len(self._stateless), self.deployment),
            f"{apps}/statefulsets": ("StatefulSet", len(self._stateful), self.stateful_set),
            f"{apps}/replicasets": ("ReplicaSet", 2 * len(self._stateless), self.replica_set),
            "/apis/networking.k8s.io/v1/networkpolicies": ("NetworkPolicy", pods // 30, self.policy),
            "/apis/policy/v1/poddisruptionbudgets": ("PodDisruptionBudget", pods // 50, self.budget),
            "/apis/autoscaling/v2/horizontalpodautoscalers": ("HorizontalPodAutoscaler", many // 10, self.autoscaler),
            "/apis/rbac.authorization.k8s.io/v1/rolebindings": ("RoleBinding", pods // 15, self.binding),
            "/apis/discovery.k8s.io/v1/endpointslices": ("EndpointSlice", many, self.slice),
            "/apis/scheduling.k8s.io/v1/priorityclasses": ("PriorityClass", 4, self.priority),
        }  # fmt: skip

    def pod(self, at: int) -> str:
        workload, index = divmod(at, PODS_OF_A_WORKLOAD)
        name = (
            f"app-{workload:06}-{index}"
            if workload % STATEFUL == 1
            else f"app-{workload:06}-5d6f7c8b9-{index}abcd"
        )
        plain = pod_template(workload)
        for mark, text in (
            ("@NAME", name),
            ("@NODE", f"node-{at % self.nodes:05}"),
            ("@TOKEN", f"{at % 100_000:05}"),
            ("@IP", f"198.18.{at // 250 % 250}.{at % 250}"),
            ("@INDEX", str(index)),
        ):
            plain = plain.replace(mark, text)
        return plain

    def node(self, at: int) -> str:
        images = [{"names": [f"registry.example/team/app-{row}@sha256:{'c' * 64}", f"registry.example/team/app-{row}:1.0"],
                   "sizeBytes": 123_456_789} for row in range(50)]  # fmt: skip
        kinds = ("MemoryPressure", "DiskPressure", "PIDPressure", "Ready")
        rooms = {"cpu": "16", "memory": "64Gi", "pods": "110", "ephemeral-storage": "100Gi"}
        return encode({
            "metadata": metadata(f"node-{at:05}", fields=40, labels={"kubernetes.io/os": "linux", "kubernetes.io/hostname": f"node-{at:05}",
                                 "topology.kubernetes.io/zone": f"zone-{at % 3}", "node.kubernetes.io/instance-type": "large"}),
            "spec": {"podCIDR": "198.18.0.0/24", "providerID": f"example:///{at}"},
            "status": {"capacity": rooms, "allocatable": rooms, "images": images,
                       "nodeInfo": {"operatingSystem": "linux", "architecture": "amd64", "kubeletVersion": "v1.36.3"},
                       "conditions": [{"type": row, "status": str(row == "Ready"), "reason": "Kubelet", "message": "kubelet says so",
                                       "lastHeartbeatTime": "2026-01-01T00:00:00Z", "lastTransitionTime": "2026-01-01T00:00:00Z"} for row in kinds]},
        })  # fmt: skip

    def place(self, at: int) -> str:
        name = ("default", "kube-system")[at] if at < 2 else f"team-{at - 2:04}"
        enforced = {"kubernetes.io/metadata.name": name, "pod-security.kubernetes.io/enforce": "restricted"}
        return encode({"metadata": metadata(name, labels=enforced), "status": {"phase": "Active"}})

    def service(self, at: int) -> str:
        if at == 0:
            return encode({"metadata": metadata("kubernetes", "default"), "spec": {"ports": [{"port": 443}]}})
        row = at - 1
        spec = {
            "selector": labels(row),
            "clusterIP": "198.18.0.1",
            "ports": [{"port": 80, "targetPort": "http", "name": "http"}],
        }
        return encode(
            {
                "metadata": metadata(f"app-{row:06}", namespace(row)),
                "spec": spec,
                "status": {"loadBalancer": {}},
            }
        )

    def account(self, at: int) -> str:
        return encode(
            {"metadata": metadata(f"app-{at:06}", namespace(at)), "automountServiceAccountToken": False}
        )

    def quota(self, at: int) -> str:
        hard = {"requests.cpu": "200", "requests.memory": "400Gi", "limits.memory": "800Gi", "pods": "1000"}
        return encode(
            {
                "metadata": metadata("compute", f"team-{at:04}"),
                "spec": {"hard": hard},
                "status": {"hard": hard, "used": hard},
            }
        )

    def limits(self, at: int) -> str:
        limit = {
            "type": "Container",
            "default": {"memory": "128Mi"},
            "defaultRequest": {"cpu": "50m", "memory": "64Mi"},
        }
        return encode({"metadata": metadata("defaults", f"team-{at:04}"), "spec": {"limits": [limit]}})

    def _template(self, row: int) -> Json:
        template = json.loads(encode(pod_spec(row)).replace("-@TOKEN", "-x"))
        template["volumes"] = template["volumes"][:1]
        return {"metadata": {"labels": labels(row)}, "spec": template}

    def _controller(self, row: int, name: str, replicas: int, **more: object) -> Json:
        spec = {
            "replicas": replicas,
            "selector": {"matchLabels": labels(row)},
            "template": self._template(row),
        }
        status = {
            "observedGeneration": 1,
            "replicas": replicas,
            "readyReplicas": replicas,
            "availableReplicas": replicas,
            "updatedReplicas": replicas,
        }
        return {
            "metadata": metadata(name, namespace(row), 30, labels=labels(row), **more),
            "spec": spec,
            "status": status,
        }

    def deployment(self, at: int) -> str:
        row = self._stateless[at]
        return encode(self._controller(row, f"app-{row:06}", PODS_OF_A_WORKLOAD))

    def stateful_set(self, at: int) -> str:
        row = self._stateful[at]
        found = self._controller(row, f"app-{row:06}", PODS_OF_A_WORKLOAD)
        return encode({**found, "spec": {**found["spec"], "serviceName": f"app-{row:06}"}})  # type: ignore[dict-item]

    def replica_set(self, at: int) -> str:
        which, is_new = divmod(at, 2)
        row = self._stateless[which]
        owner = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "name": f"app-{row:06}",
            "uid": "u",
            "controller": True,
        }
        name = f"app-{row:06}-" + ("5d6f7c8b9" if is_new else "4c5d6e7f8")
        return encode(
            self._controller(row, name, PODS_OF_A_WORKLOAD if is_new else 0, ownerReferences=[owner])
        )

    def _spread(self, at: int, count: int) -> int:
        return at * self.workloads // max(count, 1)

    def policy(self, at: int) -> str:
        row = self._spread(at, self.pods // 30)
        selector: Json = {} if at % 10 == 0 else {"matchLabels": labels(row)}
        spec = {
            "podSelector": selector,
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [{"podSelector": {}}]}],
        }
        return encode({"metadata": metadata(f"policy-{at:06}", namespace(row)), "spec": spec})

    def budget(self, at: int) -> str:
        row = self._spread(at, self.pods // 50)
        status = {
            "observedGeneration": 1,
            "expectedPods": 10,
            "currentHealthy": 10,
            "desiredHealthy": 9,
            "disruptionsAllowed": 1,
        }
        spec = {"minAvailable": 9, "selector": {"matchLabels": labels(row)}}
        return encode(
            {"metadata": metadata(f"budget-{at:06}", namespace(row)), "spec": spec, "status": status}
        )

    def autoscaler(self, at: int) -> str:
        row = self._stateless[at * len(self._stateless) // max(self.workloads // 10, 1)]
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"app-{row:06}"}
        cpu = {
            "type": "Resource",
            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
        }
        spec = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 20, "metrics": [cpu]}
        conditions = [{"type": kind, "status": str(kind != "ScalingLimited"), "lastTransitionTime": "2026-01-01T00:00:00Z"}
                      for kind in ("AbleToScale", "ScalingActive", "ScalingLimited")]  # fmt: skip
        return encode({"metadata": metadata(f"app-{row:06}", namespace(row)), "spec": spec,
                       "status": {"currentReplicas": 10, "desiredReplicas": 10, "conditions": conditions}})  # fmt: skip

    def binding(self, at: int) -> str:
        row = self._spread(at, self.pods // 15)
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "app"}
        subject = {"kind": "ServiceAccount", "name": f"app-{row:06}", "namespace": namespace(row)}
        return encode(
            {"metadata": metadata(f"binding-{at:06}", namespace(row)), "roleRef": role, "subjects": [subject]}
        )

    def slice(self, at: int) -> str:
        rows = [
            {
                "addresses": [f"198.18.{at % 250}.{row}"],
                "conditions": {"ready": True},
                "nodeName": f"node-{row:05}",
            }
            for row in range(10)
        ]
        return encode(
            {"metadata": metadata(f"app-{at:06}-x", namespace(at)), "addressType": "IPv4", "endpoints": rows}
        )

    def priority(self, at: int) -> str:
        name = ("batch", "business", "system-cluster-critical", "system-node-critical")[at]
        return encode(
            {
                "metadata": metadata(name),
                "value": (100, 1000, 2_000_000_000, 2_000_001_000)[at],
                "preemptionPolicy": "Never",
            }
        )
