"""What NetworkPolicy objects (``networking.k8s.io/v1``) do: which pods they isolate, and what they then let through.

A policy isolates a pod for a direction when it selects the pod and speaks of the direction. What isolated pods may do
is the union of all rules. In a rule, peers or ports that are absent or empty mean all of them. Pods in the network
namespace of their node are not covered by policies at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_network

from msgspec import Struct

from seatrial.semantics.selectors import matches, selects_all
from seatrial.wire.network import EgressRule, IngressRule, IPBlock, NetworkPolicy, Peer, PolicyPort

INGRESS, EGRESS = "Ingress", "Egress"
FIRST_PORT, LAST_PORT = 1, 65535

Rule = IngressRule | EgressRule
Span = tuple[int, int]
"""Whole numbers from the first to the last, both included; none where the last is less."""


def directions(policy: NetworkPolicy) -> tuple[str, ...]:
    """The directions that a policy isolates: as it says; else Ingress, and Egress only where it has egress rules."""
    if policy.spec.policy_types:
        return policy.spec.policy_types
    return (INGRESS, EGRESS) if policy.spec.egress else (INGRESS,)


def selects_every_pod(policy: NetworkPolicy) -> bool:
    return selects_all(policy.spec.pod_selector)


def rules(policy: NetworkPolicy, direction: str) -> tuple[Rule, ...]:
    """The rules that count for a direction; those of a direction that the policy does not speak of do not."""
    if direction not in directions(policy):
        return ()
    return policy.spec.ingress if direction == INGRESS else policy.spec.egress


def allows_everything(*rules: Rule) -> bool:
    """Whether rules of a policy together let all peers through on all ports: nothing named, or all that there is.

    All peers: none named, the whole address space of IPv4 or of IPv6, or every pod of every namespace. All ports: none
    named, or every port of TCP, over which nearly everything runs. Addresses and ports may come in pieces.
    """
    on_every_port = [rule for rule in rules if _has_every_port(rule)]
    for_every_peer = [rule for rule in rules if _has_every_peer(rule)]
    return (
        any(_has_every_peer(rule) for rule in on_every_port)
        or _are_every_peer([peer for rule in on_every_port for peer in rule.peers])
        or _are_every_port([port for rule in for_every_peer for port in rule.ports])
    )


def allows_all_but(rule: Rule) -> bool:
    """Whether a rule lets the whole address space through on all ports, but for some exceptions."""
    blocks = [peer.ip_block for peer in rule.peers if peer.ip_block is not None]
    return (
        _has_every_port(rule)
        and not _has_every_peer(rule)
        and any(block.excluded and ip_network(block.cidr, strict=False).prefixlen == 0 for block in blocks)
    )


def _has_every_port(rule: Rule) -> bool:
    return not rule.ports or _are_every_port(rule.ports)


def _are_every_port(ports: Iterable[PolicyPort]) -> bool:
    spans = [_ports(port) for port in ports if port.protocol in {None, "TCP"}]
    return _fill((span for span in spans if span is not None), (FIRST_PORT, LAST_PORT))


def _ports(port: PolicyPort) -> Span | None:
    """The numbers that a port of a rule stands for; None for a name, which is what each pod calls so."""
    if port.port is None:
        return FIRST_PORT, LAST_PORT
    if isinstance(port.port, str):
        return None
    return port.port, port.end_port if port.end_port is not None else port.port


def _has_every_peer(rule: Rule) -> bool:
    return not rule.peers or _are_every_peer(rule.peers)


def _are_every_peer(peers: Sequence[Peer]) -> bool:
    blocks = [peer.ip_block for peer in peers if peer.ip_block is not None]
    return _cover_everything(blocks) or any(_is_every_pod(peer) for peer in peers)


def _is_every_pod(peer: Peer) -> bool:
    everywhere = peer.namespace_selector is not None and selects_all(peer.namespace_selector)
    return everywhere and (peer.pod_selector is None or selects_all(peer.pod_selector))


def _cover_everything(blocks: Iterable[IPBlock]) -> bool:
    """Whether address blocks together, less their exceptions, hold every address of IPv4, or every one of IPv6."""
    spans: dict[int, list[Span]] = {4: [], 6: []}
    for block in blocks:
        network = ip_network(block.cidr, strict=False)
        spans[network.version] += _addresses(block)
    return _fill(spans[4], (0, 2**32 - 1)) or _fill(spans[6], (0, 2**128 - 1))


def _addresses(block: IPBlock) -> Iterator[Span]:
    """The addresses of a block, in the pieces that its exceptions leave."""
    network = ip_network(block.cidr, strict=False)
    first, last = int(network.network_address), int(network.broadcast_address)
    for start, end in sorted(
        (int(hole.network_address), int(hole.broadcast_address))
        for hole in (ip_network(cidr, strict=False) for cidr in block.excluded)
        if hole.version == network.version
    ):
        yield first, min(start - 1, last)
        first = max(first, end + 1)
    yield first, last


def _fill(spans: Iterable[Span], whole: Span) -> bool:
    """Whether spans together hold every number of a whole."""
    needed, last = whole
    for start, end in sorted(span for span in spans if span[0] <= span[1]):
        if start > needed:
            return False
        needed = max(needed, end + 1)
    return needed > last


def denies_by_default(policy: NetworkPolicy, direction: str) -> bool:
    """Whether a policy isolates every pod of its namespace for a direction, and itself lets nothing through."""
    return selects_every_pod(policy) and direction in directions(policy) and not rules(policy, direction)


class Dns(Struct, frozen=True):
    """The pods of the cluster's DNS, as policies see them."""

    labels: Mapping[str, str]
    namespace: Mapping[str, str]
    """The labels of their namespace."""
    port: int = 53
    port_name: str = "dns"
    """What the pods call the port over UDP: as CoreDNS and kube-dns are usually deployed."""


def allows_dns(policy: NetworkPolicy, server: Dns) -> bool:
    """Whether a policy explicitly lets pods ask the cluster's DNS over UDP, which is what resolvers ask over first.

    Explicit is a rule that names the port, or the peers; one that lets everything through allows nothing explicitly.
    """
    return any(
        (
            any(_is_dns(port, server) for port in rule.ports)
            and (not rule.peers or any(_reaches(peer, server) for peer in rule.peers))
        )
        or (
            not rule.ports
            and not _has_every_peer(rule)
            and any(_reaches(peer, server) for peer in rule.peers)
        )
        for rule in rules(policy, EGRESS)
    )


def may_allow_dns(policy: NetworkPolicy, server: Dns) -> bool:
    """Whether a policy names addresses to which DNS may be allowed: labels do not tell whether the servers are there."""
    return any(
        any(peer.ip_block is not None for peer in rule.peers)
        and (not rule.ports or any(_is_dns(port, server) for port in rule.ports))
        for rule in rules(policy, EGRESS)
    )


def _is_dns(port: PolicyPort, server: Dns) -> bool:
    if port.protocol != "UDP":  # the default is TCP, over which no resolver asks first
        return False
    span = _ports(port)
    return port.port == server.port_name if span is None else span[0] <= server.port <= span[1]


def _reaches(peer: Peer, server: Dns) -> bool:
    """Whether a peer in another namespace's policy surely holds the DNS pods.

    Of address blocks only that of all IPv4 surely does; whether the DNS pods have addresses of IPv6 is not known.
    """
    if peer.ip_block is not None:
        network = ip_network(peer.ip_block.cidr, strict=False)
        return not peer.ip_block.excluded and (network.version, network.prefixlen) == (4, 0)
    if peer.namespace_selector is None:
        return False
    return matches(peer.namespace_selector, server.namespace) and (
        peer.pod_selector is None or matches(peer.pod_selector, server.labels)
    )
