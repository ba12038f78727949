"""What NetworkPolicy objects let through: tables of what the API documents, and address arithmetic against brute force."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.semantics import network_policy as rules
from seatrial.wire.base import LabelSelector
from seatrial.wire.network import (
    EgressRule,
    IngressRule,
    IPBlock,
    NetworkPolicy,
    NetworkPolicySpec,
    Peer,
    PolicyPort,
)

EVERY = LabelSelector()
WEB = LabelSelector(match_labels={"app": "web"})
DNS = rules.Dns({"k8s-app": "kube-dns"}, {"kubernetes.io/metadata.name": "kube-system"})
DNS_PEER = Peer(
    namespace_selector=LabelSelector(match_labels={"kubernetes.io/metadata.name": "kube-system"}),
    pod_selector=LabelSelector(match_labels={"k8s-app": "kube-dns"}),
)
UDP_53 = PolicyPort(protocol="UDP", port=53)


def block(cidr, *excluded):
    return Peer(ip_block=IPBlock(cidr=cidr, excluded=excluded))


def policy(**spec):
    return NetworkPolicy(spec=NetworkPolicySpec(**spec))


def egress(*rows):
    return policy(policy_types=("Egress",), egress=rows)


@pytest.mark.parametrize(
    ("spec", "directions"),
    [
        ({}, ("Ingress",)),
        ({"egress": (EgressRule(),)}, ("Ingress", "Egress")),
        ({"policy_types": ("Egress",)}, ("Egress",)),
        ({"policy_types": ("Ingress",), "egress": (EgressRule(),)}, ("Ingress",)),
    ],
)
def test_directions_are_those_said_else_those_that_rules_imply(spec, directions):
    assert rules.directions(policy(**spec)) == directions


@pytest.mark.parametrize(
    "rule",
    [
        IngressRule(),
        IngressRule(peers=(block("0.0.0.0/0"),)),
        IngressRule(peers=(block("10.1.2.3/0"),)),
        IngressRule(peers=(block("::/0"),)),
        IngressRule(peers=(block("128.0.0.0/1"), block("0.0.0.0/2"), block("64.0.0.0/2"))),
        IngressRule(peers=(Peer(namespace_selector=EVERY),)),
        IngressRule(peers=(Peer(namespace_selector=EVERY, pod_selector=EVERY),)),
        IngressRule(peers=(Peer(pod_selector=WEB), block("0.0.0.0/0"))),
        IngressRule(ports=(PolicyPort(protocol="TCP"),)),
        IngressRule(ports=(PolicyPort(protocol="UDP", port=1), PolicyPort(port=1, end_port=65535))),
    ],
)
def test_these_rules_allow_everything(rule):
    assert rules.allows_everything(rule)


@pytest.mark.parametrize(
    "rule",
    [
        IngressRule(peers=(Peer(pod_selector=EVERY),)),
        IngressRule(peers=(Peer(namespace_selector=EVERY, pod_selector=WEB),)),
        IngressRule(peers=(Peer(namespace_selector=WEB),)),
        IngressRule(peers=(block("0.0.0.0/1"),)),
        IngressRule(peers=(block("0.0.0.0/1"), block("8000::/1"))),
        IngressRule(peers=(block("0.0.0.0/0", "10.0.0.0/8"),)),
        IngressRule(ports=(PolicyPort(protocol="TCP", port=8080),)),
        IngressRule(ports=(PolicyPort(protocol="TCP", port="http"),)),
        IngressRule(ports=(PolicyPort(protocol="TCP", port=2, end_port=65535),)),
        IngressRule(ports=(PolicyPort(protocol="UDP"),)),
    ],
)
def test_these_rules_do_not(rule):
    assert not rules.allows_everything(rule)


def test_everything_but_some_is_told_apart():
    assert rules.allows_all_but(IngressRule(peers=(block("0.0.0.0/0", "10.0.0.0/8"),)))
    assert not rules.allows_all_but(IngressRule(peers=(block("0.0.0.0/0"),)))
    assert not rules.allows_all_but(IngressRule(peers=(block("10.0.0.0/8", "10.1.0.0/16"),)))


@given(
    st.lists(st.integers(0, 3).flatmap(lambda bits: st.tuples(st.just(bits), st.integers(0, 2**bits - 1))))
)
def test_blocks_cover_everything_when_they_hold_every_eighth_of_the_space(pieces):
    cidrs = [str(ip_network((at << (32 - bits), bits))) for bits, at in pieces]
    eighths = {eighth for bits, at in pieces for eighth in range(at << (3 - bits), (at + 1) << (3 - bits))}

    rule = IngressRule(peers=tuple(block(cidr) for cidr in cidrs) or (Peer(pod_selector=WEB),))
    assert rules.allows_everything(rule) is (len(eighths) == 8)


@pytest.mark.parametrize(
    "rule",
    [
        EgressRule(peers=(DNS_PEER,), ports=(UDP_53,)),
        EgressRule(peers=(DNS_PEER,)),
        EgressRule(ports=(UDP_53,)),
        EgressRule(ports=(PolicyPort(protocol="UDP"),)),
        EgressRule(ports=(PolicyPort(protocol="UDP", port="dns"),)),
        EgressRule(peers=(block("0.0.0.0/0"),), ports=(UDP_53,)),
        EgressRule(peers=(Peer(namespace_selector=EVERY),), ports=(UDP_53,)),
        EgressRule(peers=(Peer(pod_selector=WEB), DNS_PEER), ports=(PolicyPort(port=443), UDP_53)),
    ],
)
def test_these_rules_allow_dns_explicitly(rule):
    assert rules.allows_dns(egress(rule), DNS)
    assert not rules.allows_dns(policy(policy_types=("Ingress",), egress=(rule,)), DNS)


@pytest.mark.parametrize(
    "rule",
    [
        EgressRule(),
        EgressRule(peers=(Peer(namespace_selector=EVERY),)),
        EgressRule(peers=(block("0.0.0.0/0"),)),
        EgressRule(peers=(DNS_PEER,), ports=(PolicyPort(protocol="TCP", port=53),)),
        EgressRule(peers=(DNS_PEER,), ports=(PolicyPort(port=53),)),
        EgressRule(peers=(DNS_PEER,), ports=(PolicyPort(protocol="UDP", port=54),)),
        EgressRule(peers=(Peer(pod_selector=EVERY),), ports=(UDP_53,)),
        EgressRule(peers=(block("10.96.0.10/32"),), ports=(UDP_53,)),
    ],
)
def test_these_rules_do_not_surely_allow_dns(rule):
    assert not rules.allows_dns(egress(rule), DNS)


def test_only_an_address_block_leaves_it_open():
    block_53 = EgressRule(peers=(block("10.96.0.10/32"),), ports=(UDP_53,))
    block_443 = EgressRule(peers=(block("10.96.0.10/32"),), ports=(PolicyPort(port=443),))

    assert rules.may_allow_dns(egress(block_53), DNS)
    assert not rules.may_allow_dns(egress(block_443), DNS)
    assert not rules.may_allow_dns(egress(EgressRule(ports=(PolicyPort(port=53),))), DNS)
