"""Every declared namespace (default: all application namespaces) rejects a pod that breaks the restricted standard.

Why: Restricted is the standard for programs that need nothing of their node, which is nearly all of them.

What proves it: A prober's denied dry run; where the profile accepts the reading ``psa-labels``, the label ``enforce:
restricted``, in a version whose rules are today's: before 1.22 it did not ask to drop ALL, before 1.23 it let user 0 pass.

What it does not prove: That nobody is exempt.

How to fix: Label the namespace ``pod-security.kubernetes.io/enforce: restricted``, without an old version; declare the
namespaces that must be restricted under ``declares.restrictedNamespaces`` where not all can be.

References: https://kubernetes.io/docs/concepts/security/pod-security-admission/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Annotated,
    Judgement,
    Limits,
    Namespace,
    Profile,
    World,
    add,
    check,
    failed,
    limit,
    not_applicable,
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
        "baseline is not restricted",
        FAIL,
        patch("Namespace shop", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}),
    ),
    trap(
        "baseline is not restricted, reading or not",
        FAIL,
        patch("Namespace shop", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}),
        profile({"accepts": None}),
    ),
    trap(
        "pinned to rules that let user 0 pass",
        FAIL,
        patch(
            "Namespace shop",
            {"metadata": {"labels": {"pod-security.kubernetes.io/enforce-version": "v1.22"}}},
        ),
    ),
    trap(
        "pinned to the first version whose rules are today's",
        PASS,
        patch(
            "Namespace shop",
            {"metadata": {"labels": {"pod-security.kubernetes.io/enforce-version": "v1.23"}}},
        ),
    ),
    trap(
        "no version means latest",
        PASS,
        patch(
            "Namespace shop", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce-version": None}}}
        ),
    ),
    trap(
        "only a warning",
        FAIL,
        patch(
            "Namespace shop",
            {
                "metadata": {
                    "labels": {
                        "pod-security.kubernetes.io/enforce": None,
                        "pod-security.kubernetes.io/enforce-version": None,
                        "pod-security.kubernetes.io/warn": "restricted",
                    }
                }
            },
        ),
    ),
    trap(
        "a namespace that is not declared restricted need not be",
        PASS,
        add("{apiVersion: v1, kind: Namespace, metadata: {name: legacy}}"),
        profile(
            {"declares": {"restrictedNamespaces": [{"name": "shop", "owner": "security", "reason": "new"}]}}
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
    trap("namespaces cannot be listed", UNKNOWN, refuse("namespaces")),
)


class Bounds(Limits, frozen=True):
    """What an old version may be."""

    least_minor: Annotated[
        int,
        limit(
            "the oldest version of the restricted standard that is strict enough",
            unit="minor of Kubernetes 1",
            source="3.1: before 1.23 runAsUser 0 is allowed",
            ge=0,
        ),
    ] = 23


@check(answers="restricted-enforced", via="pod-security-admission", route="kube+profile")
def restricted_enforced(namespace: Namespace, profile: Profile, limits: Bounds) -> Judgement:
    declared = profile.declares.restricted_namespaces
    if declared and all(row.name != namespace.name for row in declared):
        return not_applicable("not declared restricted")
    found = pod_security.enforced(namespace.object.labels)
    accepted = profile.accepted("psa-labels")
    if found is None and accepted is None:
        return unknown("no enforce label, and the server's own default is not visible", pod_security.LABEL_IT)
    if found is None or found.level != "restricted":
        return failed(pod_security.describe(found), "enforce: restricted", at=pod_security.AT)
    if found.minor is not None and found.minor < limits.least_minor:
        expected = f"enforce-version v1.{limits.least_minor} or newer"
        return failed(pod_security.describe(found), expected, at=pod_security.AT)
    if accepted is None:
        return unknown(f"{pod_security.describe(found)}, but no pod was tried", pod_security.ACCEPT_LABELS)
    return passed(pod_security.describe(found), at=pod_security.AT)
