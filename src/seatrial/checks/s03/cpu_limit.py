"""Every container of every running pod has a CPU limit, unless the profile declares no-cpu-limits.

Why: The item asks for limits. Whether CPU limits do good is disputed, so a platform may accept ``no-cpu-limits``, with
owner and reason.

What proves it: The specs of running pods as admitted. Init containers and sidecars count; a pod-level limit covers its
containers. A limit of 0 is none.

What it does not prove: That the limit fits what the container uses.

How to fix: Set ``resources.limits.cpu``, or accept the reading ``no-cpu-limits`` in the profile.

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
    Profile,
    World,
    add,
    check,
    decided,
    failed,
    not_applicable,
    of_container,
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
  - {name: log, image: "log/shipper:3.0", restartPolicy: Always, resources: {limits: {cpu: 500m}}}
  containers:
  - {name: web, image: "shop/web:2.1", resources: {limits: {cpu: 500m}}}
  - {name: mesh, image: "mesh/proxy:1.9", resources: {limits: {cpu: 500m}}}
status: {phase: Running}
""")
WEB = "Pod shop/web"


def mesh(resources: object) -> Change:
    """Other resources for the container mesh."""
    return patch(WEB, {"spec": {"containers": [{"name": "mesh", "resources": resources}]}})


def init(name: str) -> Change:
    """No resources for an init container: migrate, or the sidecar log."""
    return patch(WEB, {"spec": {"initContainers": [{"name": name, "resources": None}]}})


ACCEPTED = profile(
    {"accepts": [{"reading": "no-cpu-limits", "owner": "platform", "reason": "throttling hurts latency"}]}
)

TRAPS = (
    trap("one container has none", FAIL, mesh(None)),
    trap("only the init container has none", FAIL, init("migrate")),
    trap("only the sidecar has none", FAIL, init("log")),
    trap("a memory limit is taken for one", FAIL, mesh({"limits": {"cpu": None, "memory": "64Mi"}})),
    trap("a request is taken for a limit", FAIL, mesh({"limits": None, "requests": {"cpu": "100m"}})),
    trap("a limit of 0 is none", FAIL, mesh({"limits": {"cpu": "0"}})),
    trap("the profile accepts that there is none", PASS, mesh(None), ACCEPTED),
    trap("where none is accepted and nobody has one, there is nothing to ask", NOT_APPLICABLE,
         patch(WEB, {"spec": {"initContainers": None, "containers": [
             {"name": "web", "resources": None}, {"name": "mesh", "resources": None}]}}), ACCEPTED),
    trap("another reading does not excuse it", FAIL, mesh(None),
         profile({"accepts": [{"reading": "ingress-only", "owner": "net", "reason": "a proxy"}]})),
    trap("a pod-level limit covers every container", PASS,
         mesh(None), patch(WEB, {"spec": {"resources": {"limits": {"cpu": "2"}}}})),
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
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


def fix(container: ContainerGroup, given: Given) -> Fix:
    value = decided(
        given, "cpu-limit", "how much CPU it may use, such as 500m, or accept no-cpu-limits in the profile"
    )
    return of_container(
        container, {"resources": {"limits": {"cpu": value}}}, "above it the container is slowed down"
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
    return failed("no CPU limit", "resources.limits.cpu above 0, or the reading no-cpu-limits", at=limit.at)
