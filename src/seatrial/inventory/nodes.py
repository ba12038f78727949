"""Nodes: their system, whether they take pods, and which ones a service of the nodes must cover."""

from typing import ClassVar, Self

from seatrial.inventory.views import Views
from seatrial.inventory.workloads import PodGroup
from seatrial.model.evidence import Cause, Gap, Need, Partial, Unseen
from seatrial.needs import kube
from seatrial.semantics.selectors import matches_map
from seatrial.wire.cluster import Node

OS_LABEL = "kubernetes.io/os"
_VIRTUAL = {"type": "virtual-kubelet", "eks.amazonaws.com/compute-type": "fargate"}
"""Labels of nodes that are no machines; nothing can run on every one of them."""


class Nodes:
    """The nodes of the cluster."""

    needs: ClassVar[tuple[Need, ...]] = (kube.NODES,)

    def __init__(self, table: Partial[Node]) -> None:
        self._table = table

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls(views.table(kube.NODES, Node))

    def all(self) -> tuple[Node, ...]:
        return self._table.all()

    def is_windows(self, group: PodGroup) -> bool:
        """Whether pods run on Windows: as they say themselves, else as their nodes do.

        Pods that say nothing and wait for a node are taken for Linux, unless they select Windows nodes.
        Raises Unseen where their node was not seen.
        """
        spec = group.pod.spec
        if spec.os is not None and spec.os.name:
            return spec.os.name == "windows"
        if spec.node_selector.get(OS_LABEL):
            return spec.node_selector[OS_LABEL] == "windows"
        systems = {self._system(name) for name in group.nodes}
        return systems == {"windows"}

    def to_cover(self, labels: dict[str, str]) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        """The Linux nodes with these labels that must be covered, and those that need not be now.

        Nodes that are cordoned or not ready are of the second kind; virtual ones and Windows are of neither.
        """
        wanted: list[Node] = []
        excused: list[Node] = []
        for node in self.all():
            if any(node.labels.get(key) == value for key, value in _VIRTUAL.items()):
                continue
            if node.labels.get(OS_LABEL, "linux") != labels.get(OS_LABEL, "linux"):
                continue
            if matches_map(labels, node.labels):
                (wanted if takes_pods(node) else excused).append(node)
        return tuple(wanted), tuple(excused)

    def _system(self, name: str) -> str:
        node = self._table.find("", name)
        if node is None:
            detail = f"node {name} went while the lists were read"
            raise Unseen(Gap(kube.NODES.id, Cause.STALE, detail, "run again", "", name))
        info = node.status.node_info.operating_system if node.status is not None else ""
        return node.labels.get(OS_LABEL) or info or "linux"


def takes_pods(node: Node) -> bool:
    """Whether a node is ready and not cordoned."""
    ready = node.status is not None and any(
        condition.type == "Ready" and condition.status == "True" for condition in node.status.conditions
    )
    return ready and not node.spec.unschedulable
