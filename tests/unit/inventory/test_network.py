"""The index of network policies finds what looking at every policy finds."""

from hypothesis import given
from hypothesis import strategies as st

from seatrial.inventory.network import NetworkPolicies
from seatrial.inventory.workloads import PodGroup
from seatrial.model.evidence import Partial, Unseen
from seatrial.model.finding import Subject
from seatrial.semantics.network_policy import directions
from seatrial.semantics.selectors import matches
from seatrial.wire.base import LabelSelector, Metadata, Requirement
from seatrial.wire.network import NetworkPolicy, NetworkPolicySpec
from seatrial.wire.pod import Pod

LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy"), max_size=3)
ROWS = st.builds(
    Requirement,
    key=st.sampled_from(["a", "b", "pod-template-hash"]),
    operator=st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"]),
    values=st.lists(st.sampled_from("xy"), min_size=1, max_size=2).map(tuple),
)
SPECS = st.builds(
    NetworkPolicySpec,
    pod_selector=st.builds(
        LabelSelector, match_labels=LABELS, match_expressions=st.lists(ROWS, max_size=2).map(tuple)
    ),
    policy_types=st.sampled_from([(), ("Ingress",), ("Egress",), ("Ingress", "Egress")]),
)


class OneTable:
    """Views that hold nothing but policies."""

    def __init__(self, policies):
        self._rows = {(row.namespace, row.name): row for row in policies}

    def table(self, need, struct):  # there is only one
        return Partial(self._rows)


def view(specs):
    policies = [
        NetworkPolicy(metadata=Metadata(name=f"p{at}", namespace="shop"), spec=spec)
        for at, spec in enumerate(specs)
    ]
    return NetworkPolicies.of(OneTable(policies)), policies


def group(labels, pods):
    pod = Pod(metadata=Metadata(name="web", namespace="shop", labels=labels))
    found = PodGroup(Subject("Pod", "web", "shop"), pod, None, [])
    found.pods = [object()] * pods
    return found


def tells_apart(policy):
    return any(row.key == "pod-template-hash" for row in policy.spec.pod_selector.match_expressions)


@given(st.lists(SPECS, max_size=5), LABELS, st.sampled_from(["Ingress", "Egress"]))
def test_one_pod_is_isolated_when_any_policy_selects_it(specs, labels, direction):
    policies, rows = view(specs)
    wanted = [row for row in rows if direction in directions(row) and matches(row.spec.pod_selector, labels)]

    found = policies.isolating(group(labels, 1), direction)

    assert (found in wanted) if wanted else found is None


@given(st.lists(SPECS, max_size=5), LABELS, st.sampled_from(["Ingress", "Egress"]))
def test_pods_of_a_group_are_isolated_only_by_a_policy_that_does_not_tell_them_apart(
    specs, labels, direction
):
    policies, rows = view(specs)
    selecting = [
        row for row in rows if direction in directions(row) and matches(row.spec.pod_selector, labels)
    ]
    sure = [row for row in selecting if not tells_apart(row)]

    try:
        found = policies.isolating(group(labels, 2), direction)
    except Unseen:
        assert selecting
        assert not sure
    else:
        assert (found in sure) if sure else (found is None and not selecting)


def test_only_named_policies_count_where_names_are_given():
    policies, _ = view(
        [NetworkPolicySpec(policy_types=("Egress",)), NetworkPolicySpec(policy_types=("Egress",))]
    )

    assert policies.isolating(group({}, 1), "Egress", {"p1"}).name == "p1"
    assert policies.isolating(group({}, 1), "Egress", frozenset()) is None
