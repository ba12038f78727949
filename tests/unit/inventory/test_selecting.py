"""The index by labels finds what looking at every selector finds, whatever the selectors."""

from hypothesis import given
from hypothesis import strategies as st

from seatrial.inventory.selecting import Labelled, Selecting
from seatrial.semantics.selectors import matches
from seatrial.wire.base import LabelSelector, Requirement

LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy"), max_size=3)
ROWS = st.builds(
    Requirement,
    key=st.sampled_from("abc"),
    operator=st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"]),
    values=st.lists(st.sampled_from("xy"), min_size=1, max_size=2).map(tuple),
)
SELECTORS = st.builds(
    LabelSelector, match_labels=LABELS, match_expressions=st.lists(ROWS, max_size=2).map(tuple)
)


@given(st.lists(st.none() | SELECTORS, max_size=6), LABELS)
def test_the_index_finds_what_every_selector_selects_and_each_once(selectors, labels):
    rows = list(enumerate(selectors))
    found = [at for at, _ in Selecting(rows, lambda row: row[1]).of(labels)]

    assert sorted(found) == [at for at, selector in rows if matches(selector, labels)]


@given(st.lists(LABELS, max_size=6), st.none() | SELECTORS)
def test_the_other_index_finds_all_that_a_selector_selects_and_each_once(labelled, selector):
    rows = [(labels, at) for at, labels in enumerate(labelled)]

    assert list(Labelled(rows).under(selector)) == [at for labels, at in rows if matches(selector, labels)]
