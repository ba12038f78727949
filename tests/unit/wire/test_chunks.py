"""Chunks do not show how records came: not their order, not the size of pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.wire.chunks import CHUNK_RECORDS, Duplicate, Packer, order_of, pack, unpack

NAMES = st.text("ab-.", min_size=1, max_size=4)
KEYS = st.lists(st.tuples(st.just("") | NAMES, NAMES), unique=True, max_size=40)


def record(key):
    return {"metadata": {"namespace": key[0], "name": key[1]}}


@given(KEYS, st.integers(1, 7), st.randoms())
def test_any_order_and_any_page_size_give_the_same_chunks(keys, page, random):
    rows = sorted((record(key) for key in keys), key=order_of)
    if len({order_of(row) for row in rows}) < len(rows):
        return  # a namespace "a" with "b" and a cluster's "a/b" do not meet in one list
    shuffled = random.sample(rows, len(rows))
    packer = Packer(dict)
    for at in range(0, len(shuffled), page):
        packer.add(shuffled[at : at + page])

    assert packer.chunks() == pack(rows)
    assert packer.count == len(rows)


def test_a_long_list_in_order_is_packed_while_it_comes():
    packer = Packer(dict)
    rows = [record(("shop", f"p{at:05}")) for at in range(3 * CHUNK_RECORDS + 7)]
    packer.add(rows)

    assert packer.chunks() == pack(rows)
    assert [chunk.count for chunk in packer.chunks()] == [CHUNK_RECORDS] * 3 + [7]


def test_a_long_list_out_of_order_is_put_in_order():
    rows = [record(("shop", f"p{at:05}")) for at in range(2 * CHUNK_RECORDS)]
    packer = Packer(dict)
    packer.add(rows[CHUNK_RECORDS:])
    packer.add(rows[:CHUNK_RECORDS])

    assert [row for chunk in packer.chunks() for row in unpack(chunk, dict)] == rows


def packed(rows):
    packer = Packer(dict)
    packer.add(rows)
    return packer.chunks()


@pytest.mark.parametrize("names", ["aa", "aba", "baab"])
def test_a_name_that_comes_twice_is_found(names):
    with pytest.raises(Duplicate):
        packed([record(("shop", name)) for name in names])


def test_the_order_is_that_of_etcd():
    keys = [("a-b", "x"), ("a", "x"), ("a.b", "x")]

    assert sorted(map(order_of, map(record, keys))) == ["a-b/x", "a.b/x", "a/x"]
