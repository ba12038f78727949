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
  serviceAccountName: web
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}}
status: {phase: Running}
""")

DECLARED = profile(
    {
        "declares": {
            "capabilities": [
                {
                    "kind": "Pod",
                    "namespace": "shop",
                    "name": "web",
                    "container": "web",
                    "add": ["NET_ADMIN"],
                    "owner": "net",
                    "reason": "sets up its own tunnel",
                }
            ]
        }
    }
)

TRAPS = (
    trap(
        "everything dropped and the most powerful added",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {
                            "name": "web",
                            "securityContext": {"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}},
                        }
                    ]
                }
            },
        ),
    ),
    trap(
        "the allowed one under another spelling is another one",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {
                            "name": "web",
                            "securityContext": {"capabilities": {"add": ["CAP_NET_BIND_SERVICE"]}},
                        }
                    ]
                }
            },
        ),
    ),
    trap(
        "ALL is added",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [{"name": "web", "securityContext": {"capabilities": {"add": ["ALL"]}}}]
                }
            },
        ),
    ),
    trap(
        "only the init container adds one",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "initContainers": [
                        {"name": "migrate", "securityContext": {"capabilities": {"add": ["NET_RAW"]}}}
                    ]
                }
            },
        ),
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
        "a declared one is allowed",
        PASS,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {"name": "web", "securityContext": {"capabilities": {"add": ["NET_ADMIN"]}}}
                    ]
                }
            },
        ),
        DECLARED,
        note="declared",
    ),
    trap(
        "a declaration for another capability does not help",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "containers": [
                        {"name": "web", "securityContext": {"capabilities": {"add": ["SYS_PTRACE"]}}}
                    ]
                }
            },
        ),
        DECLARED,
    ),
    trap(
        "a declaration for another container does not help",
        FAIL,
        patch(
            "Pod shop/web",
            {
                "spec": {
                    "initContainers": [
                        {"name": "migrate", "securityContext": {"capabilities": {"add": ["NET_ADMIN"]}}}
                    ]
                }
            },
        ),
        DECLARED,
    ),
    trap(
        "adding nothing",
        PASS,
        patch("Pod shop/web", {"spec": {"containers": [{"name": "web", "securityContext": None}]}}),
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


@check(answers="added-capabilities", route="kube+profile")
def added_capabilities(container: ContainerGroup, nodes: Nodes, profile: Profile) -> Judgement:
    if nodes.is_windows(container.group):
        return not_applicable("Windows")
    if security.is_privileged(container.container):
        at = f"{container.pointer}/securityContext/privileged"
        return failed("privileged, so it has every capability", "NET_BIND_SERVICE at most", at=at)
    added = set(security.added(container.container)) - {"NET_BIND_SERVICE"}
    granted = {
        capability
        for grant in profile.declares.capabilities
        if grant.names(container.subject) and grant.container == container.container.name
        for capability in grant.add
    }
    at = f"{container.pointer}/securityContext/capabilities/add"
    extra = sorted(added - granted)
    if extra:
        return failed(f"adds {', '.join(extra)}", "NET_BIND_SERVICE at most, or a declaration", at=at)
    if added:
        return passed(f"adds {', '.join(sorted(added))}", at=at, note="added capabilities are declared")
    return passed("adds nothing beyond NET_BIND_SERVICE", at=container.pointer)
