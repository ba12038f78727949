"""No application container adds a capability other than NET_BIND_SERVICE unless declared with a reason.

Why: Each capability is a part of root's power; SYS_ADMIN is most of it.

What proves it: ``capabilities.add`` of each container, spelled as it is; what the profile declares for that container
is allowed, with owner and reason. A privileged container has every capability.

What it does not prove: That the program uses what it was given.

How to fix: Remove the capability; or declare it under ``declares.capabilities`` with the workload, the container and why.

References: https://kubernetes.io/docs/concepts/security/pod-security-standards/
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
    Profile,
    World,
    add,
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
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}}
  - {name: mesh, image: "mesh/proxy:1.9", restartPolicy: Always, securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}}
status: {phase: Running}
""")
WEB = "Pod shop/web"


def web(context: object) -> Change:
    """Another security context for the container web."""
    return patch(WEB, {"spec": {"containers": [{"name": "web", "securityContext": context}]}})


def adds(*names: str) -> Change:
    return web({"capabilities": {"drop": ["ALL"], "add": list(names)}})


def declared(kind: str = "Pod", container: str = "web") -> Change:
    who = {"kind": kind, "namespace": "shop", "name": "web", "container": container}
    grant = who | {"add": ["NET_ADMIN"], "owner": "net", "reason": "sets up its own tunnel"}
    return profile({"declares": {"capabilities": [grant]}})


OWNED = add("""
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: web-5d
  namespace: shop
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: "1", controller: true}]
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "shop/web:2.1"}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: web-5d-x
  namespace: shop
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d, uid: "2", controller: true}]
spec:
  containers: [{name: web, image: "shop/web:2.1", securityContext: {capabilities: {add: [NET_ADMIN]}}}]
status: {phase: Running}
""")

TRAPS = (
    trap("everything dropped and the most powerful added", FAIL, adds("SYS_ADMIN")),
    trap("another one beside the allowed one", FAIL, adds("NET_BIND_SERVICE", "NET_ADMIN")),
    trap("the allowed one under another spelling is another one", FAIL, adds("CAP_NET_BIND_SERVICE")),
    trap("ALL is added", FAIL, adds("ALL")),
    trap("one is added that the runtime would give anyway", FAIL, adds("CHOWN")),
    trap("only the init container adds one", FAIL, patch(WEB, {"spec": {"initContainers": [
        {"name": "migrate", "securityContext": {"capabilities": {"add": ["NET_RAW"]}}}]}})),
    trap("an ephemeral container adds one", FAIL, patch(WEB, {"spec": {"ephemeralContainers": [
        {"name": "debug", "image": "busybox:1",
         "securityContext": {"capabilities": {"add": ["SYS_PTRACE"]}}}]}})),
    trap("a privileged container has them all", FAIL, web({"privileged": True})),
    trap("a privileged container has more than is declared", FAIL, web({"privileged": True}), declared()),
    trap("a declared one is allowed", PASS, adds("NET_ADMIN"), declared(), note="declared"),
    trap("a declaration for another capability does not help", FAIL, adds("SYS_PTRACE"), declared()),
    trap("a declaration for another container does not help", FAIL, adds("NET_ADMIN"), declared(container="mesh")),
    trap("a declaration for another workload does not help", FAIL, adds("NET_ADMIN"), declared("Deployment")),
    trap("a declaration names the top owner", PASS, OWNED, declared("Deployment")),
    trap("the owner that is declared was not seen", UNKNOWN, OWNED, declared("Deployment"), refuse("replicasets")),
    trap("adding nothing", PASS, web(None)),
    trap("dropping is another claim", PASS, web({"capabilities": {"drop": None}})),
    trap("a Windows pod has no such field", NOT_APPLICABLE,
         patch(WEB, {"spec": {"os": {"name": "windows"}, "initContainers": None}}), web(None)),
    trap("the node that would tell the system was not seen", UNKNOWN,
         patch(WEB, {"spec": {"nodeName": "n1"}}), refuse("nodes")),
    trap("a declared platform workload is apart", NOT_APPLICABLE, adds("SYS_ADMIN"),
         profile({"declares": {"platformWorkloads": [
             {"kind": "Pod", "namespace": "shop", "name": "web", "owner": "ops", "reason": "node agent"}]}})),
    trap("a pod that is done counts no more", NOT_APPLICABLE, adds("SYS_ADMIN"),
         patch(WEB, {"status": {"phase": "Succeeded"}})),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


@check(answers="added-capabilities", route="kube+profile")
def added_capabilities(container: ContainerGroup, nodes: Nodes, profile: Profile) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    if security.is_privileged(container.container):
        at = f"{container.pointer}/securityContext/privileged"
        return failed("privileged, so it has every capability", "NET_BIND_SERVICE at most", at=at)
    added = set(security.added(container.container)) - {"NET_BIND_SERVICE"}
    if not added:
        return passed("adds nothing beyond NET_BIND_SERVICE", at=container.pointer)
    grants = [
        row
        for row in profile.declares.capabilities
        if row.container == container.container.name and row.names(container.group.owner)
    ]
    extra = sorted(added.difference(*(row.add for row in grants)))
    at = f"{container.pointer}/securityContext/capabilities/add"
    if extra:
        return failed(f"adds {', '.join(extra)}", "NET_BIND_SERVICE at most, or a declaration", at=at)
    note = "declared: " + "; ".join(f"{row.reason} ({row.owner})" for row in grants)
    return passed(f"adds {', '.join(sorted(added))}", at=at, note=note)
