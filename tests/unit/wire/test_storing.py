"""What is stored of a pod is what its struct would be, whether it was decoded or known by its likeness."""

import json
from unittest.mock import patch

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.needs import kube
from seatrial.sources.kube.answers import read_page
from seatrial.sources.kube.transport import Answer
from seatrial.wire.alike import Alike
from seatrial.wire.chunks import key_of
from seatrial.wire.pod import Pod
from seatrial.wire.redact import Redactor
from seatrial.wire.storing import PodStore, redacted

TEXTS = [
    "n1",
    "n2",
    "node-1",
    'a"b',
    "a\\b",
    "",
    "kube-api-access-abcde",
    "kube-api-access-fghij",
    "ünï",
    "p0",
    "<n1>",
]
TEXT = st.sampled_from(TEXTS)
RARE = st.one_of(st.just({}), st.just({}), st.dictionaries(TEXT, TEXT, max_size=2))
POD = st.fixed_dictionaries(
    {
        "metadata": st.fixed_dictionaries(
            {"name": st.sampled_from(["p0", "p1", "p2"])},
            optional={
                "namespace": st.just("shop"),
                "labels": RARE,
                "annotations": RARE,
                "ownerReferences": st.just([{"kind": "ReplicaSet", "name": "web", "blockOwnerDeletion": True}]),
                "managedFields": st.just([{"manager": "kubectl"}]),
            },
        ),
        "spec": st.fixed_dictionaries(
            {
                "containers": st.lists(
                    st.fixed_dictionaries(
                        {"name": st.just("c"), "image": st.sampled_from(["i", "n1"])},
                        optional={
                            "args": st.lists(TEXT, max_size=2),
                            "env": st.just([{"name": "A", "value": "n1"}]),
                            "volumeMounts": st.lists(st.fixed_dictionaries({"name": TEXT}), max_size=2),
                        },
                    ),
                    min_size=1,
                    max_size=2,
                ),
            },
            optional={
                "nodeName": TEXT,
                "hostname": st.sampled_from(["p0", "p1"]),
                "nodeSelector": RARE,
                "volumes": st.lists(
                    st.one_of(
                        st.fixed_dictionaries({"name": TEXT}),
                        st.fixed_dictionaries(
                            {"name": st.just("data"), "persistentVolumeClaim": st.fixed_dictionaries({"claimName": TEXT})}
                        ),
                    ),
                    max_size=2,
                ),
            },
        ),
    },
    optional={"status": st.just({"phase": "Running"}), "kind": st.just("Pod")},
)  # fmt: skip


def renamed(value, old, new):
    if isinstance(value, dict):
        return {renamed(key, old, new): renamed(inner, old, new) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner, old, new) for inner in value]
    return new if value == old else value


@st.composite
def lists(draw):
    """Pods that are like one another but for some texts, and others between them."""
    rows = []
    for _ in range(draw(st.integers(1, 3))):
        pod = draw(POD)
        rows.append(pod)
        for old, new in draw(st.lists(st.tuples(TEXT.filter("p0".__ne__), TEXT), max_size=3)):
            pod = renamed(pod, old, new)
            rows.append(pod)
    return rows


def page(rows, *, escape):
    body = json.dumps(
        {"kind": "PodList", "apiVersion": "v1", "items": rows}, ensure_ascii=escape, separators=(",", ":")
    )
    if escape:
        body = body.replace("<", "\\u003c")
    redactor = Redactor(b"key")
    return read_page(kube.PODS, "v1", "/pods", Answer(200, {}, body.encode()), redactor, PodStore(redactor))


def stored(records):
    return [msgspec.json.encode(row, order="deterministic") for row in records]


@given(lists(), st.booleans())
@settings(max_examples=500)
def test_a_page_stores_what_each_pod_would_be_alone(rows, escape):
    found = page(rows, escape=escape)

    assert not found.gaps
    expected = [redacted(msgspec.convert(row, Pod), Redactor(b"key")) for row in rows]
    assert stored(found.records) == stored(expected)
    assert [key_of(row) for row in found.records] == [key_of(row) for row in expected]


def of_template(at, **spec):
    token = f"kube-api-access-{at:05}"
    return {
        "metadata": {"name": f"db-{at}", "namespace": "shop", "labels": {"app": "db"}},
        "spec": {
            "hostname": f"db-{at}",
            "nodeName": f"node-{at}",
            "volumes": [
                {"name": "data", "persistentVolumeClaim": {"claimName": f"data-db-{at}"}},
                {"name": token, "projected": {}},
            ],
            "containers": [
                {
                    "name": "c",
                    "image": "i",
                    "args": ['--greet="you"'],
                    "volumeMounts": [{"name": token, "mountPath": "/t"}],
                }
            ],
            **spec,
        },
    }


def test_the_pods_of_a_template_are_decoded_once():
    rows = [of_template(at) for at in range(5)]
    with patch.object(Alike, "filled", autospec=True, side_effect=Alike.filled) as filled:
        found = page(rows, escape=False)

    assert filled.call_count == 2 * 4  # the given form, to be compared, and the stored one
    assert stored(found.records) == stored(
        redacted(msgspec.convert(row, Pod), Redactor(b"key")) for row in rows
    )


def test_an_odd_pod_is_a_gap_of_its_own_and_its_neighbours_stay():
    rows = [
        of_template(1),
        of_template(2, containers=[]),
        of_template(3, containers="none"),
        {"metadata": {}, "spec": {}},
        of_template(4),
    ]
    found = page(rows, escape=False)

    assert [key_of(row)[1] for row in found.records] == ["db-1", "db-4"]
    assert [gap.name for gap in found.gaps] == ["db-2", "db-3", None]


def test_bytes_that_are_no_text_are_a_gap():
    redactor = Redactor(b"key")
    rows = [json.dumps(of_template(1)).encode(), b'{"metadata": 5}', b'{"metadata": {"name": "\xff"}}']
    body = b'{"kind": "PodList", "apiVersion": "v1", "items": [' + b", ".join(rows) + b"]}"
    found = read_page(kube.PODS, "v1", "/pods", Answer(200, {}, body), redactor, PodStore(redactor))

    assert [key_of(row)[1] for row in found.records] == ["db-1"]
    assert len(found.gaps) == 2


@given(
    st.lists(st.sampled_from(["a", "b", "a-b", 'a"', "a\\", "", "a.b"]), max_size=6),
    st.sampled_from(["a", "b", "c"]),
)
def test_alike_texts_fill_to_what_they_were_found_in(words, other):
    encoded = msgspec.json.encode({"rows": words, "at": "a"})
    alike = Alike(encoded, [b"a"])
    found = alike.texts(
        msgspec.json.encode({"rows": [other if word == "a" else word for word in words], "at": other})
    )

    if alike.usable:
        assert found == [other.encode()]
        assert msgspec.json.decode(alike.filled(found))["at"] == other


def test_a_key_is_no_text():
    assert not Alike(b'{"n1":"x","at":"n1"}', [b"n1"]).usable
    assert not Alike(b'{"at":"n1","as":"\\u006e1"}', [b"n1"]).usable
    assert Alike(b'{"at":"n2"}', [b"n1"]).texts(b'{"at":"n2"}') is None
