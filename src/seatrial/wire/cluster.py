"""Objects of the cluster itself, and of identity."""

from seatrial.wire.base import Condition, Object, ObjectReference, Quantities, Wire, field


class NamespaceStatus(Wire, frozen=True, gc=False):
    phase: str = ""


class Namespace(Object, frozen=True, gc=False):
    status: NamespaceStatus | None = None


class Taint(Wire, frozen=True, gc=False):
    key: str = ""
    value: str = ""
    effect: str = ""


class NodeSpec(Wire, frozen=True, gc=False):
    taints: tuple[Taint, ...] = ()
    unschedulable: bool = False
    provider_id: str = field(name="providerID", default="")
    pod_cidr: str = field(name="podCIDR", default="")


class NodeInfo(Wire, frozen=True, gc=False):
    kubelet_version: str = ""
    container_runtime_version: str = ""
    os_image: str = ""
    kernel_version: str = ""
    operating_system: str = ""
    architecture: str = ""


class NodeAddress(Wire, frozen=True, gc=False):
    type: str = ""
    address: str = ""


class NodeStatus(Wire, frozen=True, gc=False):
    capacity: Quantities = {}
    allocatable: Quantities = {}
    conditions: tuple[Condition, ...] = ()
    addresses: tuple[NodeAddress, ...] = ()
    node_info: NodeInfo = NodeInfo()


class Node(Object, frozen=True, gc=False):
    spec: NodeSpec = NodeSpec()
    status: NodeStatus | None = None


class PriorityClass(Object, frozen=True, gc=False):
    value: int = 0
    global_default: bool = False
    preemption_policy: str | None = None


class LeaseSpec(Wire, frozen=True, gc=False):
    holder_identity: str | None = None
    lease_duration_seconds: int | None = None
    renew_time: str | None = None
    acquire_time: str | None = None


class Lease(Object, frozen=True, gc=False):
    spec: LeaseSpec = LeaseSpec()


class ServiceAccount(Object, frozen=True, gc=False):
    automount_service_account_token: bool | None = None
    secrets: tuple[ObjectReference, ...] = ()


class ProfileNodeSpec(Wire, frozen=True, gc=False):
    node_name: str = ""


class ProfileNodeState(Wire, frozen=True, gc=False):
    status: str = ""


class SecurityProfileNodeStatus(Object, frozen=True, gc=False):
    """Of the Security Profiles Operator; its older versions keep both fields at the top."""

    node_name: str = ""
    spec: ProfileNodeSpec = ProfileNodeSpec()
    status: ProfileNodeState | str | None = None

    @property
    def node(self) -> str:
        return self.spec.node_name or self.node_name

    @property
    def state(self) -> str:
        if self.status is None:
            return ""
        return self.status if isinstance(self.status, str) else self.status.status


class ProfileSpec(Wire, frozen=True, gc=False):
    mode: str = ""
    """Of an AppArmorProfile: Enforce or Complain; of a SelinuxProfile: Enforcing or Permissive."""


class OperatorProfile(Object, frozen=True, gc=False):
    """An AppArmorProfile or SelinuxProfile of the Security Profiles Operator."""

    spec: ProfileSpec = ProfileSpec()


class RuntimeClass(Object, frozen=True, gc=False):
    handler: str = ""
