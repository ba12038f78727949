"""Every declared custom profile is installed on every node that runs its pods.

Why: A pod whose Localhost profile is missing on its node does not start; one whose profile is missing on the next node
cannot move there.

What proves it: The Security Profiles Operator's status of the profile on each node (SecurityProfileNodeStatus:
Installed). Profiles that pods name as ``localhostProfile`` count as declared.

What it does not prove: That the node enforces AppArmor or SELinux at all, or what the profile allows.

How to fix: Let the operator reach every node (tolerations of its DaemonSet ``spod``), and look at the profile's events.

References: https://github.com/kubernetes-sigs/security-profiles-operator
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    DeclaredProfile,
    Judgement,
    ProfileNodeStatuses,
    World,
    add,
    check,
    failed,
    not_applicable,
    passed,
    patch,
    profile,
    refuse,
    remove,
    trap,
    unknown,
)

GOOD = World("""
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  nodeName: n1
  securityContext: {seccompProfile: {type: Localhost, localhostProfile: operator/web.json}}
  containers: [{name: web, image: "shop/web:2.1"}]
status: {phase: Running}
---
{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {kubernetes.io/os: linux}}}
---
apiVersion: security-profiles-operator.x-k8s.io/v1
kind: SecurityProfileNodeStatus
metadata: {name: web-n1, labels: {spo.x-k8s.io/profile-id: SeccompProfile-web}}
spec: {nodeName: n1}
status: {status: Installed}
""")

MORE = add("""
apiVersion: v1
kind: Pod
metadata: {name: web-2, namespace: shop}
spec:
  nodeName: n2
  securityContext: {seccompProfile: {type: Localhost, localhostProfile: operator/web.json}}
  containers: [{name: web, image: "shop/web:2.1"}]
status: {phase: Running}
""")
STATUS = "SecurityProfileNodeStatus web-n1"
TRAPS = (
    trap("it is not installed on the second node of its pods", FAIL, MORE),
    trap("the node says Error", FAIL, patch(STATUS, {"status": {"status": "Error"}})),
    trap("the node is still at it", FAIL, patch(STATUS, {"status": {"status": "InProgress"}})),
    trap("no node says anything of it", UNKNOWN, remove(STATUS)),
    trap(
        "a declared profile that no pod uses has nowhere to be missing",
        PASS,
        profile(
            {
                "declares": {
                    "securityProfiles": [
                        {
                            "name": "spare",
                            "kind": "SeccompProfile",
                            "owner": "security",
                            "reason": "next release",
                        }
                    ]
                }
            }
        ),
    ),
    trap(
        "no profile of one's own is in use",
        NOT_APPLICABLE,
        patch("Pod shop/web", {"spec": {"securityContext": None}}),
    ),
    trap("the nodes' states cannot be listed", UNKNOWN, refuse("securityprofilenodestatuses")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)


@check(answers="custom-profiles-installed", via="security-profiles-operator")
def custom_profiles_installed(profile: DeclaredProfile, states: ProfileNodeStatuses) -> Judgement:
    if not profile.nodes:
        return not_applicable("no running pod uses it")
    by_node = states.by_node(profile.declared.kind, profile.declared.name)
    if not by_node:
        return unknown(
            "the operator says nothing of this profile", "let the Security Profiles Operator install it"
        )
    missing = [
        f"{node} ({by_node.get(node, 'no status')})"
        for node in profile.nodes
        if by_node.get(node) != "Installed"
    ]
    if missing:
        return failed(
            f"not installed on {', '.join(missing[:5])}", f"Installed on all {len(profile.nodes)} nodes"
        )
    return passed(f"installed on all {len(profile.nodes)} nodes that run its pods")
