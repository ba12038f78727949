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
    Change,
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


def label(mode: str, value: str | None) -> Change:
    return patch("Namespace shop", {"metadata": {"labels": {f"pod-security.kubernetes.io/{mode}": value}}})


def spec(**fields: object) -> Change:
    return patch(WEB, {"spec": fields})


NO_CONTEXT = spec(securityContext=None)
KEEPS_CAPABILITIES = spec(containers=[{"name": "web", "securityContext": {"capabilities": None}}])
ROOT = spec(containers=[{"name": "web", "securityContext": {"runAsUser": 0}}])
ACCEPTED = profile({"accepts": [{"reading": "psa-labels", "owner": "security", "reason": "no prober"}]})

TRAPS = (
    trap("a pod older than the label breaks it", FAIL, NO_CONTEXT),
    trap("it is judged by the level that is enforced", PASS, NO_CONTEXT, label("enforce", "baseline")),
    trap("a level that only warns is not the one that is enforced", PASS,
         NO_CONTEXT, label("enforce", "baseline"), label("warn", "restricted")),
    trap("baseline is broken by a node's network", FAIL, spec(hostNetwork=True), label("enforce", "baseline")),
    trap("baseline is broken by a path of the node", FAIL,
         spec(volumes=[{"name": "log", "hostPath": {"path": "/var/log"}}]), label("enforce", "baseline")),
    trap("an ephemeral container breaks it", FAIL,
         spec(ephemeralContainers=[{"name": "debug", "image": "busybox:1"}])),
    trap("capabilities that are not dropped break it", FAIL, KEEPS_CAPABILITIES),
    trap("by the rules of 1.21 they need not be dropped", PASS,
         KEEPS_CAPABILITIES, label("enforce-version", "v1.21")),
    trap("user 0 breaks it", FAIL, ROOT),
    trap("by the rules of 1.22 user 0 is allowed", PASS, ROOT, label("enforce-version", "v1.22")),
    trap("latest is the server's own version", FAIL, ROOT, label("enforce-version", None)),
    trap("in a user namespace it may be root", PASS, ROOT, spec(hostUsers=False)),
    trap("by the rules of 1.34 it may not, even there", FAIL,
         ROOT, spec(hostUsers=False), label("enforce-version", "v1.34")),
    trap("a Windows pod is excused from what only Linux has", PASS,
         spec(os={"name": "windows"}, securityContext={"seccompProfile": None},
              containers=[{"name": "web", "securityContext": None}])),
    trap("a version newer than the server's cannot be judged", UNKNOWN, label("enforce-version", "v1.99")),
    trap("a namespace without a label is not known to enforce anything", UNKNOWN, label("enforce", None)),
    trap("with labels accepted, a namespace without one enforces nothing", NOT_APPLICABLE,
         label("enforce", None), ACCEPTED),
    trap("privileged forbids nothing", NOT_APPLICABLE, label("enforce", "privileged")),
    trap("a pod that is done counts no more", NOT_APPLICABLE,
         NO_CONTEXT, patch(WEB, {"status": {"phase": "Failed"}})),
    trap("namespaces cannot be listed", UNKNOWN, refuse("namespaces")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


@check(answers="running-pods-compliant")
def running_pods_compliant(pod: PodGroup, namespaces: PodSecurity, profile: Profile) -> Judgement:
    found = namespaces.enforced(pod.namespace)
    if found is None and profile.accepted("psa-labels") is not None:
        return not_applicable("its namespace has no enforce label")
    if found is None:
        return unknown("its namespace has no enforce label", pod_security.LABEL_IT)
    if found.level == "privileged":
        return not_applicable("its namespace enforces privileged, which forbids nothing")
    minor = namespaces.minor(found)
    broken = pod_security.violations(pod.pod, found.level, minor)
    standard = f"{found.level} of 1.{minor}"
    if not broken:
        return passed(f"meets {standard}")
    says = "; ".join(dict.fromkeys(row.says for row in broken[:5]))
    return failed(f"breaks {standard}: {says}", standard, at=tuple(row.at for row in broken[:5]))
