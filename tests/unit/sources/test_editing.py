"""Patches in the user's own text: what is not changed stays byte for byte, and what comes out is the patched object."""

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.semantics.strategic import join, merge
from seatrial.sources.manifests.editing import Unplaced, edit
from seatrial.wire.yamltext import YamlError, documents

WORD = st.sampled_from(
    [
        "a",
        "b",
        "name",
        "resources",
        "limits",
        "on",
        "1",
        "ü",
        "x y",
        "#",
        "'",
        '"',
        "null",
        "0777",
        "a: b",
        "- c",
        "{",
        "*d",
    ]
)
SCALAR = st.one_of(WORD, st.integers(-5, 5), st.booleans(), st.just(1.5))
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORD, inner, max_size=3)),
    max_leaves=8,
)
PATCH = st.recursive(
    st.dictionaries(WORD, st.one_of(SCALAR, st.none(), st.lists(SCALAR, max_size=2)), min_size=1, max_size=2),
    lambda inner: st.dictionaries(WORD, st.one_of(inner, SCALAR), min_size=1, max_size=2),
    max_leaves=4,
)


def read(text):
    return [row.value for row in documents(text.encode(), "t")]


@st.composite
def texts(draw):
    """A document in any style, with comments."""
    value = draw(st.dictionaries(WORD, VALUE, min_size=1, max_size=4))
    style = draw(st.sampled_from([True, False, None]))
    text = (
        json.dumps(value)
        if draw(st.integers(0, 5)) == 0
        else yaml.safe_dump(value, default_flow_style=style, allow_unicode=True, width=40)
    )
    lines = text.splitlines()
    if text[0] not in "{[" and style is False:
        for at in draw(st.lists(st.integers(0, len(lines)), max_size=3)):
            lines.insert(at, "# a comment: {here}")
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    text = ending.join(lines) + ending
    return (
        draw(st.sampled_from(["", "---" + ending, "# head" + ending])) + text if text[0] not in "{[" else text
    )


@given(texts(), PATCH)
@settings(max_examples=500)
def test_what_is_written_is_the_patched_object_and_every_comment_stays(text, patch):
    try:
        before = read(text)
    except YamlError:
        return
    if len(before) != 1:
        return
    try:
        written = edit(text, "t", [(0, (), patch)])
    except Unplaced:
        return

    assert read(written) == [merge(before[0], patch)]
    assert written.count("# a comment: {here}") == text.count("# a comment: {here}")
    assert ("\r\n" in written) == ("\r\n" in text) or "\n" not in text


TEXT = """\
# front
kind: Deployment   # kind
metadata: {name: web}
spec:
    template:
        spec:
            containers:
            -   name: web  # it
                image: x

            # the other
            - {name: side, image: y}  # flow
    replicas: 2
---

---
kind: List
items:
- kind: Pod
  metadata:
    name: p
    labels:
  spec: {containers: [{name: c}]}
"""


def lines_of(before, after):
    """What was added, and what was taken out."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in new if line not in old], [line for line in old if line not in new]


def test_a_new_key_stands_beside_its_neighbours_in_their_own_indentation():
    patch = {
        "spec": {
            "template": {
                "spec": {"containers": [{"name": "web", "resources": {"limits": {"memory": "1Mi"}}}]}
            }
        }
    }
    written = edit(TEXT, "t", [(0, (), patch)])

    assert lines_of(TEXT, written) == (
        ["                resources:", "                  limits:", "                    memory: 1Mi"], [],
    )  # fmt: skip
    assert written.index("image: x") < written.index("resources:") < written.index("# the other")


def test_flow_style_stays_flow():
    patch = {
        "spec": {
            "template": {
                "spec": {
                    "containers": [{"name": "side", "securityContext": {"capabilities": {"drop": ["ALL"]}}}]
                }
            }
        }
    }
    added, gone = lines_of(TEXT, edit(TEXT, "t", [(0, (), patch)]))

    assert added == [
        "            - {name: side, image: y, securityContext: {capabilities: {drop: [ALL]}}}  # flow"
    ]
    assert gone == ["            - {name: side, image: y}  # flow"]


def test_a_value_is_replaced_where_it_stands_and_an_empty_one_is_filled():
    written = edit(
        TEXT, "t", [(0, (), {"spec": {"replicas": 3}}), (1, (0,), {"metadata": {"labels": {"a": "on"}}})]
    )

    assert lines_of(TEXT, written) == (
        ["    replicas: 3", "    labels: {a: 'on'}"],
        ["    replicas: 2", "    labels:"],
    )


def test_a_key_is_taken_out_with_its_line():
    added, gone = lines_of(TEXT, edit(TEXT, "t", [(0, (), {"spec": {"replicas": None}})]))

    assert (added, gone) == ([], ["    replicas: 2"])


@pytest.mark.parametrize(
    ("text", "patch", "says"),
    [
        ("a: &x {b: 1}\nc: *x\n", {"c": {"b": 2}}, "an anchor"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", {"c": {"d": 2}}, "merges an anchor"),
        ("containers:\n- name: a\n", {"containers": [{"name": "b", "x": 1}]}, "there is no 'b'"),
        ("a: |\n  text\n", {"a": "b"}, "several lines"),
        ("a:\n- 1\n- 2\n", {"a": [3]}, "several lines"),
        ("a:\n  b:\n    c: 1\n", {"a": {"b": None}}, "several lines"),
    ],
)
def test_what_cannot_be_placed_is_said(text, patch, says):
    with pytest.raises(Unplaced, match=says):
        edit(text, "t", [(0, (), patch)])


def nothing_taken(patch):
    return all(
        value is not None and (not isinstance(value, dict) or nothing_taken(value))
        for value in patch.values()
    )


@given(st.dictionaries(WORD, VALUE), PATCH.filter(nothing_taken), PATCH)
def test_two_patches_joined_do_what_they_do_one_after_the_other(value, first, second):
    assert merge(value, join(first, second)) == merge(merge(value, first), second)
