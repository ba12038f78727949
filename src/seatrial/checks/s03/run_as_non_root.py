"""Every application container has an effective runAsNonRoot of true.

Why: The kubelet then refuses to start the container as user 0, whatever its image says.

What proves it: The container's own field, else the pod's, in the specs of running pods. In a user namespace
(``hostUsers: false``) root is nobody on the node, so the rule is kept without it.

What it does not prove: Which user runs.

How to fix: Set ``securityContext.runAsNonRoot: true`` in the pod template, and a numeric ``USER`` in the image.

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
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {allowPrivilegeEscalation: false}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {allowPrivilegeEscalation: false}}
status: {phase: Running}
""")

TRAPS = (
    trap(
        "a container undoes what the pod says",
        FAIL,
        patch(
            "Pod shop/web",
            {"spec": {"containers": [{"name": "web", "securityContext": {"runAsNonRoot": False}}]}},
        ),
    ),
    trap("nothing says it", FAIL, patch("Pod shop/web", {"spec": {"securityContext": None}})),
    trap(
        "only one container says it",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "securityContext": None,
                    "containers": [{"name": "web", "securityContext": {"runAsNonRoot": True}}],
                }
            },
        ),
    ),
    trap(
        "a user id above 0 is not the same as the rule",
        FAIL,
        patch("Pod shop/web", {"spec": {"securityContext": {"runAsNonRoot": None, "runAsUser": 1000}}}),
    ),
    trap(
        "a user namespace relaxes it",
        PASS,
        patch("Pod shop/web", {"spec": {"securityContext": None, "hostUsers": False}}),
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


@check(answers="run-as-non-root")
def run_as_non_root(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    if security.has_user_namespace(container.pod):
        return passed("in a user namespace (hostUsers false)", at="/spec/hostUsers")
    found = security.run_as_non_root(container.pod, container.container, container.pointer)
    if found.value:
        return passed("runAsNonRoot true", at=found.at)
    observed = "runAsNonRoot not set" if found.value is None else "runAsNonRoot false"
    return failed(observed, "runAsNonRoot: true on the container or its pod", at=found.at)
