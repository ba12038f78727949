"""Every application namespace rejects a pod that breaks the baseline standard and admits its compliant twin.

Why: What is not rejected will one day be deployed: a pod in the network and process space of its node, say.

What proves it: Only trying proves it: a prober's denied dry run. Where the profile accepts the reading ``psa-labels``,
the namespace's label ``enforce`` at baseline or restricted counts. A label that says privileged fails in any case; without
a label and without the reading, the server's own default decides, which is not visible.

What it does not prove: That nobody is exempt; the server's exemptions and defaults are not visible in the API. Labels
prove nothing about a user who may change them.

How to fix: Label the namespace ``pod-security.kubernetes.io/enforce: restricted`` (or baseline), in its template.

References: https://kubernetes.io/docs/concepts/security/pod-security-admission/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Change,
    Fix,
    Given,
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
    serve,
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
NOT_ACCEPTED = profile({"accepts": None})


def label(mode: str, value: str | None) -> Change:
    return patch("Namespace shop", {"metadata": {"labels": {f"pod-security.kubernetes.io/{mode}": value}}})


UNLABELLED = (label("enforce", None), label("enforce-version", None))


TRAPS = (
    trap("without the reading, a label is not yet a denied pod", UNKNOWN, NOT_ACCEPTED),
    trap("baseline is enough", PASS, label("enforce", "baseline")),
    trap("an old version of it rejects a pod of the node's too", PASS, label("enforce-version", "v1.21")),
    trap("privileged allows everything", FAIL, label("enforce", "privileged")),
    trap("privileged allows everything, reading or not", FAIL, label("enforce", "privileged"), NOT_ACCEPTED),
    trap("no label", FAIL, *UNLABELLED),
    trap("no label, and the server's default cannot be seen", UNKNOWN, *UNLABELLED, NOT_ACCEPTED),
    trap("warn rejects nothing", FAIL, *UNLABELLED, label("warn", "restricted")),
    trap("audit rejects nothing", FAIL, *UNLABELLED, label("audit", "restricted")),
    trap("warn rejects nothing, but the server's default may", UNKNOWN,
         *UNLABELLED, label("warn", "restricted"), NOT_ACCEPTED),
    trap("a version without a level enforces nothing", FAIL, label("enforce", None)),
    trap("a level that does not parse is enforced as restricted", PASS,
         label("enforce", "restrictd"), note="does not parse"),
    trap("a namespace that was made later has no label", FAIL,
         add("{apiVersion: v1, kind: Namespace, metadata: {name: cart}}")),
    trap("a namespace of the platform is apart", PASS,
         add("{apiVersion: v1, kind: Namespace, metadata: {name: infra}}"),
         profile({"scope": {"platformNamespaces": ["default", "infra"]}})),
    trap("a policy engine that this version does not read may reject it", UNKNOWN,
         label("enforce", "privileged"), serve("kyverno.io/v1", "clusterpolicies")),
    trap("namespaces cannot be listed", UNKNOWN, refuse("namespaces")),
)  # fmt: skip


def fix(namespace: Namespace, given: Given) -> Fix:  # noqa: ARG001  # there is one right value
    note = "pods that do not keep to it are refused: try it with the label warn first"
    return Fix(object={"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}, note=note)


@check(answers="baseline-enforced", via="pod-security-admission", route="kube+profile")
def baseline_enforced(namespace: Namespace, profile: Profile) -> Judgement:
    found = pod_security.enforced(namespace.object.labels)
    accepted = profile.accepted("psa-labels")
    says = pod_security.describe(found)
    if found is None and accepted is None:
        return unknown(f"{says}, and the server's own default is not visible", pod_security.LABEL_IT)
    if found is None or found.level == "privileged":
        return failed(says, "enforce: baseline or restricted", at=pod_security.AT)
    if accepted is None:
        return unknown(f"{says}, but no pod was tried", pod_security.ACCEPT_LABELS)
    return passed(says, at=pod_security.AT, note=found.note)
