"""The requests and limits in effect for a container, and what a pod asks for in all."""

from seatrial.semantics.quantity import parse, positive
from seatrial.semantics.security import Effective
from seatrial.wire.base import Quantities
from seatrial.wire.pod import Container, Pod, Resources

POD_LEVEL = frozenset({"cpu", "memory"})
"""The resources that ``spec.resources`` of a pod can bound; huge pages too, which no claim asks about."""


def limit(pod: Pod, container: Container, pointer: str, name: str) -> Effective[str | None]:
    """The limit that bounds a container: its own, else the pod's, which all its containers share. 0 bounds nothing."""
    return _find(pod, container, pointer, name, "limits")


def request(pod: Pod, container: Container, pointer: str, name: str) -> Effective[str | None]:
    """What is set aside for a container; a request of 0 sets nothing aside.

    The server sets a request that is missing to the limit, and so do we.
    """
    found = _find(pod, container, pointer, name, "requests")
    if found.value is not None or name in container.resources.requests:
        return found
    return limit(pod, container, pointer, name)


def _find(pod: Pod, container: Container, pointer: str, name: str, which: str) -> Effective[str | None]:
    own: Quantities = getattr(container.resources, which)
    if positive(own, name) is not None:
        return Effective(str(own[name]), f"{pointer}/resources/{which}/{name}")
    level: Quantities = getattr(pod.spec.resources, which) if pod.spec.resources is not None else {}
    if name in POD_LEVEL and positive(level, name) is not None:
        return Effective(str(level[name]), f"/spec/resources/{which}/{name}")
    return Effective(None, pointer)


def pod_request(pod: Pod, name: str) -> int:
    """What the scheduler sets aside for a pod, in nanos: the larger of what its start and its running need, and overhead.

    Sidecars start in turn with the init containers and stay; a pod-level request replaces the sum.
    """
    level = pod.spec.resources
    overhead = parse(pod.spec.overhead[name]) if name in pod.spec.overhead else 0
    if level is not None and name in POD_LEVEL and (name in level.requests or name in level.limits):
        return _amount(level, name) + overhead
    running = sum(_amount(container.resources, name) for container in pod.spec.containers)
    sidecars = 0
    starting = 0
    for container in pod.spec.init_containers:
        amount = _amount(container.resources, name)
        if container.restart_policy == "Always":
            sidecars += amount
            starting = max(starting, sidecars)
        else:
            starting = max(starting, sidecars + amount)
    return max(running + sidecars, starting) + overhead


def _amount(resources: Resources, name: str) -> int:
    amount = resources.requests.get(name, resources.limits.get(name))
    return parse(amount) if amount is not None else 0
