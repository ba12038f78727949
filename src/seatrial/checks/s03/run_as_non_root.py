"""Every application container has an effective runAsNonRoot of true.

Why: The kubelet then refuses to start the container as root (on Windows as ContainerAdministrator), whatever its image
says.

What proves it: The container's own field, else the pod's, in the specs of running pods, on Linux and on Windows. In a user
namespace (``hostUsers: false``) root is nobody on the node, so the rule is kept without it.

What it does not prove: Which user runs.

How to fix: Set ``securityContext.runAsNonRoot: true`` in the pod template, and a numeric ``USER`` in the image.

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
    World,
    as_another_user,
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
  securityContext: {runAsNonRoot: true}
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4"}
  - {name: mesh, image: "mesh/proxy:1.9", restartPolicy: Always}
  containers:
  - {name: web, image: "shop/web:2.1"}
status: {phase: Running}
""")
WEB = "Pod shop/web"


def web(context: object) -> Change:
    """Another security context for the container web."""
    return patch(WEB, {"spec": {"containers": [{"name": "web", "securityContext": context}]}})


def init(name: str, context: object) -> Change:
    """Another security context for an init container: migrate, or the sidecar mesh."""
    return patch(WEB, {"spec": {"initContainers": [{"name": name, "securityContext": context}]}})


NO_CONTEXT = patch(WEB, {"spec": {"securityContext": None}})

TRAPS = (
    trap("nothing says it", FAIL, NO_CONTEXT),
    trap("a container undoes what the pod says", FAIL, web({"runAsNonRoot": False})),
    trap("the pod says the opposite", FAIL, patch(WEB, {"spec": {"securityContext": {"runAsNonRoot": False}}})),
    trap("only one container says it", FAIL, NO_CONTEXT, web({"runAsNonRoot": True})),
    trap("only the init container undoes it", FAIL, init("migrate", {"runAsNonRoot": False})),
    trap("a user id above 0 is not the rule", FAIL,
         patch(WEB, {"spec": {"securityContext": {"runAsNonRoot": None, "runAsUser": 1000}}})),
    trap("an empty context of the container leaves the pod's", PASS, web({"privileged": False})),
    trap("a container mends what the pod does not say", PASS,
         NO_CONTEXT, patch(WEB, {"spec": {"initContainers": None}}), web({"runAsNonRoot": True})),
    trap("a user namespace relaxes it", PASS, NO_CONTEXT, patch(WEB, {"spec": {"hostUsers": False}})),
    trap("an explicit hostUsers true does not", FAIL, NO_CONTEXT, patch(WEB, {"spec": {"hostUsers": True}})),
    trap("an ephemeral container inherits it", PASS, patch(WEB, {"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox:1"}]}})),
    trap("an ephemeral container undoes it", FAIL, patch(WEB, {"spec": {"ephemeralContainers": [
        {"name": "debug", "image": "busybox:1", "securityContext": {"runAsNonRoot": False}}]}})),
    trap("Windows has the field too", FAIL, NO_CONTEXT, patch(WEB, {"spec": {"os": {"name": "windows"}}})),
    trap("a declared platform workload is apart", NOT_APPLICABLE, NO_CONTEXT,
         profile({"declares": {"platformWorkloads": [
             {"kind": "Pod", "namespace": "shop", "name": "web", "owner": "ops", "reason": "node agent"}]}})),
    trap("a pod that is done counts no more", NOT_APPLICABLE, NO_CONTEXT,
         patch(WEB, {"status": {"phase": "Succeeded"}})),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


def fix(container: ContainerGroup, given: Given) -> Fix:
    return as_another_user(container, given)


@check(answers="run-as-non-root")
def run_as_non_root(container: ContainerGroup) -> Judgement:
    if security.has_user_namespace(container.pod):
        return passed("in a user namespace (hostUsers false)", at="/spec/hostUsers")
    found = security.run_as_non_root(container.pod, container.container, container.pointer)
    if found.value:
        return passed("runAsNonRoot true", at=found.at)
    says = "runAsNonRoot not set" if found.value is None else "runAsNonRoot false"
    return failed(says, "runAsNonRoot: true on the container or its pod", at=found.at)
