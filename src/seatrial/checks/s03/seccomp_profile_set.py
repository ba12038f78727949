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
    ContainerGroup,
    Judgement,
    Nodes,
    World,
    add,
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
    trap("nothing sets it", FAIL, patch("Pod shop/web", {"spec": {"securityContext": None}})),
    trap(
        "a container undoes the pod's profile",
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
        "an annotation of old sets it",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "metadata": {"annotations": {"seccomp.security.alpha.kubernetes.io/pod": "runtime/default"}},
                "spec": {"securityContext": None},
            },
        ),
    ),
    trap(
        "a privileged container runs without it",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {
                            "name": "web",
                            "securityContext": {"privileged": True, "allowPrivilegeEscalation": None},
                        }
                    ]
                }
            },
        ),
    ),
    trap(
        "a profile of one's own counts",
        PASS,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {
                            "name": "web",
                            "securityContext": {
                                "seccompProfile": {"type": "Localhost", "localhostProfile": "web.json"}
                            },
                        }
                    ]
                }
            },
        ),
    ),
    trap(
        "an ephemeral container inherits it",
        PASS,
        patch("Pod shop/web", {"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox:1"}]}}),
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
    trap(
        "a pod that says nothing of its system runs on a Windows node",
        NOT_APPLICABLE,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "nodeName": "w1",
                    "initContainers": None,
                    "containers": [{"name": "web", "securityContext": None}],
                }
            },
        ),
        add("{apiVersion: v1, kind: Node, metadata: {name: w1, labels: {kubernetes.io/os: windows}}}"),
    ),
    trap(
        "the node that would tell the system was not seen",
        UNKNOWN,
        patch("Pod shop/web", {"spec": {"nodeName": "n1"}}),
        refuse("nodes"),
    ),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)


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
