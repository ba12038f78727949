"""Every ResourceQuota of an application namespace has its hard limits in status.

Why: Admission counts by the status; a quota that its controller never processed bounds nothing, or refuses everything.

What proves it: ``status.hard`` equals ``spec.hard``, amount for amount, and ``status.used`` counts each. What is nearly used
up is remarked.

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
    add,
    check,
    failed,
    limit,
    passed,
    patch,
    refuse,
    remove,
    seen,
    serve,
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

QUOTA = "ResourceQuota shop/compute"
TRAPS = (
    trap("the controller never processed it", FAIL, patch(QUOTA, {"status": {"hard": None, "used": None}})),
    trap("the status has an older bound", FAIL, patch(QUOTA, {"spec": {"hard": {"pods": "90"}}})),
    trap("the status lacks a bound that is new", FAIL, patch(QUOTA, {"spec": {"hard": {"limits.cpu": "9"}}})),
    trap("the status has a bound that was taken away", FAIL, patch(QUOTA, {"spec": {"hard": {"pods": None}}})),
    trap("bounds are there, and nothing was counted", FAIL, patch(QUOTA, {"status": {"used": None}})),
    trap("one of the bounds was not counted", FAIL, patch(QUOTA, {"status": {"used": {"pods": None}}})),
    trap("the same amount in another spelling", PASS, patch(QUOTA, {"status": {"hard": {"requests.memory": "16384Mi"}}})),
    trap("nearly used up", PASS, patch(QUOTA, {"status": {"used": {"pods": "59"}}}), note="95"),
    trap("one under the share that is a risk", PASS, patch(QUOTA, {"status": {"used": {"pods": "56"}}})),
    trap("more used than allowed, since the bound came later", PASS, patch(QUOTA, {"status": {"used": {"pods": "75"}}}), note="pods"),
    trap("a bound of nothing", PASS,
         patch(QUOTA, {"spec": {"hard": {"services.loadbalancers": "0"}}, "status": {"hard": {"services.loadbalancers": "0"}, "used": {"services.loadbalancers": "0"}}})),
    trap("no quota at all", FAIL, remove(QUOTA)),
    trap("the platform's quota is not asked", PASS, add("""
apiVersion: v1
kind: ResourceQuota
metadata: {name: compute, namespace: kube-system}
spec: {hard: {pods: "60"}}
""")),
    trap("another implementation, which this version cannot judge, may be in effect", UNKNOWN,
         patch(QUOTA, {"status": {"hard": None, "used": None}}), serve("capsule.clastix.io/v1beta2", "tenants")),
    trap("quotas cannot be listed", UNKNOWN, refuse("resourcequotas")),
)  # fmt: skip


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


@check(answers="quota-in-effect", via="resourcequota", version=2)
def quota_in_effect(quota: Quota, limits: Full) -> Judgement:
    status = seen(quota.object.status, "the status of ResourceQuotas")
    wanted = {name: parse(amount) for name, amount in quota.object.spec.hard.items()}
    there = {name: parse(amount) for name, amount in status.hard.items()}
    used = {name: parse(amount) for name, amount in status.used.items()}
    differs = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
    if differs:
        observed = f"status.hard differs from spec.hard in {', '.join(differs[:5])}"
        return failed(observed, "the same bounds", at="/status")
    uncounted = sorted(wanted.keys() - used.keys())
    if uncounted:
        observed = f"status.used does not count {', '.join(uncounted[:5])}"
        return failed(observed, "a count of each bound", at="/status")
    full = sorted(name for name, bound in wanted.items() if bound and used[name] >= limits.used * bound)
    note = f"{limits.used:.0%} or more used: {', '.join(full)}" if full else ""
    return passed(f"{len(wanted)} bounds in effect", at="/status/hard", note=note)
