"""YAML as Kubernetes reads it; hostile text ends in a typed error, fast and small."""

import contextlib
import json
import resource
import subprocess
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seatrial.wire.yamltext import Limits, YamlError, documents, load_one


def read(text):
    return [document.value for document in documents(text.encode(), "file.yaml")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True), ("on", True), ("y", True), ("NO", False), ("off", False), ("~", None), ("0777", 511),
        ("0o17", 15), ("0x1F", 31), ("1_000", 1000), ("08", 8.0), ("1:30", "1:30"), ("2001-01-01", "2001-01-01"),
        ("1.5", 1.5), ("1e3", 1000.0), ('"yes"', "yes"), ("!!str 12", "12"), ("'1'", "1"), ("-5", -5),
    ],
)  # fmt: skip
def test_scalars_are_read_by_kubernetes_rules(text, value):
    assert [{"a": value}] == read(f"a: {text}")


def test_keys_become_text():
    assert read("on: 1\n5: 2") == [{"true": 1, "5": 2}]


def test_merge_keys_give_way_to_the_mappings_own():
    assert read("b: &b {x: 1}\na: {<<: *b, x: 2}") == [{"b": {"x": 1}, "a": {"x": 2}}]


def test_documents_and_their_lines_are_known():
    found = list(documents(b"a: 1\n---\n\nb:\n- 2\n---\n", "file.yaml"))

    assert [document.line for document in found] == [1, 2]
    assert found[1].lines["b",] == 4


HOSTILE = {
    "200,000 lists in each other": "[" * 200_000,
    "200,000 mappings in each other": '{"a":' * 200_000,
    "200,000 block sequences": "- " * 200_000,
    "a billion laughs": "a: &a [l,l,l,l,l,l,l,l,l]\n"
    + "".join(
        f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "a merge bomb": "a0: &a0 {x: 1}\n"
    + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 40)),
    "an alias within itself": "a: &a [*a]",
    "a tag that runs code": "a: !!python/object/apply:os.system [id]",
    "a number of 200,000 digits": "a: " + "9" * 200_000,
    "a hex number of 200,000 digits": "a: 0x" + "f" * 200_000,
    "a key twice": "a: 1\na: 2",
    "100,000 documents": "---\na: 1\n" * 100_000,
    "a NUL": "a: \0",
    "an unknown alias": "a: *b",
    "not a number that JSON has": "a: .nan",
    "a template of Helm": "a: {{ .Values.a }}\nb: 1",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_refused_by_file_and_line(text):
    with pytest.raises(YamlError) as caught:
        read(text)

    assert caught.value.message.startswith("file.yaml:") or "nested" in caught.value.message
    assert caught.value.hint


def test_all_hostile_texts_together_take_little_time_and_memory():
    """In a process of its own that may use 300 MB and 20 seconds of processor, which kills it where it takes more."""
    program = (
        "import json,resource,sys;resource.setrlimit(resource.RLIMIT_CPU,(20,20))\n"
        "from seatrial.wire.yamltext import documents,YamlError\n"
        "for text in json.load(sys.stdin):\n"
        "  try: list(documents(text.encode(),'x')); sys.exit('read')\n"
        "  except YamlError: pass\n"
        # the peak that getrusage tells is also that of the process which this one was forked from
        "print(next(row.split()[1] for row in open('/proc/self/status') if row.startswith('VmHWM')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(list(HOSTILE.values())),
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(done.stdout) < 300 * 1024
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > 0


@pytest.mark.parametrize("text", [b"\xff\xfea\0", b"a: \xff", "a: b".encode("utf-16")])
def test_other_encodings_are_refused(text):
    with pytest.raises(YamlError, match=r"UTF-8|NUL"):
        list(documents(text, "file.yaml"))


def test_a_byte_order_mark_is_passed_over():
    assert [document.value for document in documents(b"\xef\xbb\xbfa: 1", "file.yaml")] == [{"a": 1}]


def test_a_file_that_is_too_large_is_not_read():
    with pytest.raises(YamlError, match="bytes"):
        list(documents(b"a: 1", "file.yaml", Limits(bytes=3)))


def test_a_configuration_file_has_one_document():
    with pytest.raises(YamlError, match="second document"):
        load_one(b"a: 1\n---\nb: 2", "seatrial.yaml")

    assert load_one(b"", "seatrial.yaml").value == {}


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcdef", min_size=1, max_size=6), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text("ghijkl", min_size=1, max_size=5), PLAIN, max_size=5))
def test_what_is_dumped_is_read_again(value):
    dumped = yaml.safe_dump(value, allow_unicode=True, default_style='"')
    found = read(dumped)

    assert ([value] if value else [{}]) == found


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(text):
    with contextlib.suppress(YamlError):
        list(documents(text, "file.yaml"))
