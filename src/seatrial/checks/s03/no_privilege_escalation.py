"""Every application container sets allowPrivilegeEscalation to false.

Why: Without it a process may gain more rights than its parent had, through a setuid binary for instance. Unset means
allowed.

What proves it: The specs of running pods. The field exists per container only; init, sidecar and ephemeral containers
count.

What it does not prove: That a manifest in Git says the same; a mutating policy may have set it.

How to fix: Set ``securityContext.allowPrivilegeEscalation: false`` on every container of the pod template.

References: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
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
  serviceAccountName: web
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {allowPrivilegeEscalation: false}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {allowPrivilegeEscalation: false}}
status: {phase: Running}
""")

TRAPS = (
    trap(
        "an empty security context sets nothing",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [{"name": "web", "securityContext": {"allowPrivilegeEscalation": None}}]
                }
            },
        ),
    ),
    trap(
        "it is set to true",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [{"name": "web", "securityContext": {"allowPrivilegeEscalation": True}}]
                }
            },
        ),
    ),
    trap(
        "only the init container lacks it",
        FAIL,
        patch("Pod shop/web", {"spec": {"initContainers": [{"name": "migrate", "securityContext": None}]}}),
    ),
    trap(
        "the pod level has no such field, so nothing there covers a container",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "securityContext": {"runAsNonRoot": True},
                    "containers": [{"name": "web", "securityContext": None}],
                }
            },
        ),
    ),
    trap(
        "an ephemeral container counts",
        FAIL,
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


@check(answers="no-privilege-escalation")
def no_privilege_escalation(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    value = security.own(container.container).allow_privilege_escalation
    at = f"{container.pointer}/securityContext/allowPrivilegeEscalation"
    if value is False:
        return passed("allowPrivilegeEscalation false", at=at)
    seen_value = "allowPrivilegeEscalation true" if value else "allowPrivilegeEscalation not set"
    return failed(seen_value, "allowPrivilegeEscalation: false", at=at if value else container.pointer)
