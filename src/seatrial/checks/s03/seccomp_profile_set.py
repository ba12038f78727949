"""Every application container has an effective seccompProfile of RuntimeDefault or Localhost.

Why: Without a profile a container may make every system call of the kernel, old and odd ones included.

What proves it: The container's own field, else the pod's. The annotations of old are ignored by Kubernetes since 1.27,
and here. A privileged container runs without seccomp, whatever is set.

What it does not prove: That a Localhost profile is on the node, or what it allows.

How to fix: Set ``securityContext.seccompProfile: {type: RuntimeDefault}`` in the pod template.

References: https://kubernetes.io/docs/tutorials/security/seccomp/
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
    Undecided,
    World,
    add,
    check,
    failed,
    not_applicable,
    of_container,
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
  securityContext: {seccompProfile: {type: RuntimeDefault}}
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4"}
  - {name: mesh, image: "mesh/proxy:1.9", restartPolicy: Always}
  containers:
  - {name: web, image: "shop/web:2.1"}
status: {phase: Running}
""")
WEB = "Pod shop/web"
BARE: dict[str, object] = {
    "securityContext": None, "initContainers": None, "containers": [{"name": "web", "securityContext": None}]}  # fmt: skip


def web(context: object) -> Change:
    """Another security context for the container web."""
    return patch(WEB, {"spec": {"containers": [{"name": "web", "securityContext": context}]}})


def init(name: str, context: object) -> Change:
    """Another security context for an init container: migrate, or the sidecar mesh."""
    return patch(WEB, {"spec": {"initContainers": [{"name": name, "securityContext": context}]}})


NO_CONTEXT = patch(WEB, {"spec": {"securityContext": None}})

TRAPS = (
    trap("nothing sets it", FAIL, NO_CONTEXT),
    trap("a container undoes the pod's profile", FAIL, web({"seccompProfile": {"type": "Unconfined"}})),
    trap("the pod is Unconfined", FAIL,
         patch(WEB, {"spec": {"securityContext": {"seccompProfile": {"type": "Unconfined"}}}})),
    trap("only one container sets it", FAIL, NO_CONTEXT, web({"seccompProfile": {"type": "RuntimeDefault"}})),
    trap("only the sidecar undoes it", FAIL, init("mesh", {"seccompProfile": {"type": "Unconfined"}})),
    trap("an annotation of old sets it", FAIL, NO_CONTEXT,
         patch(WEB, {"metadata": {"annotations": {
             "seccomp.security.alpha.kubernetes.io/pod": "runtime/default"}}})),
    trap("a privileged container runs without it", FAIL, web({"privileged": True})),
    trap("a profile of one's own counts", PASS,
         web({"seccompProfile": {"type": "Localhost", "localhostProfile": "web.json"}})),
    trap("an ephemeral container inherits it", PASS, patch(WEB, {"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox:1"}]}})),
    trap("an ephemeral container undoes it", FAIL, patch(WEB, {"spec": {"ephemeralContainers": [
        {"name": "debug", "image": "busybox:1",
         "securityContext": {"seccompProfile": {"type": "Unconfined"}}}]}})),
    trap("a Windows pod has no such field", NOT_APPLICABLE,
         patch(WEB, {"spec": BARE | {"os": {"name": "windows"}}})),
    trap("its node tells that it is a Windows pod", NOT_APPLICABLE,
         patch(WEB, {"spec": BARE | {"nodeName": "w1"}}),
         add("{apiVersion: v1, kind: Node, metadata: {name: w1, labels: {kubernetes.io/os: windows}}}")),
    trap("its node tells that it is a Linux pod", FAIL,
         patch(WEB, {"spec": BARE | {"nodeName": "n1"}}),
         add("{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {kubernetes.io/os: linux}}}")),
    trap("the node that would tell the system was not seen", UNKNOWN,
         patch(WEB, {"spec": {"nodeName": "n1"}}), refuse("nodes")),
    trap("a declared platform workload is apart", NOT_APPLICABLE, NO_CONTEXT,
         profile({"declares": {"platformWorkloads": [
             {"kind": "Pod", "namespace": "shop", "name": "web", "owner": "ops", "reason": "node agent"}]}})),
    trap("a pod that is done counts no more", NOT_APPLICABLE, NO_CONTEXT,
         patch(WEB, {"status": {"phase": "Succeeded"}})),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


def fix(container: ContainerGroup, given: Given) -> Fix:  # noqa: ARG001  # there is one right value
    if security.is_privileged(container.container):
        raise Undecided("it is privileged, which overrides this: take privileged away first")
    return of_container(container, {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}})


@check(answers="seccomp-profile-set")
def seccomp_profile_set(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    expected = "seccompProfile of type RuntimeDefault or Localhost"
    if security.is_privileged(container.container):
        at = f"{container.pointer}/securityContext/privileged"
        return failed("privileged, so seccomp is off", expected, at=at)
    found = security.seccomp(container.pod, container.container, container.pointer)
    if found.value in {"RuntimeDefault", "Localhost"}:
        return passed(f"seccompProfile {found.value}", at=found.at)
    return failed(f"seccompProfile {found.value or 'not set'}", expected, at=found.at)
