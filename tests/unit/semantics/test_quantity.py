import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.semantics.quantity import NANO, Malformed, parse, positive

KNOWN = {
    "0": 0, "1": NANO, "100m": NANO // 10, "1k": 1000 * NANO, "1Ki": 1024 * NANO, "128Mi": 128 * 2**20 * NANO,
    "1e3": 1000 * NANO, "1E3": 1000 * NANO, "1E": 10**18 * NANO, "0.5Gi": 2**29 * NANO, ".5": NANO // 2, "5.": 5 * NANO,
    "1n": 1, "1u": 1000, "0.1n": 1, "-1": -NANO, "+2": 2 * NANO, "1e-9": 1,
}  # fmt: skip


@pytest.mark.parametrize(("text", "nanos"), KNOWN.items())
def test_amounts_are_read_as_kubernetes_reads_them(text, nanos):
    assert nanos == parse(text)


@pytest.mark.parametrize(
    "text", ["", "m", "1x", "1 Gi", "1e", "1Kib", "0x10", "1,5", "NaN", "inf", "--1", "1" * 65, "1e9999"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(Malformed):
        parse(text)


def test_what_is_larger_than_kubernetes_can_hold_is_capped():
    assert parse("1e200") == (2**63 - 1) * NANO


@given(st.integers(0, 10**12), st.sampled_from(["", "m", "k", "Ki", "Mi", "G", "u", "n"]))
def test_a_larger_number_is_never_a_smaller_amount(number, suffix):
    assert parse(f"{number}{suffix}") <= parse(f"{number + 1}{suffix}")


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(Malformed):
        assert isinstance(parse(text), int)


@given(st.floats(0, 1e6))
def test_numbers_of_manifests_are_read_by_their_shortest_text(number):
    try:
        assert parse(number) == parse(repr(number))
    except Malformed:
        assert "e" in repr(number)


def test_nothing_bounds_nothing():
    assert positive({"cpu": "0"}, "cpu") is None
    assert positive({}, "cpu") is None
    assert positive({"cpu": 1}, "cpu") == NANO
