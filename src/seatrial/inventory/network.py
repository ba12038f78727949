"""Network policies by namespace and pod, and whether other dialects could say something else."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import ClassVar, Self

from seatrial.inventory.grouping import VOLATILE_LABELS
from seatrial.inventory.views import Views
from seatrial.inventory.workloads import PodGroup
from seatrial.model.evidence import Cause, Gap, Need, Partial, Unseen
from seatrial.needs import kube
from seatrial.semantics.network_policy import directions, selects_every_pod
from seatrial.semantics.selectors import Predicate, predicate
from seatrial.wire.cluster import Namespace
from seatrial.wire.network import NetworkPolicy

ADDITIVE = {"cilium.io": "CiliumNetworkPolicy"}
"""Groups whose policies add to NetworkPolicy: they may isolate, allow and deny, but take no isolation away."""

TIERED = {
    "projectcalico.org": "Calico's GlobalNetworkPolicy",
    "crd.projectcalico.org": "Calico's GlobalNetworkPolicy",
    "policy.networking.k8s.io": "ClusterNetworkPolicy",
    "networking.k8s.aws": "AWS's ClusterNetworkPolicy",
    "crd.antrea.io": "Antrea's ClusterNetworkPolicy",
}
"""Groups whose policies may be asked before NetworkPolicy, so that they may also let through what it would stop."""


class NetworkPolicies:
    """The NetworkPolicy objects, indexed by what they select."""

    needs: ClassVar[tuple[Need, ...]] = (kube.NETWORK_POLICIES, kube.NAMESPACES, kube.DISCOVERY)

    def __init__(self, views: Views) -> None:
        self._views = views
        self._table: Partial[NetworkPolicy] = views.table(kube.NETWORK_POLICIES, NetworkPolicy)
        self._indexed: dict[str, _Selecting] = {}

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls(views)

    def all(self, namespace: str) -> tuple[NetworkPolicy, ...]:
        return self._table.all(namespace)

    def known(self, namespace: str) -> tuple[NetworkPolicy, ...]:
        """Those that were seen: enough to find one that lets everything through."""
        return tuple(self._table.known(namespace))

    def isolating(
        self, group: PodGroup, direction: str, among: Collection[str] | None = None
    ) -> NetworkPolicy | None:
        """A policy (``among``: of these names) that isolates every pod of a group; None where a pod has none.

        Raises Unseen where a policy tells the group's pods apart, and none isolates all of them.
        """
        apart: NetworkPolicy | None = None
        for policy in self._selecting(group.namespace).of(group.pod.labels):
            if direction not in directions(policy) or (among is not None and policy.name not in among):
                continue
            if len(group.pods) == 1 or not _tells_apart(policy):
                return policy
            apart = policy
        if apart is not None:
            detail = f"policy {apart.name} selects by a label that differs from pod to pod"
            raise Unseen(Gap("judgement", Cause.UNDECIDABLE, detail, "select by labels of the pod template"))
        return None

    def refuse_other_dialects(self, *, tiered_only: bool = False) -> None:
        """Raises Unseen where another kind of policy is served that this version does not read."""
        for group, kind in (TIERED if tiered_only else TIERED | ADDITIVE).items():
            if self._views.served(group):
                detail = f"{group} is served, and {kind} is not read by this version"
                raise Unseen(Gap("claim/network-policies", Cause.NO_CHECK, detail))

    def labels_of(self, namespace: str) -> dict[str, str]:
        """The labels of a namespace; a server gives every namespace its name as one."""
        row = self._views.table(kube.NAMESPACES, Namespace).find("", namespace)
        return row.labels if row is not None else {}

    def _selecting(self, namespace: str) -> "_Selecting":
        if namespace not in self._indexed:
            self._indexed[namespace] = _Selecting(self.all(namespace))
        return self._indexed[namespace]


class _Selecting:
    """The policies of one namespace by a label that they ask for, so that a pod looks at few of them."""

    def __init__(self, policies: Iterable[NetworkPolicy]) -> None:
        self._every_pod: list[NetworkPolicy] = []
        self._by_label: dict[tuple[str, str] | None, list[tuple[Predicate, NetworkPolicy]]] = {}
        for policy in policies:
            if selects_every_pod(policy):
                self._every_pod.append(policy)
                continue
            selector = policy.spec.pod_selector
            first = min(selector.match_labels.items(), default=None)
            self._by_label.setdefault(first, []).append((predicate(selector), policy))

    def of(self, labels: Mapping[str, str]) -> Iterator[NetworkPolicy]:
        """The policies that select a pod with these labels, those for every pod first."""
        yield from self._every_pod
        for label in (*labels.items(), None):
            for select, policy in self._by_label.get(label, ()):
                if select(labels):
                    yield policy


def _tells_apart(policy: NetworkPolicy) -> bool:
    selector = policy.spec.pod_selector
    keys = {*selector.match_labels, *(row.key for row in selector.match_expressions)}
    return not keys.isdisjoint(VOLATILE_LABELS)
