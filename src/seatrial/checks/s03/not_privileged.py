"""No application container is privileged.

Why: A privileged container is root on its node: it has every capability, sees every device, and neither seccomp nor
AppArmor is applied to it.

What proves it: The specs of running pods; init, sidecar and ephemeral containers count. A Windows host process is as good
as privileged.

What it does not prove: That nobody may create a privileged pod: that is item 3.1.

How to fix: Remove ``securityContext.privileged``; add the one capability or device that is needed, and declare an agent
that really needs the node as a platform workload.

References: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Change,
    ContainerGroup,
    Judgement,
    World,
    check,
    failed,
    passed,
    patch,
    profile,
    refuse,
    trap,
)
from seatrial.semantics import security

GOOD = World("""
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {privileged: false}}
  - {name: mesh, image: "mesh/proxy:1.9", restartPolicy: Always, securityContext: {privileged: false}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {privileged: false}}
status: {phase: Running}
""")
WEB = "Pod shop/web"


def web(context: object) -> Change:
    """Another security context for the container web."""
    return patch(WEB, {"spec": {"containers": [{"name": "web", "securityContext": context}]}})


def init(name: str, context: object) -> Change:
    """Another security context for an init container: migrate, or the sidecar mesh."""
    return patch(WEB, {"spec": {"initContainers": [{"name": name, "securityContext": context}]}})


TRAPS = (
    trap("a container is privileged", FAIL, web({"privileged": True})),
    trap("only the init container is", FAIL, init("migrate", {"privileged": True})),
    trap("only the sidecar is", FAIL, init("mesh", {"privileged": True})),
    trap("an ephemeral container is", FAIL, patch(WEB, {"spec": {"ephemeralContainers": [
        {"name": "debug", "image": "busybox:1", "securityContext": {"privileged": True}}]}})),
    trap("no security context at all is not privileged", PASS, web(None)),
    trap("a Windows host process is as good as privileged", FAIL,
         patch(WEB, {"spec": {
             "os": {"name": "windows"}, "hostNetwork": True, "initContainers": None,
             "securityContext": {"windowsOptions": {
                 "hostProcess": True, "runAsUserName": "NT AUTHORITY\\Local service"}}}}),
         web(None)),
    trap("a declaration for another workload does not help", FAIL, web({"privileged": True}),
         profile({"declares": {"platformWorkloads": [
             {"kind": "DaemonSet", "namespace": "shop", "name": "web", "owner": "ops", "reason": "agent"}]}})),
    trap("a declared platform workload is apart", NOT_APPLICABLE, web({"privileged": True}),
         profile({"declares": {"platformWorkloads": [
             {"kind": "Pod", "namespace": "shop", "name": "web", "owner": "ops", "reason": "node agent"}]}})),
    trap("a pod that is done counts no more", NOT_APPLICABLE, web({"privileged": True}),
         patch(WEB, {"status": {"phase": "Succeeded"}})),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


@check(answers="not-privileged")
def not_privileged(container: ContainerGroup) -> Judgement:
    at = f"{container.pointer}/securityContext/privileged"
    if security.is_privileged(container.container):
        return failed("privileged", "privileged unset or false", at=at)
    if security.host_process(container.pod, container.container):
        expected = "windowsOptions.hostProcess unset or false"
        return failed("a Windows host process", expected, at=container.pointer)
    return passed("not privileged", at=container.pointer)
