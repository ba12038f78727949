"""An object redacted in its encoded form is the object redacted whole."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.wire.redact import Redactor

KEYS = st.sampled_from(
    [
        "name",
        "namespace",
        "labels",
        "annotations",
        "env",
        "args",
        "command",
        "value",
        "password",
        "apiToken",
        "secretName",
        "secret",
        "dsn",
        "mydsn",
        "clientSecret",
        "privateKey",
        "api-key",
        "connectionString",
        "PassWord",
        "paſſword",
        "managedFields",
        "containers",
        "spec",
        "kubectl.kubernetes.io/last-applied-configuration",
        "pod-security.kubernetes.io/enforce",
    ]
)
TEXTS = st.sampled_from(
    ["", "x", "redacted:1:aa", "ünïcode", "passw", '"env"', "\\u0065", "token"]
) | st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(
    st.sampled_from(
        ["metadata", "spec", "status", "data", "secrets", "env", "args", "managedFields", "token"]
    ),
    VALUES,
    max_size=5,
)


def encoded(value):
    return msgspec.json.decode(msgspec.json.encode(value))


@given(OBJECTS)
def test_raw_is_whole(found):
    redactor = Redactor(b"test")

    assert encoded(redactor.raw(msgspec.json.encode(found))) == redactor.whole(found)


def test_a_key_spelled_by_numbers_is_found():
    found = Redactor(b"test").raw(
        b'{"spec":{"pass\\u0077ord":"hunter2","\\u0065nv":[{"name":"a","value":"hunter2"}]}}'
    )

    assert b"hunter2" not in msgspec.json.encode(found)


@pytest.mark.parametrize("plain", [b"[]", b'"x"', b"1", b'{"a":tru}'])
def test_what_is_no_object_is_refused(plain):
    with pytest.raises(msgspec.DecodeError):
        Redactor(b"test").raw(plain)
