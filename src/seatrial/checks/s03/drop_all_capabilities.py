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
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {capabilities: {drop: [ALL]}}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {capabilities: {drop: [ALL]}}}
status: {phase: Running}
""")

TRAPS = (
    trap(
        "another spelling drops nothing by the standard",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [{"name": "web", "securityContext": {"capabilities": {"drop": ["all"]}}}]
                }
            },
        ),
    ),
    trap(
        "a prefix makes it another word",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {"name": "web", "securityContext": {"capabilities": {"drop": ["CAP_ALL"]}}}
                    ]
                }
            },
        ),
    ),
    trap(
        "a long list is not ALL",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {
                            "name": "web",
                            "securityContext": {
                                "capabilities": {
                                    "drop": ["NET_RAW", "SYS_CHROOT", "MKNOD", "SETUID", "SETGID"]
                                }
                            },
                        }
                    ]
                }
            },
        ),
    ),
    trap(
        "only NET_RAW is dropped",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {"name": "web", "securityContext": {"capabilities": {"drop": ["NET_RAW"]}}}
                    ]
                }
            },
        ),
    ),
    trap(
        "only the init container keeps them",
        FAIL,
        patch("Pod shop/web", {"spec": {"initContainers": [{"name": "migrate", "securityContext": None}]}}),
    ),
    trap(
        "a privileged container has them all",
        FAIL,
        patch(
            "Pod shop/web",
            {"spec": {"containers": [{"name": "web", "securityContext": {"privileged": True}}]}},
        ),
    ),
    trap(
        "ALL among others",
        PASS,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {"name": "web", "securityContext": {"capabilities": {"drop": ["NET_RAW", "ALL"]}}}
                    ]
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


@check(answers="drop-all-capabilities")
def drop_all_capabilities(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    expected = "capabilities.drop with ALL"
    if security.is_privileged(container.container):
        at = f"{container.pointer}/securityContext/privileged"
        return failed("privileged, so it has every capability", expected, at=at)
    dropped = security.dropped(container.container)
    at = f"{container.pointer}/securityContext/capabilities/drop"
    if "ALL" in dropped:
        return passed("drops ALL", at=at)
    if dropped:
        return failed(f"drops only {', '.join(dropped)}", expected, at=at)
    return failed("drops nothing", expected, at=container.pointer)
