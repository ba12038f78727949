"""Every container of every running pod has a memory limit.

Why: A container without a memory limit takes what it leaks from its neighbours: the node runs out of memory, and
the kernel or the kubelet kills pods that did nothing wrong.

What proves it: The specs of the pods that run, as the API server admitted them, so that defaults of a LimitRange
and injected sidecars are in them. Init containers and sidecars count. A pod-level limit covers its containers. A limit of 0
is none. A limit above what the node can give, and a missing limit on ephemeral storage, are remarked.

What it does not prove: That the limit fits what the container uses, or that the next pod will have one.

How to fix: Set ``resources.limits.memory`` on the container in its pod template, or give the namespace a LimitRange
with a default memory limit.

References: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Change,
    ContainerGroup,
    Fix,
    Given,
    Judgement,
    Nodes,
    World,
    add,
    check,
    decided,
    failed,
    not_applicable,
    of_container,
    passed,
    patch,
    refuse,
    trap,
)
from seatrial.semantics import quantity, resources

GOOD = World("""
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", resources: {limits: {memory: 128Mi}}}
  - {name: log, image: "log/shipper:3.0", restartPolicy: Always, resources: {limits: {memory: 128Mi}}}
  containers:
  - {name: web, image: "shop/web:2.1", resources: {limits: {memory: 128Mi}}}
  - {name: mesh, image: "mesh/proxy:1.9", resources: {limits: {memory: 128Mi}}}
status: {phase: Running}
""")
WEB = "Pod shop/web"


def mesh(resources: object) -> Change:
    """Other resources for the container mesh."""
    return patch(WEB, {"spec": {"containers": [{"name": "mesh", "resources": resources}]}})


def init(name: str) -> Change:
    """No resources for an init container: migrate, or the sidecar log."""
    return patch(WEB, {"spec": {"initContainers": [{"name": name, "resources": None}]}})


TRAPS = (
    trap("one container of the pod has none", FAIL, mesh(None)),
    trap("only the init container has none", FAIL, init("migrate")),
    trap("a sidecar, which is an init container that stays, has none", FAIL, init("log")),
    trap("a CPU limit is taken for a memory limit", FAIL, mesh({"limits": {"memory": None, "cpu": "1"}})),
    trap("a request is taken for a limit", FAIL, mesh({"limits": None, "requests": {"memory": "64Mi"}})),
    trap("a limit of 0 is none", FAIL, mesh({"limits": {"memory": "0"}})),
    trap("a LimitRange of the type Pod gives no defaults", FAIL, mesh(None), add("""
apiVersion: v1
kind: LimitRange
metadata: {name: bounds, namespace: shop}
spec: {limits: [{type: Pod, max: {memory: 1Gi}}]}
""")),
    trap("a LimitRange is younger than the pod", FAIL, mesh(None), add("""
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: shop}
spec: {limits: [{type: Container, default: {memory: 128Mi}}]}
""")),
    trap("a pod-level limit covers every container", PASS,
         mesh(None), patch(WEB, {"spec": {"resources": {"limits": {"memory": "512Mi"}}}})),
    trap("a pod-level limit for CPU covers none", FAIL,
         mesh(None), patch(WEB, {"spec": {"resources": {"limits": {"cpu": "2"}}}})),
    trap("a limit above what the node can give", PASS,
         mesh({"limits": {"memory": "64Gi"}}), patch(WEB, {"spec": {"nodeName": "n1"}}), add("""
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {kubernetes.io/os: linux}}
status: {allocatable: {cpu: "4", memory: 15Gi}}
"""), note="above what node n1 can give"),
    trap("ephemeral storage without a limit is remarked", PASS, note="ephemeral-storage"),
    trap("a container for debugging cannot have one", PASS, patch(WEB, {"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox:1"}]}})),
    trap("the pod is done and counts no more", NOT_APPLICABLE,
         mesh(None), patch(WEB, {"status": {"phase": "Succeeded"}})),
    trap("a static pod's mirror is apart", NOT_APPLICABLE,
         mesh(None), patch(WEB, {"metadata": {"annotations": {"kubernetes.io/config.mirror": "f0"}}}),
         patch(WEB, {"spec": {"nodeName": "n1"}})),
    trap("a pod of the platform is not an application's", PASS, add("""
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: kube-system}
spec: {containers: [{name: agent, image: "agent/agent:1.0"}]}
status: {phase: Running}
""")),
    trap("pods of one namespace cannot be listed", UNKNOWN, refuse("pods", "shop")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


def fix(container: ContainerGroup, given: Given) -> Fix:
    value = decided(given, "memory-limit", "how much memory it may use, such as 256Mi")
    note = "above it the kernel kills the container: look at what it uses"
    return of_container(container, {"resources": {"limits": {"memory": value}}}, note)


@check(answers="memory-limit")
def memory_limit(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if container.kind == "ephemeral":
        return not_applicable("ephemeral containers have no resources")
    place = (container.pod, container.container, container.pointer)
    limit = resources.limit(*place, "memory")
    if limit.value is None:
        return failed("no memory limit", "resources.limits.memory above 0", at=limit.at)
    notes = [] if resources.limit(*place, "ephemeral-storage").value else ["no ephemeral-storage limit"]
    room = nodes.least_allocatable(container.group, "memory")
    if room is not None and quantity.parse(limit.value) > room[0]:
        notes.append(f"the limit is above what node {room[1]} can give")
    return passed(f"memory limit {limit.value}", at=limit.at, note="; ".join(notes))
