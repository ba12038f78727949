"""Every container of every running pod has a CPU request and a memory request.

Why: The scheduler places pods by their requests alone; a container without any is placed as if it needed nothing, and is
the first to suffer when a node fills up.

What proves it: The specs of running pods as admitted. The API server sets a request that is missing to the limit, so a
limit alone will do. A pod-level request covers its containers.

What it does not prove: That the requests fit what the container uses.

How to fix: Set ``resources.requests.cpu`` and ``resources.requests.memory``, or give the namespace a LimitRange with
default requests.

References: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    ContainerGroup,
    Judgement,
    World,
    check,
    failed,
    not_applicable,
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
  containers:
  - {name: web, image: "shop/web:2.1", resources: {requests: {cpu: 50m, memory: 64Mi}}}
  - {name: mesh, image: "mesh/proxy:1.9", resources: {requests: {cpu: 50m, memory: 64Mi}}}
status: {phase: Running}
""")

TRAPS = (
    trap(
        "one container has none",
        FAIL,
        patch("Pod shop/web", {"spec": {"containers": [{"name": "mesh", "resources": None}]}}),
    ),
    trap(
        "CPU without memory",
        FAIL,
        patch(
            "Pod shop/web",
            {"spec": {"containers": [{"name": "mesh", "resources": {"requests": {"memory": None}}}]}},
        ),
    ),
    trap(
        "memory without CPU",
        FAIL,
        patch(
            "Pod shop/web",
            {"spec": {"containers": [{"name": "mesh", "resources": {"requests": {"cpu": None}}}]}},
        ),
    ),
    trap(
        "only the init container has none",
        FAIL,
        patch("Pod shop/web", {"spec": {"initContainers": [{"name": "migrate", "resources": None}]}}),
    ),
    trap(
        "limits alone become requests",
        PASS,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {
                            "name": "mesh",
                            "resources": {"requests": None, "limits": {"cpu": "1", "memory": "64Mi"}},
                        }
                    ]
                }
            },
        ),
    ),
    trap(
        "pod-level requests cover every container",
        PASS,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "resources": {"requests": {"cpu": "1", "memory": "256Mi"}},
                    "containers": [{"name": "mesh", "resources": None}],
                }
            },
        ),
    ),
    trap(
        "a container for debugging cannot have any",
        PASS,
        patch("Pod shop/web", {"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox:1"}]}}),
    ),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)


@check(answers="resource-requests")
def resource_requests(container: ContainerGroup) -> Judgement:
    if container.kind == "ephemeral":
        return not_applicable("ephemeral containers have no resources")
    found = {
        name: resources.request(container.pod, container.container, container.pointer, name)
        for name in ("cpu", "memory")
    }
    missing = [name for name, request in found.items() if request.value is None]
    if missing:
        return failed(
            f"no request for {' and '.join(missing)}", "requests for cpu and memory", at=container.pointer
        )
    says = ", ".join(f"{name} {request.value}" for name, request in found.items())
    return passed(f"requests {says}", at=tuple(request.at for request in found.values()))
