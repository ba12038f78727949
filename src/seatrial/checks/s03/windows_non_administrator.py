"""No Windows container runs as ContainerAdministrator.

Why: ContainerAdministrator is to a Windows container what root is to a Linux one.

What proves it: ``windowsOptions.runAsUserName`` of the container, else of the pod. A host process runs as an account of
the node itself. Where nothing is set, the image decides, which the API does not show: unknown.

What it does not prove: Which rights a named user has.

How to fix: Set ``securityContext.windowsOptions.runAsUserName: ContainerUser`` in the pod template.

References: https://kubernetes.io/docs/tasks/configure-pod-container/configure-runasusername/
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
    unknown,
)
from seatrial.semantics import security

GOOD = World("""
apiVersion: v1
kind: Pod
metadata: {name: billing, namespace: shop}
spec:
  os: {name: windows}
  securityContext: {windowsOptions: {runAsUserName: ContainerUser}}
  containers: [{name: billing, image: "shop/billing:3.2"}]
status: {phase: Running}
""")

TRAPS = (
    trap(
        "the pod names the administrator",
        FAIL,
        patch(
            "Pod shop/billing",
            {"spec": {"securityContext": {"windowsOptions": {"runAsUserName": "ContainerAdministrator"}}}},
        ),
    ),
    trap(
        "a container does, in other letters",
        FAIL,
        patch(
            "Pod shop/billing",
            {
                "spec": {
                    "containers": [
                        {
                            "name": "billing",
                            "securityContext": {
                                "windowsOptions": {"runAsUserName": "containeradministrator"}
                            },
                        }
                    ]
                }
            },
        ),
    ),
    trap(
        "a host process runs as the node",
        FAIL,
        patch(
            "Pod shop/billing",
            {
                "spec": {
                    "hostNetwork": True,
                    "securityContext": {
                        "windowsOptions": {"hostProcess": True, "runAsUserName": "NT AUTHORITY\\SYSTEM"}
                    },
                }
            },
        ),
    ),
    trap(
        "nothing is set, so the image decides",
        UNKNOWN,
        patch("Pod shop/billing", {"spec": {"securityContext": None}}),
    ),
    trap(
        "a Linux pod is not asked",
        NOT_APPLICABLE,
        patch("Pod shop/billing", {"spec": {"os": {"name": "linux"}, "securityContext": None}}),
    ),
    trap(
        "the node tells that it is Windows",
        FAIL,
        patch(
            "Pod shop/billing",
            {
                "spec": {
                    "os": None,
                    "nodeName": "w1",
                    "securityContext": {"windowsOptions": {"runAsUserName": "ContainerAdministrator"}},
                }
            },
        ),
        add("{apiVersion: v1, kind: Node, metadata: {name: w1, labels: {kubernetes.io/os: windows}}}"),
    ),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)


@check(answers="windows-non-administrator")
def windows_non_administrator(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if not nodes.is_windows(container.group):
        return not_applicable("Linux")
    user = security.windows_user(container.pod, container.container, container.pointer)
    if security.host_process(container.pod, container.container):
        return failed("a host process, which runs as an account of the node", "no host process", at=user.at)
    if user.value is None:
        return unknown(
            "runAsUserName is not set, so the image decides", "set windowsOptions.runAsUserName", at=user.at
        )
    if user.value.rpartition("\\")[2].lower() == "containeradministrator":
        return failed(f"runs as {user.value}", "runAsUserName: ContainerUser", at=user.at)
    return passed(f"runs as {user.value}", at=user.at)
