"""No application container sets its seccomp profile to Unconfined.

Why: Unconfined takes away the filter even on nodes whose kubelet would give every container the default one.

What proves it: The container's own field, else the pod's, in the specs of running pods.

What it does not prove: That a container which sets nothing has a profile: that depends on the kubelet of its node
(claim seccomp-default).

How to fix: Remove the setting, or set ``seccompProfile: {type: RuntimeDefault}``.

References: https://kubernetes.io/docs/tutorials/security/seccomp/
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
  securityContext: {seccompProfile: {type: RuntimeDefault}}
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {allowPrivilegeEscalation: false}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {allowPrivilegeEscalation: false}}
status: {phase: Running}
""")

TRAPS = (
    trap(
        "a container is Unconfined under a pod that is not",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {"name": "web", "securityContext": {"seccompProfile": {"type": "Unconfined"}}}
                    ]
                }
            },
        ),
    ),
    trap(
        "the pod is Unconfined",
        FAIL,
        patch("Pod shop/web", {"spec": {"securityContext": {"seccompProfile": {"type": "Unconfined"}}}}),
    ),
    trap(
        "only the init container is",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "initContainers": [
                        {"name": "migrate", "securityContext": {"seccompProfile": {"type": "Unconfined"}}}
                    ]
                }
            },
        ),
    ),
    trap(
        "nothing set is not Unconfined by its own word",
        PASS,
        patch("Pod shop/web", {"spec": {"securityContext": None}}),
    ),
    trap(
        "a container mends what the pod says",
        PASS,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "securityContext": {"seccompProfile": {"type": "Unconfined"}},
                    "initContainers": None,
                    "containers": [
                        {"name": "web", "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}
                    ],
                }
            },
        ),
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


@check(answers="no-unconfined-seccomp")
def no_unconfined_seccomp(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    found = security.seccomp(container.pod, container.container, container.pointer)
    if found.value == "Unconfined":
        return failed("seccompProfile Unconfined", "RuntimeDefault, Localhost or unset", at=found.at)
    return passed(f"seccompProfile {found.value or 'not set'}", at=found.at)
