"""Network policies by namespace, and whether other dialects could say something else."""

from typing import ClassVar, Self

from seatrial.inventory.views import Views
from seatrial.model.evidence import Cause, Gap, Need, Partial, Unseen
from seatrial.needs import kube
from seatrial.wire.cluster import Namespace
from seatrial.wire.network import NetworkPolicy

DIALECTS = {
    "cilium.io/ciliumnetworkpolicies": "CiliumNetworkPolicy",
    "cilium.io/ciliumclusterwidenetworkpolicies": "CiliumClusterwideNetworkPolicy",
    "projectcalico.org/globalnetworkpolicies": "Calico GlobalNetworkPolicy",
    "crd.projectcalico.org/globalnetworkpolicies": "Calico GlobalNetworkPolicy",
    "policy.networking.k8s.io/clusternetworkpolicies": "ClusterNetworkPolicy",
    "policy.networking.k8s.io/adminnetworkpolicies": "AdminNetworkPolicy",
    "policy.networking.k8s.io/baselineadminnetworkpolicies": "BaselineAdminNetworkPolicy",
    "networking.k8s.aws/policyendpoints": "PolicyEndpoint",
}
"""Other kinds that let traffic through or stop it; a served one may change what NetworkPolicy objects alone mean."""


class NetworkPolicies:
    """The NetworkPolicy objects."""

    needs: ClassVar[tuple[Need, ...]] = (kube.NETWORK_POLICIES, kube.NAMESPACES, kube.DISCOVERY)

    def __init__(self, views: Views) -> None:
        self._views = views
        self._table: Partial[NetworkPolicy] = views.table(kube.NETWORK_POLICIES, NetworkPolicy)

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls(views)

    def all(self, namespace: str) -> tuple[NetworkPolicy, ...]:
        return self._table.all(namespace)

    def known(self, namespace: str) -> tuple[NetworkPolicy, ...]:
        """Those that were seen: enough to find one that lets everything through."""
        return tuple(self._table.known(namespace))

    def refuse_other_dialects(self) -> None:
        """Raises Unseen where another kind of policy is served that this version does not read."""
        for resource, kind in DIALECTS.items():
            if self._views.served(resource):
                detail = f"{kind} is served, which this version does not read"
                raise Unseen(Gap("claim/network-policies", Cause.NO_CHECK, detail))

    def labels_of(self, namespace: str) -> dict[str, str]:
        """The labels of a namespace; a server gives every namespace its name as one."""
        row = self._views.table(kube.NAMESPACES, Namespace).find("", namespace)
        return row.labels if row is not None else {}
