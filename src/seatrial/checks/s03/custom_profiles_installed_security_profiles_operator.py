"""Every declared custom profile is installed on every node that runs its pods.

Why: A pod whose Localhost profile is missing on its node does not start; one whose profile only complains is not confined.

What proves it: The Security Profiles Operator's status of the profile on each node (SecurityProfileNodeStatus:
Installed), and a mode that enforces. Profiles that pods name as ``localhostProfile`` count as declared; of a file that is
not the operator's, nothing is known.

What it does not prove: That the node enforces AppArmor or SELinux at all, or what the profile allows.

How to fix: Let the operator reach every node (tolerations of its DaemonSet ``spod``), look at the profile's events, and set
its mode to Enforce.

References: https://github.com/kubernetes-sigs/security-profiles-operator
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Change,
    DeclaredProfile,
    Judgement,
    OperatorProfiles,
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
    serve,
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
apiVersion: security-profiles-operator.x-k8s.io/v1
kind: SecurityProfileNodeStatus
metadata:
  name: web-n1
  ownerReferences: [{apiVersion: security-profiles-operator.x-k8s.io/v1, kind: SeccompProfile, name: web, uid: "1"}]
spec: {nodeName: n1}
status: {status: Installed}
""")
WEB = "Pod shop/web"
STATUS = "SecurityProfileNodeStatus web-n1"


def uses(**context: object) -> Change:
    return patch(WEB, {"spec": {"securityContext": {"seccompProfile": None} | context}})


def declared(kind: str, name: str) -> Change:
    row = {"kind": kind, "name": name, "owner": "security", "reason": "the shop's own"}
    return profile({"declares": {"securityProfiles": [row]}})


def installed(kind: str, plural: str, mode: str) -> tuple[Change, ...]:
    """A profile web of another kind, installed on n1, in this mode."""
    return (
        serve("security-profiles-operator.x-k8s.io/v1", plural),
        patch(STATUS, {"metadata": {"ownerReferences": [
            {"apiVersion": "security-profiles-operator.x-k8s.io/v1", "kind": kind, "name": "web", "uid": "1"}]}}),
        add(f"""
apiVersion: security-profiles-operator.x-k8s.io/v1
kind: {kind}
metadata: {{name: web}}
spec: {{mode: {mode}}}
"""),
    )  # fmt: skip


APPARMOR = uses(appArmorProfile={"type": "Localhost", "localhostProfile": "web"})
SELINUX = (uses(seLinuxOptions={"type": "web.process"}), declared("SelinuxProfile", "web"))

TRAPS = (
    trap("it is not installed on the second node of its pods", FAIL, add("""
apiVersion: v1
kind: Pod
metadata: {name: web-2, namespace: shop}
spec:
  nodeName: n2
  containers:
  - name: web
    image: "shop/web:2.1"
    securityContext: {seccompProfile: {type: Localhost, localhostProfile: operator/web.json}}
status: {phase: Pending}
""")),
    trap("the node says Error", FAIL, patch(STATUS, {"status": {"status": "Error"}})),
    trap("the node is still at it", FAIL, patch(STATUS, {"status": {"status": "InProgress"}})),
    trap("it is installed on another node only", FAIL, patch(STATUS, {"spec": {"nodeName": "n9"}})),
    trap("no node says anything of it", UNKNOWN, remove(STATUS)),
    trap("the status is of a profile of another kind", UNKNOWN,
         patch(STATUS, {"metadata": {"ownerReferences": [
             {"apiVersion": "security-profiles-operator.x-k8s.io/v1", "kind": "AppArmorProfile",
              "name": "web", "uid": "1"}]}})),
    trap("a file of one's own on the node has the same name", UNKNOWN,
         uses(seccompProfile={"type": "Localhost", "localhostProfile": "profiles/web.json"})),
    trap("the operator is not here, and a profile is in use", UNKNOWN,
         remove(STATUS), uses(seccompProfile={"type": "Localhost", "localhostProfile": "profiles/web.json"})),
    trap("an AppArmor profile that enforces", PASS,
         APPARMOR, *installed("AppArmorProfile", "apparmorprofiles", "Enforce")),
    trap("an AppArmor profile that only complains", FAIL,
         APPARMOR, *installed("AppArmorProfile", "apparmorprofiles", "Complain")),
    trap("the mode of the AppArmor profile was not seen", UNKNOWN,
         APPARMOR, *installed("AppArmorProfile", "apparmorprofiles", "Enforce"), refuse("apparmorprofiles")),
    trap("a declared SELinux profile that is permissive", FAIL,
         *SELINUX, *installed("SelinuxProfile", "selinuxprofiles", "Permissive")),
    trap("a declared SELinux profile that enforces", PASS,
         *SELINUX, *installed("SelinuxProfile", "selinuxprofiles", "Enforcing")),
    trap("the pod names it, but every container has another", NOT_APPLICABLE,
         patch(WEB, {"spec": {"containers": [
             {"name": "web", "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}]}})),
    trap("a declared profile that no pod uses has nowhere to be missing", PASS,
         declared("SeccompProfile", "spare")),
    trap("a kind that is no profile", UNKNOWN, declared("SeccompFilter", "web")),
    trap("no profile of one's own is in use", NOT_APPLICABLE, uses()),
    trap("the nodes' states cannot be listed", UNKNOWN, refuse("securityprofilenodestatuses")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


PERMISSIVE = frozenset({"Complain", "Permissive"})


@check(answers="custom-profiles-installed", via="security-profiles-operator")
def custom_profiles_installed(profile: DeclaredProfile, operator: OperatorProfiles) -> Judgement:
    if not profile.is_of_the_operator:
        cure = "install it as a profile of the Security Profiles Operator, and declare it by its kind there"
        return unknown("not a profile of the Security Profiles Operator", cure)
    if not profile.nodes:
        profile.refuse_gaps()
        return not_applicable("no running pod uses it")
    states = operator.by_node(profile)
    if not states:
        cure = "install it as a profile of the Security Profiles Operator, and declare it by its kind there"
        return unknown("the operator says nothing of this profile", cure)
    found = {node: states.get(node, "no status") for node in profile.nodes}
    missing = [f"{node} ({state})" for node, state in found.items() if state != "Installed"]
    nodes = f"{len(profile.nodes)} nodes that run its pods"
    if missing:
        return failed(f"not installed on {', '.join(missing[:5])}", f"Installed on all {nodes}")
    mode = operator.mode(profile)
    if mode in PERMISSIVE:
        return failed(f"in mode {mode}, which enforces nothing", "a mode that enforces")
    profile.refuse_gaps()
    return passed(f"installed on all {nodes}")
