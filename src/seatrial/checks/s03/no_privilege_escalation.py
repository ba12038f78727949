"""Every application container sets allowPrivilegeEscalation to false.

Why: Without it a process may gain more rights than its parent had, through a setuid binary for instance. Unset means
allowed.

What proves it: The specs of running pods, whoever made them. The field exists per container only; init, sidecar and
ephemeral containers count.

What it does not prove: That a manifest in Git says the same; a mutating policy may have set it.

How to fix: Set ``securityContext.allowPrivilegeEscalation: false`` on every container of the pod template.

References: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    UNKNOWN,
    Change,
    ContainerGroup,
    Fix,
    Given,
    Judgement,
    Nodes,
    Undecided,
    World,
    add,
    check,
    failed,
    not_applicable,
    of_container,
    passed,
    patch,
    profile,
    refuse,
    trap,
)
from seatrial.semantics import security
from seatrial.wire.pod import Capabilities

GOOD = World("""
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {allowPrivilegeEscalation: false}}
  - {name: mesh, image: "mesh/proxy:1.9", restartPolicy: Always, securityContext: {allowPrivilegeEscalation: false}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {allowPrivilegeEscalation: false}}
status: {phase: Running}
""")
WEB = "Pod shop/web"
BARE: dict[str, object] = {
    "initContainers": None, "containers": [{"name": "web", "securityContext": None}]}  # fmt: skip


def web(context: object) -> Change:
    """Another security context for the container web."""
    return patch(WEB, {"spec": {"containers": [{"name": "web", "securityContext": context}]}})


def init(name: str, context: object) -> Change:
    """Another security context for an init container: migrate, or the sidecar mesh."""
    return patch(WEB, {"spec": {"initContainers": [{"name": name, "securityContext": context}]}})


TRAPS = (
    trap("an empty security context sets nothing", FAIL, web({"allowPrivilegeEscalation": None})),
    trap("it is set to true", FAIL, web({"allowPrivilegeEscalation": True})),
    trap("only the init container lacks it", FAIL, init("migrate", None)),
    trap("only the sidecar lacks it", FAIL, init("mesh", None)),
    trap("the pod level has no such field, so nothing there covers a container", FAIL,
         patch(WEB, {"spec": {"securityContext": {"runAsNonRoot": True}}}), web(None)),
    trap("an ephemeral container counts", FAIL, patch(WEB, {"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox:1"}]}})),
    trap("a pod of a Job counts", FAIL, add("""
apiVersion: v1
kind: Pod
metadata:
  name: report-1-x
  namespace: shop
  ownerReferences: [{apiVersion: batch/v1, kind: Job, name: report-1, uid: "1", controller: true}]
spec: {restartPolicy: Never, containers: [{name: report, image: "shop/report:1"}]}
status: {phase: Running}
""")),
    trap("a pod that an operator made counts", FAIL, add("""
apiVersion: v1
kind: Pod
metadata:
  name: db-1
  namespace: shop
  ownerReferences: [{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, name: db, uid: "2", controller: true}]
spec: {containers: [{name: postgres, image: "db/postgres:18"}]}
status: {phase: Running}
""")),
    trap("a Windows pod has no such field", NOT_APPLICABLE,
         patch(WEB, {"spec": BARE | {"os": {"name": "windows"}}})),
    trap("its node tells that it is a Windows pod", NOT_APPLICABLE,
         patch(WEB, {"spec": BARE | {"nodeName": "w1"}}),
         add("{apiVersion: v1, kind: Node, metadata: {name: w1, labels: {kubernetes.io/os: windows}}}")),
    trap("its node tells that it is a Linux pod", FAIL,
         patch(WEB, {"spec": BARE | {"nodeName": "n1"}}),
         add("{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {kubernetes.io/os: linux}}}")),
    trap("the node that would tell the system was not seen", UNKNOWN,
         patch(WEB, {"spec": {"nodeName": "n1"}}), refuse("nodes")),
    trap("a declared platform workload is apart", NOT_APPLICABLE, web(None),
         profile({"declares": {"platformWorkloads": [
             {"kind": "Pod", "namespace": "shop", "name": "web", "owner": "ops", "reason": "node agent"}]}})),
    trap("a pod that is done counts no more", NOT_APPLICABLE, web(None),
         patch(WEB, {"status": {"phase": "Succeeded"}})),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


def fix(container: ContainerGroup, given: Given) -> Fix:  # noqa: ARG001  # there is one right value
    added = (security.own(container.container).capabilities or Capabilities()).add
    if security.is_privileged(container.container) or {"SYS_ADMIN", "CAP_SYS_ADMIN"} & {*added}:
        raise Undecided("the API refuses it beside privileged and SYS_ADMIN: take these away first")
    return of_container(container, {"securityContext": {"allowPrivilegeEscalation": False}})


@check(answers="no-privilege-escalation")
def no_privilege_escalation(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    value = security.own(container.container).allow_privilege_escalation
    at = f"{container.pointer}/securityContext/allowPrivilegeEscalation"
    if value is False:
        return passed("allowPrivilegeEscalation false", at=at)
    says = f"allowPrivilegeEscalation {'true' if value else 'not set'}"
    return failed(says, "allowPrivilegeEscalation: false", at=at if value else container.pointer)
