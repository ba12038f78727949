"""Pods known by their likeness to the one before are those that decoding would put together."""

from datetime import UTC, datetime
from unittest.mock import patch

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.inventory import grouping
from seatrial.inventory.views import Views
from seatrial.kit import World
from seatrial.needs import kube
from seatrial.testing.worlds import hold, trial_of
from seatrial.wire.chunks import order_of, pack
from seatrial.wire.pod import Pod

NODES = st.sampled_from(["", "n1", "n2", "node-1", 'a"b', "a\\b", "kube-api-access-x"])
VOLUMES = st.lists(
    st.sampled_from(
        [
            {"name": "kube-api-access-abcde"},
            {"name": "kube-api-access-fghij"},
            {"name": "data"},
            {"name": "n1"},
            {"name": "data", "persistentVolumeClaim": {"claimName": "data-1"}},
            {"name": "data", "persistentVolumeClaim": {"claimName": "data-2"}},
        ]
    ),
    max_size=2,
)
PODS = st.lists(
    st.fixed_dictionaries(
        {
            "node": NODES,
            "volumes": VOLUMES,
            "mount": st.sampled_from(["kube-api-access-abcde", "kube-api-access-fghij", "n1", "other"]),
            "selector": st.sampled_from([{}, {"kubernetes.io/hostname": "n1"}, {"nodeName": "n2"}]),
            "only": st.sampled_from([[], [], [["n1"]], [["n2"]], [["n1"], ["node-1"]]]),
            "label": st.sampled_from(["a", "a", "b"]),
            "owner": st.sampled_from(["web", "web", "web", "db", ""]),
            "phase": st.sampled_from(["Running", "Running", "Pending", "Failed"]),
            "ready": st.booleans(),
        }
    ),
    max_size=8,
)


def pod(at, row):
    owner = [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": row["owner"], "controller": True}]
    return {
        "metadata": {
            "name": f"p{at}",
            "namespace": "shop",
            "labels": {"app": row["label"], "pod-template-hash": str(at % 2)},
            "ownerReferences": owner if row["owner"] else [],
        },
        "spec": {
            "nodeName": row["node"],
            "nodeSelector": row["selector"],
            "affinity": {
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [
                            {"matchFields": [{"key": "metadata.name", "operator": "In", "values": values}]}
                            for values in row["only"]
                        ]
                    }
                }
            },
            "volumes": row["volumes"],
            "containers": [
                {"name": "c", "image": "i", "volumeMounts": [{"name": row["mount"], "mountPath": "/m"}]}
            ],
        },
        "status": {
            "phase": row["phase"],
            "conditions": [{"type": "Ready", "status": str(row["ready"])}],
        },
    }


def grouped(rows):
    trial = trial_of(
        hold(World(objects="", profile="", now="2026-01-01T00:00:00Z")),
        [kube.PODS, kube.REPLICA_SETS, kube.JOBS],
    )
    records = sorted((msgspec.convert(pod(at, row), Pod) for at, row in enumerate(rows)), key=order_of)
    evidence = dict(trial.evidence)
    evidence[kube.PODS.id] = msgspec.structs.replace(evidence[kube.PODS.id], chunks=pack(records))
    views = Views(msgspec.structs.replace(trial, evidence=evidence), datetime(2026, 1, 1, tzinfo=UTC))
    groups, gaps = grouping.group_pods(views)
    assert not gaps
    return {likeness: (group.members, group.pod, group.owner) for likeness, group in groups.items()}


@given(PODS)
@settings(max_examples=300)
def test_the_short_way_and_the_long_way_group_alike(rows):
    short = grouped(rows)
    with patch.object(grouping._Pattern, "node_of", lambda *_: None):
        long = grouped(rows)

    assert short == long


def test_pods_of_a_template_are_found_the_short_way():
    rows = [
        {"node": f"node-{at}", "volumes": [{"name": f"kube-api-access-{at:05}"}], "mount": f"kube-api-access-{at:05}",
         "selector": {}, "only": [[f"node-{at}"]], "label": "a", "owner": "web", "phase": "Running", "ready": True}
        for at in range(5)
    ]  # fmt: skip
    found = []
    whole = grouping._Pattern.node_of
    with patch.object(grouping._Pattern, "node_of", lambda *given: found.append(whole(*given)) or found[-1]):
        (group,) = grouped(rows).values()

    assert found == [f"node-{at}" for at in range(1, 5)]
    assert [member.node for member in group[0]] == [f"node-{at}" for at in range(5)]
