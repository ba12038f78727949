"""The hard memory requests of all quotas together are at most 1.5 times the allocatable memory.

Why: Quotas that together promise more than there is are promises that break on the day when all are called in.

What proves it: The sum of requests.memory over all ResourceQuotas against the sum of allocatable memory over all nodes.

What it does not prove: That the nodes' memory is free.

How to fix: Lower quotas, or add nodes.

References: https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-and-cluster-capacity
"""

from fractions import Fraction

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Annotated,
    Cluster,
    Judgement,
    Limits,
    Nodes,
    ResourceQuotas,
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
    remove,
    trap,
    unknown,
)
from seatrial.semantics import quotas
from seatrial.semantics.quantity import parse, show_bytes

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
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {allocatable: {cpu: "8", memory: 16Gi}, conditions: [{type: Ready, status: "True"}]}
""")

TRAPS = (
    trap(
        "twice as much promised as there is",
        FAIL,
        patch("ResourceQuota shop/compute", {"spec": {"hard": {"requests.memory": "32Gi"}}}),
    ),
    trap(
        "exactly one and a half times",
        PASS,
        patch("ResourceQuota shop/compute", {"spec": {"hard": {"requests.memory": "24Gi"}}}),
    ),
    trap(
        "the sum over namespaces counts",
        FAIL,
        add("""
apiVersion: v1
kind: ResourceQuota
metadata: {name: compute, namespace: cart}
spec: {hard: {memory: 12Gi}}
"""),
    ),
    trap(
        "the profile allows more",
        PASS,
        patch("ResourceQuota shop/compute", {"spec": {"hard": {"requests.memory": "32Gi"}}}),
        profile({"limits": {"quota-overcommit": {"most": 2.0}}}),
    ),
    trap("no quota at all promises nothing", NOT_APPLICABLE, remove("ResourceQuota shop/compute")),
    trap("no node was seen", UNKNOWN, remove("Node n1")),
    trap("nodes cannot be listed", UNKNOWN, refuse("nodes")),
    trap("quotas cannot be listed", UNKNOWN, refuse("resourcequotas")),
)


class Overcommit(Limits, frozen=True):
    """How much may be promised."""

    most: Annotated[
        float,
        limit(
            "promised memory over allocatable memory",
            unit="times",
            source="17.7 and KubeMemoryQuotaOvercommit",
            ge=0,
        ),
    ] = 1.5


@check(answers="quota-overcommit")
def quota_overcommit(_: Cluster, found: ResourceQuotas, nodes: Nodes, limits: Overcommit) -> Judgement:
    promised = [amount for row in found.all() if (amount := quotas.memory_requests(row)) is not None]
    if not promised:
        return not_applicable("no quota bounds memory requests")
    there = [row.status.allocatable for row in nodes.all() if row.status is not None]
    allocatable = sum(parse(row["memory"]) for row in there if "memory" in row)
    if not allocatable:
        return unknown("no node with allocatable memory was seen", "run again when nodes are there")
    total = sum(parse(amount) for amount in promised)
    times = Fraction(total, allocatable)
    says = f"{show_bytes(total)} promised, {show_bytes(allocatable)} allocatable: {float(times):.2f} times"
    if times > Fraction(str(limits.most)):
        return failed(says, f"{limits.most:g} times at most")
    return passed(says)
