"""What NetworkPolicy objects (``networking.k8s.io/v1``) do: which pods they isolate, and what they then let through.

A policy isolates a pod for a direction when it selects the pod and speaks of the direction. What isolated pods may do
is the union of all rules. In a rule, peers or ports that are absent or empty mean all of them. Pods in the network
namespace of their node are not covered by policies at all.
"""

from collections.abc import Iterable, Mapping

from seatrial.semantics.selectors import matches, selects_all
from seatrial.wire.network import EgressRule, IngressRule, NetworkPolicy, Peer, PolicyPort

INGRESS, EGRESS = "Ingress", "Egress"
DNS_PORT = 53
DNS_PORT_NAMES = frozenset({"dns", "dns-tcp"})
"""How CoreDNS and kube-dns name port 53 in their pods."""

_ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
Rule = IngressRule | EgressRule


def directions(policy: NetworkPolicy) -> tuple[str, ...]:
    """The directions that a policy isolates: as it says; else Ingress, and Egress only where it has egress rules."""
    if policy.spec.policy_types:
        return policy.spec.policy_types
    return (INGRESS, EGRESS) if policy.spec.egress else (INGRESS,)


def selects_every_pod(policy: NetworkPolicy) -> bool:
    return selects_all(policy.spec.pod_selector)


def isolating(
    policies: Iterable[NetworkPolicy], labels: Mapping[str, str], direction: str
) -> list[NetworkPolicy]:
    """The policies, of one namespace, that isolate a pod with these labels for a direction."""
    return [
        policy
        for policy in policies
        if direction in directions(policy) and matches(policy.spec.pod_selector, labels)
    ]


def rules(policy: NetworkPolicy, direction: str) -> tuple[Rule, ...]:
    """The rules that count for a direction; those of a direction that the policy does not speak of do not."""
    if direction not in directions(policy):
        return ()
    return policy.spec.ingress if direction == INGRESS else policy.spec.egress


def allows_everything(rule: Rule) -> bool:
    """Whether a rule lets all peers through on all ports: nothing named, or every address."""
    return not rule.ports and (not rule.peers or any(_is_anybody(peer) for peer in rule.peers))


def _is_anybody(peer: Peer) -> bool:
    """Every address, or every pod of every namespace."""
    if peer.ip_block is not None:
        return peer.ip_block.cidr in _ANYWHERE and not peer.ip_block.excluded
    everywhere = peer.namespace_selector is not None and selects_all(peer.namespace_selector)
    return everywhere and (peer.pod_selector is None or selects_all(peer.pod_selector))


def denies_by_default(policy: NetworkPolicy, direction: str) -> bool:
    """Whether a policy isolates every pod of its namespace for a direction, and itself lets nothing through."""
    return selects_every_pod(policy) and direction in directions(policy) and not rules(policy, direction)


def allows_dns(policy: NetworkPolicy, server: Mapping[str, str], namespace: Mapping[str, str]) -> bool:
    """Whether a policy explicitly lets pods ask the cluster's DNS, whose pods and namespace have these labels.

    UDP is what resolvers ask over first. Ports must be named: an egress rule without any is no explicit allowance.
    """
    return any(
        any(_is_dns(port) for port in rule.ports)
        and (not rule.peers or any(_reaches(peer, server, namespace) for peer in rule.peers))
        for rule in rules(policy, EGRESS)
    )


def _is_dns(port: PolicyPort) -> bool:
    if port.protocol != "UDP":  # the default is TCP, over which no resolver asks first
        return False
    if isinstance(port.port, str):
        return port.port in DNS_PORT_NAMES
    if port.port is None:
        return True
    return port.port <= DNS_PORT <= (port.end_port if port.end_port is not None else port.port)


def _reaches(peer: Peer, labels: Mapping[str, str], namespace: Mapping[str, str]) -> bool:
    """Whether a peer in another namespace's policy names pods with these labels in a namespace with those labels.

    An address block may hold the DNS service; only the block of every address surely does.
    """
    if peer.ip_block is not None:
        return peer.ip_block.cidr in _ANYWHERE and not peer.ip_block.excluded
    if peer.namespace_selector is None:
        return False
    return matches(peer.namespace_selector, namespace) and (
        peer.pod_selector is None or matches(peer.pod_selector, labels)
    )
