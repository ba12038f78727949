"""Every container of every running pod has a CPU request and a memory request.

Why: The scheduler places pods by their requests alone; a container without any is placed as if it needed nothing, and is
the first to suffer when a node fills up.

What proves it: The specs of running pods as admitted. The API server sets a request that is missing to the limit, so a
limit alone will do. A pod-level request covers its containers. A request of 0 is none.

What it does not prove: That the requests fit what the container uses.

How to fix: Set ``resources.requests.cpu`` and ``resources.requests.memory``, or give the namespace a LimitRange with
default requests.

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
from seatrial.semantics import resources

GOOD = World("""
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", resources: {requests: {cpu: 50m, memory: 64Mi}}}
  - {name: log, image: "log/shipper:3.0", restartPolicy: Always, resources: {requests: {cpu: 50m, memory: 64Mi}}}
  containers:
  - {name: web, image: "shop/web:2.1", resources: {requests: {cpu: 50m, memory: 64Mi}}}
  - {name: mesh, image: "mesh/proxy:1.9", resources: {requests: {cpu: 50m, memory: 64Mi}}}
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
    trap("one container has none", FAIL, mesh(None)),
    trap("CPU without memory", FAIL, mesh({"requests": {"memory": None}})),
    trap("memory without CPU", FAIL, mesh({"requests": {"cpu": None}})),
    trap("only the init container has none", FAIL, init("migrate")),
    trap("only the sidecar has none", FAIL, init("log")),
    trap("a request of 0 is none", FAIL, mesh({"requests": {"cpu": "0"}})),
    trap("a request of 0 under a limit is none", FAIL, mesh({"requests": {"cpu": "0"}, "limits": {"cpu": "1"}})),
    trap("limits alone become requests", PASS,
         mesh({"requests": None, "limits": {"cpu": "1", "memory": "64Mi"}})),
    trap("a limit for one of the two becomes one request", FAIL,
         mesh({"requests": None, "limits": {"memory": "64Mi"}})),
    trap("pod-level requests cover every container", PASS,
         mesh(None), patch(WEB, {"spec": {"resources": {"requests": {"cpu": "1", "memory": "256Mi"}}}})),
    trap("a pod-level request for one of the two covers one", FAIL,
         mesh(None), patch(WEB, {"spec": {"resources": {"requests": {"memory": "256Mi"}}}})),
    trap("a container for debugging cannot have any", PASS, patch(WEB, {"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox:1"}]}})),
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
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


def fix(container: ContainerGroup, given: Given) -> Fix:
    place = (container.pod, container.container, container.pointer)
    missing = [name for name in ("cpu", "memory") if resources.request(*place, name).value is None]
    values = {name: decided(given, f"{name}-request", f"how much {name} it is promised") for name in missing}
    return of_container(container, {"resources": {"requests": values}})


@check(answers="resource-requests")
def resource_requests(container: ContainerGroup) -> Judgement:
    if container.kind == "ephemeral":
        return not_applicable("ephemeral containers have no resources")
    place = (container.pod, container.container, container.pointer)
    found = {name: resources.request(*place, name) for name in ("cpu", "memory")}
    missing = [name for name, request in found.items() if request.value is None]
    if missing:
        expected = "requests for cpu and memory above 0"
        return failed(f"no request for {' and '.join(missing)}", expected, at=container.pointer)
    says = ", ".join(f"{name} {request.value}" for name, request in found.items())
    return passed(f"requests {says}", at=tuple(request.at for request in found.values()))
