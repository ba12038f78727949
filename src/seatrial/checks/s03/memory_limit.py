"""Every container of every running pod has a memory limit.

Why: A container without a memory limit takes what it leaks from its neighbours: the node runs out of memory, and
the kernel or the kubelet kills pods that did nothing wrong.

What proves it: The specs of running pods as the API server admitted them, so that a LimitRange's defaults and injected
sidecars are in them. Init containers and sidecars count. A pod-level limit covers its containers.

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
    ContainerGroup,
    Judgement,
    World,
    add,
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
  - {name: migrate, image: "shop/migrate:1.4", resources: {limits: {memory: 128Mi}}}
  containers:
  - {name: web, image: "shop/web:2.1", resources: {limits: {memory: 128Mi}}}
  - {name: mesh, image: "mesh/proxy:1.9", resources: {limits: {memory: 128Mi}}}
status: {phase: Running}
""")

TRAPS = (
    trap(
        "one container of the pod has none",
        FAIL,
        patch("Pod shop/web", {"spec": {"containers": [{"name": "mesh", "resources": None}]}}),
    ),
    trap(
        "only the init container has none",
        FAIL,
        patch("Pod shop/web", {"spec": {"initContainers": [{"name": "migrate", "resources": None}]}}),
    ),
    trap(
        "a sidecar, which is an init container that stays, has none",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "initContainers": [{"name": "log", "image": "log/agent:1", "restartPolicy": "Always"}]
                }
            },
        ),
    ),
    trap(
        "a CPU limit is taken for a memory limit",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [{"name": "mesh", "resources": {"limits": {"memory": None, "cpu": "1"}}}]
                }
            },
        ),
    ),
    trap(
        "a request is taken for a limit",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {"name": "mesh", "resources": {"limits": None, "requests": {"memory": "64Mi"}}}
                    ]
                }
            },
        ),
    ),
    trap(
        "a pod-level limit covers every container",
        PASS,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "resources": {"limits": {"memory": "512Mi"}},
                    "containers": [{"name": "mesh", "resources": None}],
                }
            },
        ),
    ),
    trap(
        "a container for debugging cannot have one",
        PASS,
        patch("Pod shop/web", {"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox:1"}]}}),
    ),
    trap(
        "the pod is done and counts no more",
        NOT_APPLICABLE,
        patch("Pod shop/web", {"status": {"phase": "Succeeded"}}),
    ),
    trap(
        "a static pod's mirror is apart",
        NOT_APPLICABLE,
        patch(
            "Pod shop/web",
            {
                "metadata": {"annotations": {"kubernetes.io/config.mirror": "f0"}},
                "spec": {"nodeName": "n1", "containers": [{"name": "mesh", "resources": None}]},
            },
        ),
    ),
    trap(
        "a pod of the platform is not an application's",
        PASS,
        add("""
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: kube-system}
spec: {containers: [{name: agent, image: "agent/agent:1.0"}]}
"""),
    ),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
    trap("pods of one namespace cannot be listed", UNKNOWN, refuse("pods", "shop")),
)


@check(answers="memory-limit")
def memory_limit(container: ContainerGroup) -> Judgement:
    if container.kind == "ephemeral":
        return not_applicable("ephemeral containers have no resources")
    limit = resources.limit(container.pod, container.container, container.pointer, "memory")
    if limit.value is not None:
        return passed(f"memory limit {limit.value}", at=limit.at)
    return failed("no memory limit", "resources.limits.memory", at=limit.at)
