"""No application container sets its seccomp profile to Unconfined.

Why: Unconfined takes away the filter even on nodes whose kubelet would give every container the default one.

What proves it: The container's own field, else the pod's, in the specs of running pods. Annotations of old are ignored by
Kubernetes since 1.27, and here.

What it does not prove: That a container which sets nothing has a profile: that depends on the kubelet of its node
(claim seccomp-default). A privileged container has none (claim not-privileged).

How to fix: Remove the setting, or set ``seccompProfile: {type: RuntimeDefault}``.

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
  securityContext: {seccompProfile: {type: RuntimeDefault}}
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4"}
  - {name: mesh, image: "mesh/proxy:1.9", restartPolicy: Always}
  containers:
  - {name: web, image: "shop/web:2.1"}
status: {phase: Running}
""")
WEB = "Pod shop/web"


def web(context: object) -> Change:
    """Another security context for the container web."""
    return patch(WEB, {"spec": {"containers": [{"name": "web", "securityContext": context}]}})


def init(name: str, context: object) -> Change:
    """Another security context for an init container: migrate, or the sidecar mesh."""
    return patch(WEB, {"spec": {"initContainers": [{"name": name, "securityContext": context}]}})


UNCONFINED = {"seccompProfile": {"type": "Unconfined"}}
POD_UNCONFINED = patch(WEB, {"spec": {"securityContext": UNCONFINED}})

TRAPS = (
    trap("a container is Unconfined under a pod that is not", FAIL, web(UNCONFINED)),
    trap("the pod is Unconfined", FAIL, POD_UNCONFINED),
    trap("only the init container is", FAIL, init("migrate", UNCONFINED)),
    trap("only the sidecar is", FAIL, init("mesh", UNCONFINED)),
    trap("an ephemeral container is", FAIL, patch(WEB, {"spec": {"ephemeralContainers": [
        {"name": "debug", "image": "busybox:1", "securityContext": UNCONFINED}]}})),
    trap("nothing set is not Unconfined by its own word", PASS, patch(WEB, {"spec": {"securityContext": None}})),
    trap("an annotation of old does nothing", PASS, patch(WEB, {"spec": {"securityContext": None}}),
         patch(WEB, {"metadata": {"annotations": {"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}}})),
    trap("a container mends what the pod says", PASS,
         POD_UNCONFINED, patch(WEB, {"spec": {"initContainers": None}}),
         web({"seccompProfile": {"type": "RuntimeDefault"}})),
    trap("a Windows pod has no such field", NOT_APPLICABLE,
         patch(WEB, {"spec": {"os": {"name": "windows"}, "securityContext": None}})),
    trap("the node that would tell the system was not seen", UNKNOWN,
         patch(WEB, {"spec": {"nodeName": "n1"}}), refuse("nodes")),
    trap("a declared platform workload is apart", NOT_APPLICABLE, web(UNCONFINED),
         profile({"declares": {"platformWorkloads": [
             {"kind": "Pod", "namespace": "shop", "name": "web", "owner": "ops", "reason": "node agent"}]}})),
    trap("a pod that is done counts no more", NOT_APPLICABLE, web(UNCONFINED),
         patch(WEB, {"status": {"phase": "Succeeded"}})),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


def fix(container: ContainerGroup, given: Given) -> Fix:  # noqa: ARG001  # there is one right value
    return of_container(container, {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}})


@check(answers="no-unconfined-seccomp")
def no_unconfined_seccomp(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    found = security.seccomp(container.pod, container.container, container.pointer)
    if found.value == "Unconfined":
        return failed("seccompProfile Unconfined", "RuntimeDefault, Localhost or unset", at=found.at)
    return passed(f"seccompProfile {found.value or 'not set'}", at=found.at)
