"""Nodes: their system, whether they take pods, and which ones a service of the nodes must cover."""

from typing import ClassVar, Self
from weakref import WeakKeyDictionary

from seatrial.inventory.views import Views
from seatrial.inventory.workloads import PodGroup
from seatrial.model.evidence import Cause, Gap, Need, Partial, Unseen
from seatrial.needs import kube
from seatrial.semantics.quantity import parse
from seatrial.semantics.selectors import matches_map
from seatrial.wire.cluster import Node

OS_LABEL = "kubernetes.io/os"
_VIRTUAL = {"type": "virtual-kubelet", "eks.amazonaws.com/compute-type": "fargate"}
"""Labels of nodes that are no machines; nothing can run on every one of them."""

_VIRTUAL_TAINT = "virtual-kubelet.io/provider"
"""The taint that they have, whatever their labels are."""


class Nodes:
    """The nodes of the cluster."""

    needs: ClassVar[tuple[Need, ...]] = (kube.NODES,)

    def __init__(self, table: Partial[Node]) -> None:
        self._table = table
        self._systems: WeakKeyDictionary[PodGroup, frozenset[str]] = WeakKeyDictionary()
        self._system_of: dict[str, str] = {}
        self._totals: dict[str, int | None] = {}
        self._rooms: dict[str, dict[str, int]] = {}

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls(views.table(kube.NODES, Node))

    def all(self) -> tuple[Node, ...]:
        return self._table.all()

    def is_windows(self, group: PodGroup) -> bool:
        """Whether all pods of a group run on Windows. Raises Unseen where a node that would tell was not seen.

        Pods that say nothing and wait for a node are taken for Linux.
        """
        return self.systems(group) == {"windows"}

    def systems(self, group: PodGroup) -> frozenset[str]:
        """``linux``, ``windows`` or both: as the pods say themselves, else as their nodes do.

        Empty for pods that say nothing and wait for a node. Raises Unseen where a node of theirs was not seen.
        """
        known = self._systems.get(group)
        if known is None:
            spec = group.pod.spec
            said = (spec.os.name if spec.os is not None else "") or spec.node_selector.get(OS_LABEL, "")
            known = self._systems[group] = frozenset([said] if said else map(self._system, group.nodes))
        return known

    def least_allocatable(self, group: PodGroup, resource: str) -> tuple[int, str] | None:
        """What the smallest of a group's nodes can give to pods, in nanos, and that node's name; as far as seen."""
        rooms = self._rooms.get(resource)
        if rooms is None:
            rooms = self._rooms[resource] = {
                node.name: parse(node.status.allocatable[resource])
                for node in self._table.known()
                if node.status is not None and resource in node.status.allocatable
            }
        least = min((name for name in group.nodes if name in rooms), key=rooms.__getitem__, default=None)
        return None if least is None else (rooms[least], least)

    def to_cover(self, labels: dict[str, str]) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        """The nodes with these labels that must be covered, and those that need not be now.

        Nodes that are cordoned or not ready are of the second kind; virtual ones and those of another system (Linux,
        unless the labels name one) are of neither.
        """
        wanted: list[Node] = []
        excused: list[Node] = []
        for node in self.all():
            if _can_run(node, labels) and matches_map(labels, node.labels):
                (wanted if takes_pods(node) else excused).append(node)
        return tuple(wanted), tuple(excused)

    def excused(self, labels: dict[str, str]) -> frozenset[str]:
        """The nodes on which pods of a service for nodes with these labels need not be ready now.

        They are virtual, of another system, cordoned or not ready.
        """
        return frozenset(
            node.name for node in self.all() if not (_can_run(node, labels) and takes_pods(node))
        )

    def total(self, resource: str) -> int | None:
        """What all nodes together can give to pods, in nanos; None where some may be missing or do not say."""
        if resource not in self._totals:
            self._totals[resource] = self._sum(resource)
        return self._totals[resource]

    def _sum(self, resource: str) -> int | None:
        if self._table.gaps:
            return None
        rooms = [node.status.allocatable if node.status is not None else {} for node in self._table.known()]
        if not rooms or not all(resource in room for room in rooms):
            return None
        return sum(parse(room[resource]) for room in rooms)

    def _system(self, name: str) -> str:
        known = self._system_of.get(name)
        if known is None:
            known = self._system_of[name] = self._read_system(name)
        return known

    def _read_system(self, name: str) -> str:
        node = self._table.find("", name)
        if node is None:
            detail = f"node {name} went while the lists were read"
            raise Unseen(Gap(kube.NODES.id, Cause.STALE, detail, "run again", "", name))
        system = _system_of(node)
        if not system:
            detail = f"node {name} does not say its operating system"
            raise Unseen(Gap(kube.NODES.id, Cause.NOT_RECORDED, detail, "judge the live cluster", "", name))
        return system


def _system_of(node: Node) -> str:
    """The operating system that a node says it has; empty where it does not."""
    info = node.status.node_info.operating_system if node.status is not None else ""
    return node.labels.get(OS_LABEL) or info


def _can_run(node: Node, labels: dict[str, str]) -> bool:
    """Whether a service for nodes with these labels can run on it: it is a machine, of the system that they name."""
    if any(node.labels.get(key) == value for key, value in _VIRTUAL.items()):
        return False
    if any(taint.key == _VIRTUAL_TAINT for taint in node.spec.taints):
        return False
    return (_system_of(node) or "linux") == labels.get(OS_LABEL, "linux")


def takes_pods(node: Node) -> bool:
    """Whether a node is ready and not cordoned."""
    ready = node.status is not None and any(
        condition.type == "Ready" and condition.status == "True" for condition in node.status.conditions
    )
    return ready and not node.spec.unschedulable
