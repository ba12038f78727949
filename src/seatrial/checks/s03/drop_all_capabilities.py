"""Every application container drops ALL capabilities.

Why: A container starts with fourteen of root's powers, of which most programs need none.

What proves it: ``capabilities.drop`` of each container holds the exact word ``ALL``, as the Pod Security Standards
ask. The field exists per container only. A privileged container has every capability, whatever it drops.

What it does not prove: That nothing is added again: claim added-capabilities asks that.

How to fix: Set ``securityContext.capabilities: {drop: [ALL]}`` on every container of the pod template.

References: https://kubernetes.io/docs/concepts/security/pod-security-standards/
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
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {capabilities: {drop: [ALL]}}}
  - {name: mesh, image: "mesh/proxy:1.9", restartPolicy: Always, securityContext: {capabilities: {drop: [ALL]}}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {capabilities: {drop: [ALL]}}}
status: {phase: Running}
""")
WEB = "Pod shop/web"
BARE: dict[str, object] = {
    "initContainers": None, "containers": [{"name": "web", "securityContext": None}]}  # fmt: skip


def web(context: object) -> Change:
    """Another security context for the container web."""
    return patch(WEB, {"spec": {"containers": [{"name": "web", "securityContext": context}]}})


def init(name: str, context: object) -> Change:
    """Another security context for an init container: migrate, or the sidecar mesh."""
    return patch(WEB, {"spec": {"initContainers": [{"name": name, "securityContext": context}]}})


def drop(*names: str) -> Change:
    return web({"capabilities": {"drop": list(names)}})


TRAPS = (
    trap("nothing is dropped", FAIL, web(None)),
    trap("another spelling drops nothing by the standard", FAIL, drop("all")),
    trap("a prefix makes it another word", FAIL, drop("CAP_ALL")),
    trap("a long list is not ALL", FAIL, drop("NET_RAW", "SYS_CHROOT", "MKNOD", "SETUID", "SETGID", "CHOWN")),
    trap("only NET_RAW is dropped", FAIL, drop("NET_RAW")),
    trap("only the init container keeps them", FAIL, init("migrate", None)),
    trap("only the sidecar keeps them", FAIL, init("mesh", None)),
    trap("the pod level has no such field, so nothing there covers a container", FAIL,
         patch(WEB, {"spec": {"securityContext": {"runAsNonRoot": True}}}), web(None)),
    trap("a privileged container has them all", FAIL, web({"privileged": True})),
    trap("an ephemeral container counts", FAIL, patch(WEB, {"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox:1"}]}})),
    trap("ALL among others", PASS, drop("NET_RAW", "ALL")),
    trap("one is added again, which is another claim", PASS, web({"capabilities": {"add": ["NET_BIND_SERVICE"]}})),
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
    trap("a declared platform workload is apart", NOT_APPLICABLE, web(None),
         profile({"declares": {"platformWorkloads": [
             {"kind": "Pod", "namespace": "shop", "name": "web", "owner": "ops", "reason": "node agent"}]}})),
    trap("a pod that is done counts no more", NOT_APPLICABLE, web(None),
         patch(WEB, {"status": {"phase": "Succeeded"}})),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


def fix(container: ContainerGroup, given: Given) -> Fix:  # noqa: ARG001  # there is one right value
    if security.is_privileged(container.container):
        raise Undecided("it is privileged, which overrides this: take privileged away first")
    note = "what the program needs of root's powers must be added again by name"
    return of_container(container, {"securityContext": {"capabilities": {"drop": ["ALL"]}}}, note)


@check(answers="drop-all-capabilities")
def drop_all_capabilities(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    expected = "capabilities.drop with ALL in it"
    if security.is_privileged(container.container):
        at = f"{container.pointer}/securityContext/privileged"
        return failed("privileged, so it has every capability", expected, at=at)
    dropped = security.dropped(container.container)
    at = f"{container.pointer}/securityContext/capabilities/drop"
    if "ALL" in dropped:
        return passed("drops ALL", at=at)
    says = f"drops {', '.join(dropped)}" if dropped else "drops nothing"
    return failed(says, expected, at=at if dropped else container.pointer)
