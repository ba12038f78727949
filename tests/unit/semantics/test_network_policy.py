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
        IngressRule(peers=(block("0.0.0.0/0", "10.0.0.0/8"), block("10.0.0.0/8"))),
        IngressRule(ports=(PolicyPort(protocol="TCP"),)),
        IngressRule(ports=(PolicyPort(port=1, end_port=32767), PolicyPort(port=32768, end_port=65535))),
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
        IngressRule(peers=(block("0.0.0.0/0", "10.0.0.0/8"), block("10.0.0.0/9"))),
        IngressRule(peers=(block("0.0.0.0/0", "0.0.0.0/0"),)),
        IngressRule(ports=(PolicyPort(port=1, end_port=32767), PolicyPort(port=32769, end_port=65535))),
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
    assert not rules.allows_all_but(
        IngressRule(peers=(block("0.0.0.0/0", "10.0.0.0/8"), block("10.0.0.0/8")))
    )
    assert not rules.allows_all_but(IngressRule(peers=(block("0.0.0.0/0"),)))
    assert not rules.allows_all_but(IngressRule(peers=(block("10.0.0.0/8", "10.1.0.0/16"),)))


SIXTEENTHS = st.integers(0, 4).flatmap(lambda bits: st.tuples(st.just(bits), st.integers(0, 2**bits - 1)))
"""A piece of the address space that is made of sixteenths: how many bits are given, and which."""


def held(piece):
    bits, at = piece
    return set(range(at << (4 - bits), (at + 1) << (4 - bits)))


@pytest.mark.parametrize("width", [32, 128])
@given(blocks=st.lists(st.tuples(SIXTEENTHS, st.lists(SIXTEENTHS, max_size=3)), min_size=1))
def test_blocks_less_their_exceptions_cover_everything_when_they_hold_every_sixteenth(width, blocks):
    def cidr(piece):
        bits, at = piece
        return (
            str((ip_network("0.0.0.0/0") if width == 32 else ip_network("::/0"))[at << (width - bits)])
            + f"/{bits}"
        )

    peers = tuple(block(cidr(whole), *map(cidr, holes)) for whole, holes in blocks)
    covered = set().union(*(held(whole).difference(*map(held, holes)) for whole, holes in blocks))

    assert rules.allows_everything(IngressRule(peers=peers)) is (len(covered) == 16)
    apart = [IngressRule(peers=(peer,)) for peer in peers]
    assert rules.allows_everything(*apart) is (len(covered) == 16)


EDGES = [1, 2, 3, 80, 81, 65534, 65535]


@given(st.lists(st.tuples(st.sampled_from(EDGES), st.sampled_from(EDGES)).map(sorted), max_size=4))
def test_ports_are_all_when_they_hold_every_number(ranges):
    ports = tuple(PolicyPort(port=first, end_port=last) for first, last in ranges)
    numbers = set().union(*(range(first, last + 1) for first, last in ranges))
    apart = [IngressRule(ports=(port,)) for port in ports]

    assert rules.allows_everything(*apart) is (len(numbers) == 65535)
    assert rules.allows_everything(IngressRule(ports=(*ports, PolicyPort(port="http")))) is (
        len(numbers) == 65535
    )


def test_no_rules_allow_nothing():
    assert not rules.allows_everything()


def test_half_of_the_peers_and_half_of_the_ports_are_not_everything():
    half = IngressRule(peers=(block("0.0.0.0/1"),))
    other = IngressRule(peers=(block("128.0.0.0/1"),), ports=(PolicyPort(port=80),))

    assert not rules.allows_everything(half, other)


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
        EgressRule(peers=(block("::/0"),), ports=(UDP_53,)),
        EgressRule(peers=(block("0.0.0.0/0", "10.0.0.0/8"),), ports=(UDP_53,)),
        EgressRule(peers=(DNS_PEER,), ports=(PolicyPort(protocol="UDP", port="dns-tcp"),)),
        EgressRule(peers=(DNS_PEER,), ports=(PolicyPort(protocol="TCP", port="dns"),)),
        EgressRule(peers=(DNS_PEER,), ports=(PolicyPort(protocol="UDP", port=54, end_port=60),)),
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


def test_ports_by_name_are_those_of_the_dns_pods():
    named = egress(EgressRule(peers=(DNS_PEER,), ports=(PolicyPort(protocol="UDP", port="udp-53"),)))

    assert not rules.allows_dns(named, DNS)
    assert rules.allows_dns(named, rules.Dns(DNS.labels, DNS.namespace, port_name="udp-53"))


@pytest.mark.parametrize(
    ("spec", "denied"),
    [
        ({"policy_types": ("Ingress", "Egress")}, {"Ingress", "Egress"}),
        ({}, {"Ingress"}),
        ({"policy_types": ("Egress",)}, {"Egress"}),
        ({"policy_types": ("Ingress", "Egress"), "egress": (EgressRule(peers=(DNS_PEER,)),)}, {"Ingress"}),
        ({"policy_types": ("Ingress",), "egress": (EgressRule(),)}, {"Ingress"}),
        ({"pod_selector": WEB}, set()),
        ({"ingress": (IngressRule(),)}, set()),
    ],
)
def test_a_default_deny_selects_every_pod_and_has_no_rule(spec, denied):
    found = {way for way in (rules.INGRESS, rules.EGRESS) if rules.denies_by_default(policy(**spec), way)}

    assert found == denied
