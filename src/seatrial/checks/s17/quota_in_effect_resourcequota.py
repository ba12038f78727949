"""Every ResourceQuota of an application namespace has its hard limits in status.

Why: Admission counts by the status; a quota that its controller never processed bounds nothing, or refuses everything.

What proves it: ``status.hard`` equals ``spec.hard``, amount for amount.

What it does not prove: That a pod over quota is refused: a prober's denied dry run would.

How to fix: See that kube-controller-manager runs its resourcequota controller.

References: https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Annotated,
    Judgement,
    Limits,
    Quota,
    World,
    check,
    failed,
    limit,
    passed,
    patch,
    refuse,
    remove,
    seen,
    trap,
)
from seatrial.semantics.quantity import parse

GOOD = World("""
apiVersion: v1
kind: ResourceQuota
metadata: {name: compute, namespace: shop}
spec: {hard: {requests.cpu: "8", requests.memory: 16Gi, limits.memory: 32Gi, pods: "60", requests.storage: 100Gi}}
status:
  hard: {requests.cpu: "8", requests.memory: 16Gi, limits.memory: 32Gi, pods: "60", requests.storage: 100Gi}
  used: {requests.cpu: "1", requests.memory: 2Gi, limits.memory: 4Gi, pods: "9", requests.storage: 10Gi}
---
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: shop}
spec: {limits: [{type: Container, default: {cpu: 500m, memory: 256Mi}, defaultRequest: {cpu: 50m, memory: 64Mi}}]}
""")

TRAPS = (
    trap(
        "the controller never processed it",
        FAIL,
        patch("ResourceQuota shop/compute", {"status": {"hard": None, "used": None}}),
    ),
    trap(
        "the status has an older bound",
        FAIL,
        patch("ResourceQuota shop/compute", {"spec": {"hard": {"pods": "90"}}}),
    ),
    trap(
        "the same amount in another spelling",
        PASS,
        patch("ResourceQuota shop/compute", {"status": {"hard": {"requests.memory": "16384Mi"}}}),
    ),
    trap(
        "nearly used up",
        PASS,
        patch("ResourceQuota shop/compute", {"status": {"used": {"pods": "59"}}}),
        note="95",
    ),
    trap("no quota at all", FAIL, remove("ResourceQuota shop/compute")),
    trap("quotas cannot be listed", UNKNOWN, refuse("resourcequotas")),
)


class Full(Limits, frozen=True):
    """When a quota is nearly used up."""

    used: Annotated[
        float,
        limit(
            "share of a bound that is reported as a risk",
            unit="share",
            source="17.7: used >= 95 %",
            ge=0,
            le=1,
        ),
    ] = 0.95


@check(answers="quota-in-effect", via="resourcequota")
def quota_in_effect(quota: Quota, limits: Full) -> Judgement:
    status = seen(quota.object.status, "the status of ResourceQuotas")
    wanted = {name: parse(amount) for name, amount in quota.object.spec.hard.items()}
    there = {name: parse(amount) for name, amount in status.hard.items()}
    if wanted != there:
        differs = sorted(name for name in wanted if wanted[name] != there.get(name))
        return failed(
            f"status.hard differs from spec.hard in {', '.join(differs[:5])}", "the same bounds", at="/status"
        )
    used = {name: parse(amount) for name, amount in status.used.items()}
    full = sorted(
        name for name, bound in wanted.items() if bound and used.get(name, 0) >= limits.used * bound
    )
    note = f"{limits.used:.0%} or more used: {', '.join(full)}" if full else ""
    return passed(f"{len(wanted)} bounds in effect", at="/status/hard", note=note)
