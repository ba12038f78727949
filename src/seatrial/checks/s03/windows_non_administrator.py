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
    PASS,
    UNKNOWN,
    Change,
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
  initContainers: [{name: migrate, image: "shop/migrate:1.4"}]
  containers: [{name: billing, image: "shop/billing:3.2"}]
status: {phase: Running}
""")
BILLING = "Pod shop/billing"


def pod_user(name: str) -> Change:
    return patch(BILLING, {"spec": {"securityContext": {"windowsOptions": {"runAsUserName": name}}}})


def user(list: str, container: str, name: str) -> Change:
    context = {"windowsOptions": {"runAsUserName": name}}
    return patch(BILLING, {"spec": {list: [{"name": container, "securityContext": context}]}})


def spec(**fields: object) -> Change:
    return patch(BILLING, {"spec": fields})


WINDOWS_NODE = add("{apiVersion: v1, kind: Node, metadata: {name: w1, labels: {kubernetes.io/os: windows}}}")
LINUX_NODE = add("{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {kubernetes.io/os: linux}}}")

TRAPS = (
    trap("the pod names the administrator", FAIL, pod_user("ContainerAdministrator")),
    trap("a container does, in other letters", FAIL, user("containers", "billing", "containeradministrator")),
    trap("a container does, with its domain", FAIL,
         user("containers", "billing", "User Manager\\ContainerAdministrator")),
    trap("only the init container does", FAIL, user("initContainers", "migrate", "ContainerAdministrator")),
    trap("every container mends what the pod says", PASS,
         pod_user("ContainerAdministrator"), user("containers", "billing", "ContainerUser"),
         user("initContainers", "migrate", "ContainerUser")),
    trap("a host process runs as the node", FAIL,
         spec(hostNetwork=True, securityContext={"windowsOptions": {
             "hostProcess": True, "runAsUserName": "NT AUTHORITY\\SYSTEM"}})),
    trap("nothing is set, so the image decides", UNKNOWN, spec(securityContext=None)),
    trap("runAsNonRoot does not look at an image that names no user", UNKNOWN,
         spec(securityContext={"windowsOptions": None, "runAsNonRoot": True})),
    trap("a Linux pod is not asked", NOT_APPLICABLE, spec(os={"name": "linux"}, securityContext=None)),
    trap("the node tells that it is Windows", FAIL,
         WINDOWS_NODE, spec(os=None, nodeName="w1"), pod_user("ContainerAdministrator")),
    trap("the node selector tells that it is Windows", FAIL,
         spec(os=None, nodeSelector={"kubernetes.io/os": "windows"}), pod_user("ContainerAdministrator")),
    trap("the node tells that it is Linux", NOT_APPLICABLE,
         LINUX_NODE, spec(os=None, nodeName="n1"), pod_user("ContainerAdministrator")),
    trap("it waits for a node, and its options tell that it is Windows", FAIL,
         spec(os=None), pod_user("ContainerAdministrator")),
    trap("it waits for a node, and nothing tells that it is Windows", NOT_APPLICABLE,
         spec(os=None, securityContext=None)),
    trap("the node that would tell the system was not seen", UNKNOWN,
         WINDOWS_NODE, spec(os=None, nodeName="w1"), refuse("nodes")),
    trap("a pod that is done counts no more", NOT_APPLICABLE,
         pod_user("ContainerAdministrator"), patch(BILLING, {"status": {"phase": "Succeeded"}})),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


@check(answers="windows-non-administrator")
def windows_non_administrator(container: ContainerGroup, nodes: Nodes) -> Judgement:
    user = security.windows_user(container.pod, container.container, container.pointer)
    is_host_process = security.host_process(container.pod, container.container)
    systems = nodes.systems(container.group)
    if "windows" not in systems and (systems or (user.value is None and not is_host_process)):
        return not_applicable("not on Windows")
    if is_host_process:
        return failed("a host process, which runs as an account of the node", "no host process", at=user.at)
    if user.value is None:
        cure = "set windowsOptions.runAsUserName"
        return unknown("runAsUserName is not set, so the image decides", cure, at=user.at)
    if user.value.rpartition("\\")[2].lower() == "containeradministrator":
        return failed(f"runs as {user.value}", "runAsUserName: ContainerUser", at=user.at)
    return passed(f"runs as {user.value}", at=user.at)
