"""Every container of every running pod has a CPU limit, unless the profile declares no-cpu-limits.

Why: The item asks for limits. Whether CPU limits do good is disputed, so a platform may accept ``no-cpu-limits``, with
owner and reason.

What proves it: The specs of running pods as admitted. Init containers and sidecars count; a pod-level limit covers its
containers.

What it does not prove: That the limit fits what the container uses.

How to fix: Set ``resources.limits.cpu``, or accept the reading ``no-cpu-limits`` in the profile.

References: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    ContainerGroup,
    Judgement,
    Profile,
    World,
    check,
    failed,
    not_applicable,
    passed,
    patch,
    profile,
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
  - {name: migrate, image: "shop/migrate:1.4", resources: {limits: {cpu: 500m}}}
  containers:
  - {name: web, image: "shop/web:2.1", resources: {limits: {cpu: 500m}}}
  - {name: mesh, image: "mesh/proxy:1.9", resources: {limits: {cpu: 500m}}}
status: {phase: Running}
""")

ACCEPTED = profile(
    {"accepts": [{"reading": "no-cpu-limits", "owner": "platform", "reason": "throttling hurts latency"}]}
)

TRAPS = (
    trap(
        "one container has none",
        FAIL,
        patch("Pod shop/web", {"spec": {"containers": [{"name": "mesh", "resources": None}]}}),
    ),
    trap(
        "a memory limit is taken for one",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [{"name": "mesh", "resources": {"limits": {"cpu": None, "memory": "64Mi"}}}]
                }
            },
        ),
    ),
    trap(
        "only the init container has none",
        FAIL,
        patch("Pod shop/web", {"spec": {"initContainers": [{"name": "migrate", "resources": None}]}}),
    ),
    trap(
        "the profile accepts that there are none",
        PASS,
        patch("Pod shop/web", {"spec": {"containers": [{"name": "mesh", "resources": None}]}}),
        ACCEPTED,
    ),
    trap(
        "a pod-level limit covers every container",
        PASS,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "resources": {"limits": {"cpu": "2"}},
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
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)


@check(answers="cpu-limit", route="kube+profile")
def cpu_limit(container: ContainerGroup, profile: Profile) -> Judgement:
    if container.kind == "ephemeral":
        return not_applicable("ephemeral containers have no resources")
    limit = resources.limit(container.pod, container.container, container.pointer, "cpu")
    if limit.value is not None:
        return passed(f"CPU limit {limit.value}", at=limit.at)
    accepted = profile.accepted("no-cpu-limits")
    if accepted is not None:
        return not_applicable(f"no-cpu-limits is accepted: {accepted.reason} ({accepted.owner})")
    return failed("no CPU limit", "resources.limits.cpu, or the reading no-cpu-limits", at=limit.at)
