"""10,000 pods judged in memory with every check: time, memory above the interpreter, and the decode floor beside it."""

import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

PODS = 10_000


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


interpreter = memory()

import msgspec

from platform_pods import pod
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.engine.assess import assess
from seatrial.engine.plan import needs_of
from seatrial.model.evidence import Evidence
from seatrial.model.profile import Profile
from seatrial.model.trial import Cluster, Trial
from seatrial.needs import kube
from seatrial.wire.chunks import order_of, pack, unpack
from seatrial.wire.pod import Pod

NOW = "2026-06-01T12:00:00Z"
evidence = {need.id: Evidence(need.id, need.schema, NOW) for need in needs_of(installed_checks())}
pods = sorted((msgspec.convert(pod(number), Pod) for number in range(PODS)), key=order_of)
spaces = [{"metadata": {"name": f"team-{n}"}} for n in range(PODS // 1000)]
owners = [
    {"metadata": {"name": f"app-{n}-5d", "namespace": f"team-{n // 100}", "ownerReferences": [
        {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"app-{n}", "controller": True}]}}
    for n in range(PODS // 10)
]  # fmt: skip
nodes = [
    {
        "metadata": {"name": f"node-{n}", "labels": {"kubernetes.io/os": "linux"}},
        "status": {"allocatable": {"memory": "64Gi"}},
    }
    for n in range(500)
]
for need, rows in (
    (kube.PODS, pods),
    (kube.NAMESPACES, spaces),
    (kube.REPLICA_SETS, owners),
    (kube.NODES, nodes),
):
    chunks = pack(sorted(rows, key=order_of))
    evidence[need.id] = msgspec.structs.replace(evidence[need.id], chunks=chunks)
size = sum(len(chunk.data) for chunk in evidence[kube.PODS.id].chunks)
del pods
trial = Trial(NOW, Cluster(version="v1.36.3"), Profile(), evidence, ("kube", "profile"))
catalogue, checks = installed_catalogue(), installed_checks()

began = time.process_time()
for chunk in evidence[kube.PODS.id].chunks:
    unpack(chunk, Pod)
floor = time.process_time() - began
began = time.process_time()
result = assess(trial, catalogue, checks, "go-live", time.perf_counter)
spent = time.process_time() - began
print(
    f"{PODS} pods, {len(checks)} checks: {spent:.2f} CPU s (budget 3), peak {memory() - interpreter:.0f} MB above the interpreter (budget 250)"
)
print(
    f"decoding the stored pods alone: {floor:.2f} CPU s; ratio {spent / floor:.1f}; stored pods {size / 1e6:.1f} MB"
)
for id, seconds in sorted(result.seconds.items(), key=lambda row: -row[1])[:5]:
    print(f"  {seconds:.3f} s  {id}")
