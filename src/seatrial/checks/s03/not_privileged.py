"""No application container is privileged.

Why: A privileged container is root on its node: it has every capability, sees every device, and neither seccomp nor
AppArmor is applied to it.

What proves it: The specs of running pods; init, sidecar and ephemeral containers count, and Windows host processes.

What it does not prove: That nobody may create a privileged pod: that is item 3.1.

How to fix: Remove ``securityContext.privileged``; add the one capability or device that is needed, and declare an agent
that really needs the node as a platform workload.

References: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    ContainerGroup,
    Judgement,
    World,
    check,
    failed,
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
  serviceAccountName: web
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {privileged: false}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {privileged: false}}
status: {phase: Running}
""")

TRAPS = (
    trap(
        "a container is privileged",
        FAIL,
        patch(
            "Pod shop/web",
            {"spec": {"containers": [{"name": "web", "securityContext": {"privileged": True}}]}},
        ),
    ),
    trap(
        "only the init container is",
        FAIL,
        patch(
            "Pod shop/web",
            {"spec": {"initContainers": [{"name": "migrate", "securityContext": {"privileged": True}}]}},
        ),
    ),
    trap(
        "an ephemeral container is",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "ephemeralContainers": [
                        {"name": "debug", "image": "busybox:1", "securityContext": {"privileged": True}}
                    ]
                }
            },
        ),
    ),
    trap(
        "no security context at all is not privileged",
        PASS,
        patch("Pod shop/web", {"spec": {"containers": [{"name": "web", "securityContext": None}]}}),
    ),
    trap(
        "a Windows host process is as good as privileged",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "os": {"name": "windows"},
                    "hostNetwork": True,
                    "initContainers": None,
                    "containers": [{"name": "web", "securityContext": {"privileged": None}}],
                    "securityContext": {"windowsOptions": {"hostProcess": True}},
                }
            },
        ),
    ),
    trap(
        "a declared platform workload is apart",
        NOT_APPLICABLE,
        patch(
            "Pod shop/web",
            {"spec": {"containers": [{"name": "web", "securityContext": {"privileged": True}}]}},
        ),
        profile(
            {
                "declares": {
                    "platformWorkloads": [
                        {
                            "kind": "Pod",
                            "namespace": "shop",
                            "name": "web",
                            "owner": "ops",
                            "reason": "node agent",
                        }
                    ]
                }
            }
        ),
    ),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)


@check(answers="not-privileged")
def not_privileged(container: ContainerGroup) -> Judgement:
    if security.is_privileged(container.container):
        return failed(
            "privileged", "privileged unset or false", at=f"{container.pointer}/securityContext/privileged"
        )
    if security.host_process(container.pod, container.container):
        return failed(
            "a Windows host process", "windowsOptions.hostProcess unset or false", at=container.pointer
        )
    return passed("not privileged", at=container.pointer)
