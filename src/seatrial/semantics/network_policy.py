"""What NetworkPolicy objects (``networking.k8s.io/v1``) do: which pods they isolate, and what they then let through.

A policy isolates a pod for a direction when it selects the pod and speaks of the direction. What isolated pods may do
is the union of all rules. In a rule, peers or ports that are absent or empty mean all of them. Pods in the network
namespace of their node are not covered by policies at all.
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from msgspec import Struct

from seatrial.semantics.selectors import matches, selects_all
from seatrial.wire.network import EgressRule, IngressRule, NetworkPolicy, Peer, PolicyPort

INGRESS, EGRESS = "Ingress", "Egress"
LAST_PORT = 65535
DNS_PORT_NAMES = frozenset({"dns", "dns-tcp"})
"""How CoreDNS and kube-dns name port 53 in their pods."""

Rule = IngressRule | EgressRule


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


def allows_everything(rule: Rule) -> bool:
    """Whether a rule lets all peers through on all ports: nothing named, or all that there is.

    All peers: none named, the whole address space (in pieces too), or every pod of every namespace. All ports: none
    named, or every port of TCP, over which nearly everything runs.
    """
    return _has_every_port(rule) and _has_every_peer(rule)


def allows_all_but(rule: Rule) -> bool:
    """Whether a rule lets the whole address space through on all ports, but for some exceptions."""
    blocks = [peer.ip_block for peer in rule.peers if peer.ip_block is not None]
    return _has_every_port(rule) and any(row.excluded and _covers_everything([row.cidr]) for row in blocks)


def _has_every_port(rule: Rule) -> bool:
    return not rule.ports or any(
        port.protocol in {None, "TCP"}
        and (
            port.port is None
            or (isinstance(port.port, int) and port.port <= 1 and port.end_port == LAST_PORT)
        )
        for port in rule.ports
    )


def _has_every_peer(rule: Rule) -> bool:
    if not rule.peers:
        return True
    whole = [peer.ip_block.cidr for peer in rule.peers if peer.ip_block and not peer.ip_block.excluded]
    return _covers_everything(whole) or any(_is_every_pod(peer) for peer in rule.peers)


def _is_every_pod(peer: Peer) -> bool:
    everywhere = peer.namespace_selector is not None and selects_all(peer.namespace_selector)
    return everywhere and (peer.pod_selector is None or selects_all(peer.pod_selector))


def _covers_everything(cidrs: Iterable[str]) -> bool:
    """Whether address blocks together hold every address of IPv4, or every address of IPv6."""
    networks = [ip_network(cidr, strict=False) for cidr in cidrs]
    four = collapse_addresses(network for network in networks if isinstance(network, IPv4Network))
    six = collapse_addresses(network for network in networks if isinstance(network, IPv6Network))
    return any(row.prefixlen == 0 for row in four) or any(row.prefixlen == 0 for row in six)


def denies_by_default(policy: NetworkPolicy, direction: str) -> bool:
    """Whether a policy isolates every pod of its namespace for a direction, and itself lets nothing through."""
    return selects_every_pod(policy) and direction in directions(policy) and not rules(policy, direction)


class Dns(Struct, frozen=True):
    """The pods of the cluster's DNS, as policies see them."""

    labels: Mapping[str, str]
    namespace: Mapping[str, str]
    """The labels of their namespace."""
    port: int = 53


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
    if isinstance(port.port, str):
        return port.port in DNS_PORT_NAMES
    if port.port is None:
        return True
    return port.port <= server.port <= (port.end_port if port.end_port is not None else port.port)


def _reaches(peer: Peer, server: Dns) -> bool:
    """Whether a peer in another namespace's policy surely holds the DNS pods."""
    if peer.ip_block is not None:
        return not peer.ip_block.excluded and _covers_everything([peer.ip_block.cidr])
    if peer.namespace_selector is None:
        return False
    return matches(peer.namespace_selector, server.namespace) and (
        peer.pod_selector is None or matches(peer.pod_selector, server.labels)
    )
