"""No application container runs AppArmor Unconfined or with SELinux type spc_t or container_runtime_t.

Why: These settings take the container out of the confinement that its node enforces.

What proves it: The fields of container and pod, and for AppArmor the annotation of old where no field is set. The runtime
applies neither system's default to a privileged container. Pods in gVisor or Kata are excused: they have another kernel.

What it does not prove: That the node enforces either system at all (claim lsm-enforcing), or that a profile of one's own
enforces anything (claim custom-profiles-installed).

How to fix: Remove the setting, or set ``appArmorProfile: {type: RuntimeDefault}``.

References: https://kubernetes.io/docs/tutorials/security/apparmor/
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
    RuntimeClasses,
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
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {appArmorProfile: {type: RuntimeDefault}}}
  - {name: mesh, image: "mesh/proxy:1.9", restartPolicy: Always, securityContext: {appArmorProfile: {type: RuntimeDefault}}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {appArmorProfile: {type: RuntimeDefault}}}
status: {phase: Running}
""")
WEB = "Pod shop/web"
OUTSIDE = frozenset({"spc_t", "container_runtime_t"})
"""SELinux types that are not confined as containers are."""


def web(context: object) -> Change:
    """Another security context for the container web."""
    return patch(WEB, {"spec": {"containers": [{"name": "web", "securityContext": context}]}})


UNCONFINED = {"appArmorProfile": {"type": "Unconfined"}}
SANDBOX = add("{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: isolated}, handler: runsc}")
IN_SANDBOX = patch(WEB, {"spec": {"runtimeClassName": "isolated"}})

TRAPS = (
    trap("a container is Unconfined", FAIL, web(UNCONFINED)),
    trap("only the init container is", FAIL, patch(WEB, {"spec": {"initContainers": [
        {"name": "migrate", "securityContext": UNCONFINED}]}})),
    trap("an ephemeral container is", FAIL, patch(WEB, {"spec": {"ephemeralContainers": [
        {"name": "debug", "image": "busybox:1", "securityContext": UNCONFINED}]}})),
    trap("the pod is, and a container says nothing", FAIL,
         patch(WEB, {"spec": {"securityContext": UNCONFINED}}), web(None)),
    trap("the pod is, and every container mends it", PASS, patch(WEB, {"spec": {"securityContext": UNCONFINED}})),
    trap("the annotation of old says so", FAIL, web(None),
         patch(WEB, {"metadata": {"annotations": {
             "container.apparmor.security.beta.kubernetes.io/web": "unconfined"}}})),
    trap("SELinux type spc_t", FAIL, web({"seLinuxOptions": {"type": "spc_t"}})),
    trap("the runtime's own SELinux type, for the whole pod", FAIL,
         patch(WEB, {"spec": {"securityContext": {"seLinuxOptions": {"type": "container_runtime_t"}}}})),
    trap("a privileged container gets no default of either", FAIL, web({"privileged": True})),
    trap("nothing set leaves the node's default", PASS, web(None), note="default"),
    trap("a SELinux type that confines", PASS, web({"seLinuxOptions": {"type": "container_init_t"}})),
    trap("a pod in gVisor is excused", NOT_APPLICABLE,
         SANDBOX, IN_SANDBOX, patch(WEB, {"spec": {"initContainers": None}}), web(UNCONFINED)),
    trap("a pod of another runtime class is not", FAIL,
         add("{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: isolated}, handler: crun}"),
         IN_SANDBOX, web(UNCONFINED)),
    trap("the runtime class that may excuse it is not there any more", UNKNOWN, IN_SANDBOX, web(UNCONFINED)),
    trap("the runtime class that may excuse it was not seen", UNKNOWN,
         SANDBOX, IN_SANDBOX, web(UNCONFINED), refuse("runtimeclasses")),
    trap("a Windows pod has no such field", NOT_APPLICABLE,
         patch(WEB, {"spec": {"os": {"name": "windows"}, "initContainers": None}}), web(None)),
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
    if security.is_privileged(container.container):
        raise Undecided("it is privileged, which overrides this: take privileged away first")
    apparmor = security.apparmor(container.pod, container.container, container.pointer)
    if apparmor.value != "Unconfined":
        raise Undecided("which SELinux type confines it is for who runs the nodes to say")
    return of_container(container, {"securityContext": {"appArmorProfile": {"type": "RuntimeDefault"}}})


@check(answers="no-unconfined-lsm")
def no_unconfined_lsm(container: ContainerGroup, nodes: Nodes, classes: RuntimeClasses) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    place = (container.pod, container.container, container.pointer)
    apparmor, selinux = security.apparmor(*place), security.selinux_type(*place)
    if security.is_privileged(container.container):
        at = f"{container.pointer}/securityContext/privileged"
        fault = failed("privileged, so no default profile is applied", "not privileged", at=at)
    elif apparmor.value == "Unconfined":
        fault = failed("AppArmor Unconfined", "RuntimeDefault, Localhost or unset", at=apparmor.at)
    elif selinux.value in OUTSIDE:
        fault = failed(f"SELinux type {selinux.value}", "a type that confines containers", at=selinux.at)
    else:
        is_default = apparmor.value in {None, "RuntimeDefault"} and selinux.value is None
        note = "the default profile confines it, none of its own" if is_default else ""
        says = f"AppArmor {apparmor.value or 'unset'}, SELinux type {selinux.value or 'unset'}"
        return passed(says, at=(apparmor.at, selinux.at), note=note)
    return not_applicable("in a sandbox") if classes.is_sandbox(container.pod) else fault
