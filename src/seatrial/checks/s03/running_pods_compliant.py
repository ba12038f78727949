"""Every running pod meets the Pod Security Standard that its namespace enforces.

Why: Standards are enforced when a pod is created; a pod that is older than its namespace's label goes on as it was.

What proves it: The pods' specs, judged by the rules of the level and version that the label names, as the API
server's own admission judges them.

What it does not prove: Anything about namespaces without a label: what the server does there by default is not visible.

How to fix: Mend the pod template by what the finding names, and restart the workload.

References: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Judgement,
    PodGroup,
    PodSecurity,
    Profile,
    World,
    check,
    failed,
    not_applicable,
    passed,
    patch,
    profile,
    refuse,
    trap,
    unknown,
)
from seatrial.semantics import pod_security

GOOD = World("""
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/enforce-version: v1.36}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: web
    image: "shop/web:2.1"
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
status: {phase: Running}
""")

WEB = "Pod shop/web"
TRAPS = (
    trap("a pod older than the label breaks it", FAIL, patch(WEB, {"spec": {"securityContext": None}})),
    trap(
        "it is judged by the level that is enforced",
        PASS,
        patch(WEB, {"spec": {"securityContext": None}}),
        patch("Namespace shop", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}),
    ),
    trap(
        "baseline is broken too by a node's network",
        FAIL,
        patch(WEB, {"spec": {"hostNetwork": True}}),
        patch("Namespace shop", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}),
    ),
    trap(
        "by an old version's rules it need not drop ALL",
        PASS,
        patch(WEB, {"spec": {"containers": [{"name": "web", "securityContext": {"capabilities": None}}]}}),
        patch(
            "Namespace shop",
            {"metadata": {"labels": {"pod-security.kubernetes.io/enforce-version": "v1.21"}}},
        ),
    ),
    trap(
        "a version newer than the server's cannot be judged",
        UNKNOWN,
        patch(
            "Namespace shop",
            {"metadata": {"labels": {"pod-security.kubernetes.io/enforce-version": "v1.99"}}},
        ),
    ),
    trap(
        "a namespace without a label is not known to enforce anything",
        UNKNOWN,
        patch("Namespace shop", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": None}}}),
    ),
    trap(
        "with labels accepted, a namespace without one enforces nothing",
        NOT_APPLICABLE,
        patch("Namespace shop", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": None}}}),
        profile({"accepts": [{"reading": "psa-labels", "owner": "security", "reason": "no prober"}]}),
    ),
    trap(
        "privileged forbids nothing",
        NOT_APPLICABLE,
        patch(
            "Namespace shop", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}
        ),
    ),
    trap(
        "a pod that is done counts no more",
        NOT_APPLICABLE,
        patch(WEB, {"spec": {"securityContext": None}, "status": {"phase": "Failed"}}),
    ),
    trap("namespaces cannot be listed", UNKNOWN, refuse("namespaces")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)


@check(answers="running-pods-compliant")
def running_pods_compliant(pod: PodGroup, namespaces: PodSecurity, profile: Profile) -> Judgement:
    found = namespaces.enforced(pod.namespace)
    if found is None and profile.accepted("psa-labels") is not None:
        return not_applicable("its namespace has no enforce label")
    if found is None:
        return unknown("its namespace has no enforce label", pod_security.LABEL_IT)
    if found.level == "privileged":
        return not_applicable("its namespace enforces privileged, which forbids nothing")
    server = namespaces.server_minor()
    minor = server if found.minor is None else found.minor
    if minor > min(server, pod_security.NEWEST):
        cure = "set enforce-version to a version of the server"
        return unknown(f"enforce-version v1.{minor} is newer than the server's or than what is known", cure)
    broken = pod_security.violations(pod.pod, found.level, minor)
    if not broken:
        return passed(f"meets {found.level} of 1.{minor}")
    return failed(
        "; ".join(row.says for row in broken[:3])
        + (f"; and {len(broken) - 3} more" if len(broken) > 3 else ""),
        f"{found.level} of 1.{minor}",
        at=tuple(row.at for row in broken),
    )
