"""The hard memory requests of all quotas together are at most 1.5 times the allocatable memory.

Why: Quotas that together promise more than there is are promises that break on the day when all are called in.

What proves it: The sum of requests.memory (or memory) over all ResourceQuotas against the sum of allocatable memory over all
nodes. CPU that is promised as often is remarked.

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
    Change,
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
from seatrial.semantics.quantity import show_bytes

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

QUOTA = "ResourceQuota shop/compute"
CART = """
apiVersion: v1
kind: ResourceQuota
metadata: {name: compute, namespace: cart}
spec: {hard: {%s}}
"""


def promises(amount: str) -> Change:
    return patch(QUOTA, {"spec": {"hard": {"requests.memory": amount}}})


TRAPS = (
    trap("twice as much promised as there is", FAIL, promises("32Gi")),
    trap("exactly one and a half times", PASS, promises("24Gi")),
    trap("a byte more than one and a half times", FAIL, promises(str(24 * 2**30 + 1))),
    trap("the sum over namespaces counts", FAIL, add(CART % "memory: 12Gi")),
    trap("the platform's promises count too", FAIL, add((CART % "memory: 12Gi").replace("cart", "kube-system"))),
    trap("limits are no promises", PASS, add(CART % "limits.memory: 64Gi")),
    trap("both names in one quota: the smaller one holds", PASS, add(CART % "memory: 64Gi, requests.memory: 2Gi")),
    trap("a second node gives more room", PASS, promises("32Gi"), add("""
apiVersion: v1
kind: Node
metadata: {name: n2}
status: {allocatable: {cpu: "8", memory: 16Gi}, conditions: [{type: Ready, status: "True"}]}
""")),
    trap("a node that does not say what it can give", UNKNOWN, add("""
apiVersion: v1
kind: Node
metadata: {name: n2}
status: {conditions: [{type: Ready, status: "True"}]}
""")),
    trap("CPU promised twice is remarked", PASS, patch(QUOTA, {"spec": {"hard": {"requests.cpu": "16"}}}), note="CPU"),
    trap("the profile allows more", PASS, promises("32Gi"), profile({"limits": {"quota-overcommit": {"most": 2.0}}})),
    trap("no quota at all promises nothing", NOT_APPLICABLE, remove(QUOTA)),
    trap("quotas that count objects only promise nothing", NOT_APPLICABLE,
         patch(QUOTA, {"spec": {"hard": {"requests.memory": None}}})),
    trap("no node was seen", UNKNOWN, remove("Node n1")),
    trap("nodes cannot be listed", UNKNOWN, refuse("nodes")),
    trap("quotas cannot be listed", UNKNOWN, refuse("resourcequotas")),
)  # fmt: skip


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


@check(answers="quota-overcommit", version=2)
def quota_overcommit(_: Cluster, found: ResourceQuotas, nodes: Nodes, limits: Overcommit) -> Judgement:
    promised = [amount for row in found.all() if (amount := quotas.bound(row, "memory requests")) is not None]
    if not promised:
        return not_applicable("no quota bounds memory requests")
    nodes.all()
    allocatable, total = nodes.total("memory"), sum(promised)
    if not allocatable:
        return unknown("not every node says what memory it can give", "run again when nodes are there")
    times = Fraction(total, allocatable)
    says = f"{show_bytes(total)} promised, {show_bytes(allocatable)} allocatable: {float(times):.2f} times"
    most = Fraction(str(limits.most))
    if times > most:
        return failed(says, f"{limits.most:g} times at most")
    cpu = nodes.total("cpu")
    promised_cpu = sum(quotas.bound(row, "CPU requests") or 0 for row in found.all())
    beyond = cpu is not None and promised_cpu > most * cpu
    return passed(says, note=f"CPU is promised more than {limits.most:g} times" if beyond else "")
