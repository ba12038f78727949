"""Every application container has runAsNonRoot true, a runAsUser above 0 or a user namespace.

Why: Root in a container is root in the kernel: one escape away from the node.

What proves it: The fields in effect: with ``runAsNonRoot: true`` the kubelet refuses user 0; a ``runAsUser`` above 0
settles the user; with ``hostUsers: false`` root is nobody on the node. An image's own user is no enforcement.

What it does not prove: That no setuid binary brings root back; where that is possible, the finding remarks it.

How to fix: Set ``runAsNonRoot: true`` and a numeric ``USER`` in the image; use fsGroup in place of a root init container.

References: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Change,
    ContainerGroup,
    Fix,
    Given,
    Judgement,
    Nodes,
    World,
    add,
    as_another_user,
    check,
    failed,
    not_applicable,
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
  securityContext: {runAsNonRoot: true}
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {runAsUser: 1000, allowPrivilegeEscalation: false}}
  - {name: mesh, image: "mesh/proxy:1.9", restartPolicy: Always, securityContext: {runAsUser: 1000, allowPrivilegeEscalation: false}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {runAsUser: 1000, allowPrivilegeEscalation: false}}
status: {phase: Running}
""")
WEB = "Pod shop/web"
BARE: dict[str, object] = {
    "securityContext": None, "initContainers": None, "containers": [{"name": "web", "securityContext": None}]}  # fmt: skip


def web(context: object) -> Change:
    """Another security context for the container web."""
    return patch(WEB, {"spec": {"containers": [{"name": "web", "securityContext": context}]}})


def init(name: str, context: object) -> Change:
    """Another security context for an init container: migrate, or the sidecar mesh."""
    return patch(WEB, {"spec": {"initContainers": [{"name": name, "securityContext": context}]}})


NO_RULE = patch(WEB, {"spec": {"securityContext": None}})

TRAPS = (
    trap("nothing is set, whatever the image's user", FAIL, NO_RULE, web(None)),
    trap("an init container runs as root to change owners", FAIL,
         init("migrate", {"runAsUser": 0, "runAsNonRoot": False})),
    trap("a sidecar runs as root", FAIL, init("mesh", {"runAsUser": 0, "runAsNonRoot": False})),
    trap("user 0 of the container against the pod's rule", FAIL, web({"runAsUser": 0})),
    trap("user 0 of the pod against its rule", FAIL,
         patch(WEB, {"spec": {"securityContext": {"runAsUser": 0}}}), web(None)),
    trap("the rule is set to false, and no user", FAIL, web({"runAsUser": None, "runAsNonRoot": False})),
    trap("a group above 0 is not a user", FAIL,
         patch(WEB, {"spec": {"securityContext": {"runAsNonRoot": None, "runAsGroup": 1000}}}),
         web({"runAsUser": None})),
    trap("a user id above 0 alone is enough", PASS, NO_RULE),
    trap("the rule alone is enough", PASS, web({"runAsUser": None})),
    trap("the container's user goes before user 0 of the pod", PASS,
         patch(WEB, {"spec": {"securityContext": {"runAsUser": 0}}})),
    trap("a user namespace makes root nobody", PASS,
         NO_RULE, patch(WEB, {"spec": {"hostUsers": False}}), web({"runAsUser": 0})),
    trap("an ephemeral container inherits the rule", PASS, patch(WEB, {"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox:1"}]}})),
    trap("an ephemeral container runs as root", FAIL, patch(WEB, {"spec": {"ephemeralContainers": [
        {"name": "debug", "image": "busybox:1", "securityContext": {"runAsUser": 0}}]}})),
    trap("a setuid binary could bring root back", PASS, web({"allowPrivilegeEscalation": None}), note="setuid"),
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
    trap("a declared platform workload is apart", NOT_APPLICABLE, web({"runAsUser": 0}),
         profile({"declares": {"platformWorkloads": [
             {"kind": "Pod", "namespace": "shop", "name": "web", "owner": "ops", "reason": "node agent"}]}})),
    trap("a pod that is done counts no more", NOT_APPLICABLE, web({"runAsUser": 0}),
         patch(WEB, {"status": {"phase": "Succeeded"}})),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


def fix(container: ContainerGroup, given: Given) -> Fix:
    return as_another_user(container, given)


@check(answers="non-root-enforced")
def non_root_enforced(container: ContainerGroup, nodes: Nodes) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows, which claim windows-non-administrator asks")
    if security.has_user_namespace(container.pod):
        return passed("in a user namespace (hostUsers false)", at="/spec/hostUsers")
    place = (container.pod, container.container, container.pointer)
    user, rule = security.run_as_user(*place), security.run_as_non_root(*place)
    expected = "runAsNonRoot: true or a runAsUser above 0"
    if user.value == 0:
        return failed("runAsUser 0", expected, at=user.at)
    if user.value is None and not rule.value:
        return failed("neither runAsNonRoot nor runAsUser is set", expected, at=container.pointer)
    escalates = security.own(container.container).allow_privilege_escalation is not False
    note = "allowPrivilegeEscalation is not false: a setuid binary can bring root back" if escalates else ""
    if user.value is not None:
        return passed(f"runAsUser {user.value}", at=user.at, note=note)
    return passed("runAsNonRoot true", at=rule.at, note=note)
