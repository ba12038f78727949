"""Every application namespace rejects a pod that breaks the baseline standard and admits its compliant twin.

Why: What is not rejected will one day be deployed: a pod in the network and process space of its node, say.

What proves it: Only trying proves it: a prober's denied dry run. Where the profile accepts the reading ``psa-labels``,
the namespace's label ``enforce`` at baseline or restricted counts.

What it does not prove: That nobody is exempt; the server's exemptions and defaults are not visible in the API. Labels
prove nothing about a user who may change them.

How to fix: Label the namespace ``pod-security.kubernetes.io/enforce: restricted`` (or baseline), in its template.

References: https://kubernetes.io/docs/concepts/security/pod-security-admission/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Judgement,
    Namespace,
    Profile,
    World,
    add,
    check,
    failed,
    passed,
    patch,
    profile,
    refuse,
    trap,
    unknown,
)
from seatrial.semantics import pod_security

GOOD = World(
    """
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/enforce-version: v1.36}
""",
    profile="""
accepts: [{reading: psa-labels, owner: security, reason: no prober allowed here}]
""",
)

TRAPS = (
    trap("without the reading, a label is not yet a denied pod", UNKNOWN, profile({"accepts": None})),
    trap(
        "baseline is enough",
        PASS,
        patch("Namespace shop", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}),
    ),
    trap(
        "warn and audit reject nothing",
        FAIL,
        patch(
            "Namespace shop",
            {
                "metadata": {
                    "labels": {
                        "pod-security.kubernetes.io/enforce": None,
                        "pod-security.kubernetes.io/enforce-version": None,
                        "pod-security.kubernetes.io/warn": "restricted",
                        "pod-security.kubernetes.io/audit": "restricted",
                    }
                }
            },
        ),
    ),
    trap(
        "no label, and the server's default cannot be seen",
        UNKNOWN,
        patch(
            "Namespace shop",
            {
                "metadata": {
                    "labels": {
                        "pod-security.kubernetes.io/enforce": None,
                        "pod-security.kubernetes.io/enforce-version": None,
                    }
                }
            },
        ),
        profile({"accepts": None}),
    ),
    trap(
        "privileged allows everything",
        FAIL,
        patch(
            "Namespace shop", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}
        ),
    ),
    trap(
        "privileged allows everything, reading or not",
        FAIL,
        patch(
            "Namespace shop", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}
        ),
        profile({"accepts": None}),
    ),
    trap(
        "a level that does not parse is enforced as restricted",
        PASS,
        patch(
            "Namespace shop", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restrictd"}}}
        ),
        note="does not parse",
    ),
    trap(
        "another namespace has no label",
        FAIL,
        add("{apiVersion: v1, kind: Namespace, metadata: {name: cart}}"),
    ),
    trap(
        "a system namespace is apart",
        PASS,
        add("{apiVersion: v1, kind: Namespace, metadata: {name: infra}}"),
        profile({"scope": {"platformNamespaces": ["default", "infra"]}}),
    ),
    trap("namespaces cannot be listed", UNKNOWN, refuse("namespaces")),
)


@check(answers="baseline-enforced", via="pod-security-admission", route="kube+profile")
def baseline_enforced(namespace: Namespace, profile: Profile) -> Judgement:
    found = pod_security.enforced(namespace.object.labels)
    accepted = profile.accepted("psa-labels")
    if found is None and accepted is None:
        return unknown("no enforce label, and the server's own default is not visible", pod_security.LABEL_IT)
    if found is None or found.level == "privileged":
        return failed(pod_security.describe(found), "enforce: baseline or restricted", at=pod_security.AT)
    if accepted is None:
        return unknown(f"{pod_security.describe(found)}, but no pod was tried", pod_security.ACCEPT_LABELS)
    note = f"{found.odd} does not parse; the server then enforces restricted, latest" if found.odd else ""
    return passed(pod_security.describe(found), at=pod_security.AT, note=note)
