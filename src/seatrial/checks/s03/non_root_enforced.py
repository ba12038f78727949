"""Every application container has runAsNonRoot true, a runAsUser above 0 or a user namespace.

Why: Root in a container is root in the kernel: one escape away from the node.

What proves it: The fields in effect: with ``runAsNonRoot: true`` the kubelet refuses user 0; a ``runAsUser`` above 0
settles the user; with ``hostUsers: false`` root is nobody on the node. An image's own user is no enforcement.

What it does not prove: That no setuid binary brings root back: claim no-privilege-escalation asks that.

How to fix: Set ``runAsNonRoot: true`` and a numeric ``USER`` in the image; use fsGroup in place of a root init container.

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
  securityContext: {runAsNonRoot: true}
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {runAsUser: 1000}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {runAsUser: 1000}}
status: {phase: Running}
""")

TRAPS = (
    trap(
        "nothing is set, whatever the image's user",
        FAIL,
        patch(
            "Pod shop/web",
            {"spec": {"securityContext": None, "containers": [{"name": "web", "securityContext": None}]}},
        ),
    ),
    trap(
        "an init container runs as root to change owners",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "initContainers": [
                        {"name": "migrate", "securityContext": {"runAsUser": 0, "runAsNonRoot": False}}
                    ]
                }
            },
        ),
    ),
    trap(
        "user 0 of the container against the pod's rule",
        FAIL,
        patch(
            "Pod shop/web", {"spec": {"containers": [{"name": "web", "securityContext": {"runAsUser": 0}}]}}
        ),
    ),
    trap(
        "a user id above 0 alone is enough", PASS, patch("Pod shop/web", {"spec": {"securityContext": None}})
    ),
    trap(
        "the rule alone is enough",
        PASS,
        patch(
            "Pod shop/web",
            {"spec": {"containers": [{"name": "web", "securityContext": {"runAsUser": None}}]}},
        ),
    ),
    trap(
        "a user namespace makes root nobody",
        PASS,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "securityContext": None,
                    "hostUsers": False,
                    "containers": [{"name": "web", "securityContext": {"runAsUser": 0}}],
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


@check(answers="non-root-enforced")
def non_root_enforced(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    if security.has_user_namespace(container.pod):
        return passed("in a user namespace (hostUsers false)", at="/spec/hostUsers")
    place = (container.pod, container.container, container.pointer)
    user = security.run_as_user(*place)
    rule = security.run_as_non_root(*place)
    if user.value == 0:
        return failed("runAsUser 0", "a user above 0, or runAsNonRoot without user 0", at=user.at)
    if user.value is not None:
        return passed(f"runAsUser {user.value}", at=user.at)
    if rule.value:
        return passed("runAsNonRoot true", at=rule.at)
    return failed(
        "neither runAsNonRoot nor runAsUser is set", "runAsNonRoot: true or a runAsUser above 0", at=rule.at
    )
