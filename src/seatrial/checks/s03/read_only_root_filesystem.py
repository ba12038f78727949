"""At least 80% of application containers have a read-only root filesystem.

Why: What cannot write to its own file system cannot leave a program there.

What proves it: ``securityContext.readOnlyRootFilesystem: true`` of each container; the pod has no such field.

What it does not prove: That volumes are read-only too.

How to fix: Set ``readOnlyRootFilesystem: true`` and mount an emptyDir where the program must write.

References: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    ContainerGroup,
    Fix,
    Given,
    Judgement,
    Nodes,
    World,
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
  containers:
  - {name: a, image: "shop/a:1", securityContext: {readOnlyRootFilesystem: true}}
  - {name: b, image: "shop/b:1", securityContext: {readOnlyRootFilesystem: true}}
  - {name: c, image: "shop/c:1", securityContext: {readOnlyRootFilesystem: true}}
  - {name: d, image: "shop/d:1", securityContext: {readOnlyRootFilesystem: true}}
  - {name: e, image: "shop/e:1"}
status: {phase: Running}
""")
WEB = "Pod shop/web"
FALSE = {"securityContext": {"readOnlyRootFilesystem": False}}
UNSET = patch(WEB, {"spec": {"containers": [{"name": "a", "securityContext": None}]}})

TRAPS = (
    trap("three of five are less than the share", FAIL, UNSET),
    trap("false is not true", FAIL, patch(WEB, {"spec": {"containers": [{"name": "a"} | FALSE]}})),
    trap("the profile asks for more", FAIL, profile({"limits": {"read-only-root-filesystem": {"share": 0.9}}})),
    trap("the profile asks for less", PASS,
         UNSET, profile({"limits": {"read-only-root-filesystem": {"share": 0.5}}})),
    trap("an init container that may write lowers the share", FAIL,
         patch(WEB, {"spec": {"initContainers": [{"name": "migrate", "image": "shop/migrate:1"}]}})),
    trap("a sidecar that may write lowers the share", FAIL,
         patch(WEB, {"spec": {"initContainers": [
             {"name": "mesh", "image": "mesh/proxy:1.9", "restartPolicy": "Always"}]}})),
    trap("an ephemeral container that may write lowers the share", FAIL,
         patch(WEB, {"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox:1"}]}})),
    trap("the pod level has no such field, so nothing there covers a container", FAIL,
         UNSET, patch(WEB, {"spec": {"securityContext": {"runAsNonRoot": True}}})),
    trap("Windows knows no such thing", NOT_APPLICABLE,
         patch(WEB, {"spec": {
             "os": {"name": "windows"},
             "containers": [{"name": name, "securityContext": None} for name in "abcde"]}})),
    trap("the node that would tell the system was not seen", UNKNOWN,
         patch(WEB, {"spec": {"nodeName": "n1"}}), refuse("nodes")),
    trap("a pod that is done counts no more", NOT_APPLICABLE, UNSET,
         patch(WEB, {"status": {"phase": "Succeeded"}})),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


def fix(container: ContainerGroup, given: Given) -> Fix:  # noqa: ARG001  # there is one right value
    note = "what writes to its image's folders fails: give these an emptyDir, and try it"
    return of_container(container, {"securityContext": {"readOnlyRootFilesystem": True}}, note)


@check(answers="read-only-root-filesystem")
def read_only_root_filesystem(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    value = security.own(container.container).read_only_root_filesystem
    at = f"{container.pointer}/securityContext/readOnlyRootFilesystem"
    if value:
        return passed("readOnlyRootFilesystem true", at=at)
    says = f"readOnlyRootFilesystem {'not set' if value is None else 'false'}"
    return failed(says, "readOnlyRootFilesystem: true", at=container.pointer if value is None else at)
