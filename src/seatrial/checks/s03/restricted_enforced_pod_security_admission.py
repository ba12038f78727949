"""Every declared namespace (default: all application namespaces) rejects a pod that breaks the restricted standard.

Why: Restricted is the standard for programs that need nothing of their node, which is nearly all of them.

What proves it: A prober's denied dry run; where the profile accepts the reading ``psa-labels``, the label ``enforce:
restricted``, in a version whose rules are today's: before 1.22 it did not ask to drop ALL, before 1.23 it let user 0 pass.
A label that says less fails in any case.

What it does not prove: That nobody is exempt; the server's exemptions and defaults are not visible in the API.

How to fix: Label the namespace ``pod-security.kubernetes.io/enforce: restricted``, without an old version; declare the
namespaces that must be restricted under ``declares.restrictedNamespaces`` where not all can be.

References: https://kubernetes.io/docs/concepts/security/pod-security-admission/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Annotated,
    Change,
    Fix,
    Given,
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
    serve,
    trap,
    unknown,
)
from seatrial.semantics import pod_security


class Bounds(Limits, frozen=True):
    """How old the enforced rules may be."""

    least_minor: Annotated[
        int,
        limit(
            "the oldest version of the restricted standard that is strict enough",
            unit="minor of Kubernetes 1",
            source="Pod Security Standards: before 1.23 runAsUser 0 is allowed",
            ge=0,
        ),
    ] = 23


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


def declares(name: str) -> Change:
    return profile(
        {"declares": {"restrictedNamespaces": [{"name": name, "owner": "security", "reason": "new"}]}}
    )


LEGACY = add("{apiVersion: v1, kind: Namespace, metadata: {name: legacy}}")

TRAPS = (
    trap("without the reading, a label is not yet a denied pod", UNKNOWN, NOT_ACCEPTED),
    trap("baseline is not restricted", FAIL, label("enforce", "baseline")),
    trap("baseline is not restricted, reading or not", FAIL, label("enforce", "baseline"), NOT_ACCEPTED),
    trap("privileged allows everything", FAIL, label("enforce", "privileged"), NOT_ACCEPTED),
    trap("pinned to rules that do not ask to drop ALL", FAIL, label("enforce-version", "v1.21")),
    trap("pinned to rules that let user 0 pass", FAIL, label("enforce-version", "v1.22")),
    trap("pinned to old rules, reading or not", FAIL, label("enforce-version", "v1.22"), NOT_ACCEPTED),
    trap("pinned to the first version whose rules are today's", PASS, label("enforce-version", "v1.23")),
    trap("the profile asks for newer rules", FAIL,
         label("enforce-version", "v1.34"), profile({"limits": {"restricted-enforced": {"least_minor": 35}}})),
    trap("no version means latest", PASS, label("enforce-version", None)),
    trap("a version that does not parse is enforced as latest", PASS,
         label("enforce-version", "1.20"), note="does not parse"),
    trap("no label", FAIL, *UNLABELLED),
    trap("no label, and the server's default cannot be seen", UNKNOWN, *UNLABELLED, NOT_ACCEPTED),
    trap("warn and audit reject nothing", FAIL,
         *UNLABELLED, label("warn", "restricted"), label("audit", "restricted")),
    trap("only a warning, and the server's default cannot be seen", UNKNOWN,
         *UNLABELLED, label("warn", "restricted"), NOT_ACCEPTED),
    trap("another namespace has no label", FAIL, LEGACY),
    trap("a namespace that is not declared restricted need not be", PASS, LEGACY, declares("shop")),
    trap("the declared one is not", FAIL, LEGACY, declares("legacy")),
    trap("the declared one is not there", UNKNOWN, declares("shopp")),
    trap("a policy engine that this version does not read may reject it", UNKNOWN,
         label("enforce", "baseline"), serve("constraints.gatekeeper.sh/v1beta1", "k8spspprivilegedcontainer")),
    trap("namespaces cannot be listed", UNKNOWN, refuse("namespaces")),
)  # fmt: skip


def fix(namespace: Namespace, given: Given) -> Fix:  # noqa: ARG001  # there is one right value
    version = "pod-security.kubernetes.io/enforce-version"
    labels: dict[str, str | None] = {"pod-security.kubernetes.io/enforce": "restricted"}
    if version in namespace.object.labels:
        labels[version] = None  # the server's own version, which is the newest it has
    note = "pods that do not keep to it are refused: try it with the label warn first"
    return Fix(object={"metadata": {"labels": labels}}, note=note)


@check(answers="restricted-enforced", via="pod-security-admission", route="kube+profile")
def restricted_enforced(namespace: Namespace, profile: Profile, limits: Bounds) -> Judgement:
    declared = profile.declares.restricted_namespaces
    if declared and all(row.name != namespace.name for row in declared):
        return not_applicable("not declared restricted")
    found = pod_security.enforced(namespace.object.labels)
    accepted = profile.accepted("psa-labels")
    says = pod_security.describe(found)
    if found is None and accepted is None:
        return unknown(f"{says}, and the server's own default is not visible", pod_security.LABEL_IT)
    if found is None or found.level != "restricted":
        return failed(says, "enforce: restricted", at=pod_security.AT)
    if found.minor is not None and found.minor < limits.least_minor:
        return failed(says, f"enforce-version v1.{limits.least_minor} or newer", at=pod_security.AT)
    if accepted is None:
        return unknown(f"{says}, but no pod was tried", pod_security.ACCEPT_LABELS)
    return passed(says, at=pod_security.AT, note=found.note)
