"""No application container runs AppArmor Unconfined or with SELinux type spc_t or container_runtime_t.

Why: These settings take the container out of the confinement that its node enforces.

What proves it: The fields of container and pod, and for AppArmor the annotation of old where no field is set.

What it does not prove: That the node enforces either system at all: that is claim lsm-enforcing.

How to fix: Remove the setting, or set ``appArmorProfile: {type: RuntimeDefault}``.

References: https://kubernetes.io/docs/tutorials/security/apparmor/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    ContainerGroup,
    Judgement,
    Nodes,
    World,
    check,
    failed,
    not_applicable,
    passed,
    patch,
    refuse,
    trap,
)
from seatrial.semantics import security

GOOD = World("""
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  serviceAccountName: web
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {appArmorProfile: {type: RuntimeDefault}}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {appArmorProfile: {type: RuntimeDefault}}}
status: {phase: Running}
""")

TRAPS = (
    trap(
        "a container is Unconfined",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {"name": "web", "securityContext": {"appArmorProfile": {"type": "Unconfined"}}}
                    ]
                }
            },
        ),
    ),
    trap(
        "the pod is, and a container says nothing",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "securityContext": {"appArmorProfile": {"type": "Unconfined"}},
                    "containers": [{"name": "web", "securityContext": None}],
                }
            },
        ),
    ),
    trap(
        "the annotation of old says so",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "metadata": {
                    "annotations": {"container.apparmor.security.beta.kubernetes.io/web": "unconfined"}
                },
                "spec": {"containers": [{"name": "web", "securityContext": None}]},
            },
        ),
    ),
    trap(
        "SELinux type spc_t",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [{"name": "web", "securityContext": {"seLinuxOptions": {"type": "spc_t"}}}]
                }
            },
        ),
    ),
    trap(
        "the runtime's own SELinux type, for the whole pod",
        FAIL,
        patch(
            "Pod shop/web", {"spec": {"securityContext": {"seLinuxOptions": {"type": "container_runtime_t"}}}}
        ),
    ),
    trap(
        "nothing set leaves the node's default",
        PASS,
        patch("Pod shop/web", {"spec": {"containers": [{"name": "web", "securityContext": None}]}}),
    ),
    trap(
        "a Windows pod has no such field",
        NOT_APPLICABLE,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "os": {"name": "windows"},
                    "securityContext": None,
                    "initContainers": None,
                    "containers": [{"name": "web", "securityContext": None}],
                }
            },
        ),
    ),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)

OUTSIDE = frozenset({"spc_t", "container_runtime_t"})
"""SELinux types that are not confined as containers are."""


@check(answers="no-unconfined-lsm")
def no_unconfined_lsm(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    place = (container.pod, container.container, container.pointer)
    apparmor = security.apparmor(*place)
    if apparmor.value == "Unconfined":
        return failed("AppArmor Unconfined", "RuntimeDefault, Localhost or unset", at=apparmor.at)
    selinux = security.selinux_type(*place)
    if selinux.value in OUTSIDE:
        return failed(f"SELinux type {selinux.value}", "a type that confines containers", at=selinux.at)
    return passed(
        f"AppArmor {apparmor.value or 'unset'}, SELinux type {selinux.value or 'unset'}", at=apparmor.at
    )
