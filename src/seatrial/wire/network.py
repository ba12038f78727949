"""Services and network policies."""

from seatrial.wire.base import IntOrString, LabelSelector, Object, Selector, Wire, field


class ServicePort(Wire, frozen=True, gc=False):
    name: str = ""
    port: int = 0
    target_port: IntOrString = 0
    protocol: str = ""
    node_port: int = 0


class ServiceSpec(Wire, frozen=True, gc=False):
    type: str = ""
    cluster_ip: str = field(name="clusterIP", default="")
    external_name: str = ""
    selector: Selector = {}
    ports: tuple[ServicePort, ...] = ()
    publish_not_ready_addresses: bool = False


class Service(Object, frozen=True, gc=False):
    spec: ServiceSpec = ServiceSpec()


class PolicyPort(Wire, frozen=True, gc=False):
    protocol: str | None = None
    port: IntOrString | None = None
    end_port: int | None = None


class IPBlock(Wire, frozen=True, gc=False):
    cidr: str = ""
    # `except` is a keyword in Python only
    excluded: tuple[str, ...] = field(name="except", default=())


class Peer(Wire, frozen=True, gc=False):
    pod_selector: LabelSelector | None = None
    namespace_selector: LabelSelector | None = None
    ip_block: IPBlock | None = None


class IngressRule(Wire, frozen=True, gc=False):
    """No peers, or none given, means every peer; likewise for ports."""

    peers: tuple[Peer, ...] = field(name="from", default=())
    ports: tuple[PolicyPort, ...] = ()


class EgressRule(Wire, frozen=True, gc=False):
    peers: tuple[Peer, ...] = field(name="to", default=())
    ports: tuple[PolicyPort, ...] = ()


class NetworkPolicySpec(Wire, frozen=True, gc=False):
    pod_selector: LabelSelector = LabelSelector()
    policy_types: tuple[str, ...] = ()
    ingress: tuple[IngressRule, ...] = ()
    egress: tuple[EgressRule, ...] = ()


class NetworkPolicy(Object, frozen=True, gc=False):
    spec: NetworkPolicySpec = NetworkPolicySpec()
