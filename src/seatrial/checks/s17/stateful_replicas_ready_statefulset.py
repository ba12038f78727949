"""Every stateful workload has all its replicas ready.

Why: A set that lacks a member lives on what is left; the next loss may be the one too many.

What proves it: ``status.readyReplicas`` of each StatefulSet with volume claim templates against its replicas, when the
controller has seen the newest spec.

What it does not prove: That the members agree with each other.

How to fix: Look at the pods that are not ready: ``kubectl describe pod``, their events, their volumes.

References: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Judgement,
    StatefulSets,
    Workload,
    World,
    check,
    failed,
    not_applicable,
    passed,
    patch,
    refuse,
    seen,
    trap,
    unknown,
)

GOOD = World("""
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop, generation: 2}
spec:
  replicas: 1
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: "postgres:16.4"}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
status: {observedGeneration: 2, replicas: 1, readyReplicas: 1, currentRevision: db-1, updateRevision: db-1}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-db-0, namespace: shop}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata:
  name: db-0
  namespace: shop
  labels: {app: db}
  ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: 6c1a, controller: true}]
spec:
  containers: [{name: db, image: "postgres:16.4"}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data-db-0}}]
status: {phase: Running}
""")

DB = "StatefulSet shop/db"
TRAPS = (
    trap(
        "one of three is not ready",
        FAIL,
        patch(DB, {"spec": {"replicas": 3}, "status": {"replicas": 3, "readyReplicas": 2}}),
    ),
    trap("none is ready, so the field is absent", FAIL, patch(DB, {"status": {"readyReplicas": None}})),
    trap("ready replicas of an older spec", UNKNOWN, patch(DB, {"metadata": {"generation": 3}})),
    trap(
        "half updated, and all ready",
        PASS,
        patch(DB, {"status": {"updateRevision": "db-2"}}),
        note="half updated",
    ),
    trap(
        "scaled to zero",
        UNKNOWN,
        patch(DB, {"spec": {"replicas": 0}, "status": {"replicas": 0, "readyReplicas": 0}}),
    ),
    trap(
        "a set without volumes keeps no state", UNKNOWN, patch(DB, {"spec": {"volumeClaimTemplates": None}})
    ),
    trap("sets cannot be listed", UNKNOWN, refuse("statefulsets")),
)


@check(answers="stateful-replicas-ready", via="statefulset")
def stateful_replicas_ready(workload: Workload, sets: StatefulSets) -> Judgement:
    if workload.subject.kind != "StatefulSet":
        return not_applicable("no StatefulSet")
    found = sets.find(workload.namespace, workload.subject.name)
    if found is None or not found.spec.volume_claim_templates:
        return not_applicable("no volume claim templates")
    status = seen(found.status, "the status of StatefulSets")
    if status.observed_generation < found.metadata.generation:
        return unknown(
            "the controller has not seen its newest spec", "wait for the controller, then run again"
        )
    replicas = 1 if found.spec.replicas is None else found.spec.replicas
    if replicas == 0:
        return not_applicable("scaled to zero")
    if status.ready_replicas < replicas:
        return failed(
            f"{status.ready_replicas} of {replicas} ready", "all replicas ready", at="/status/readyReplicas"
        )
    half = status.update_revision != status.current_revision
    return passed(
        f"{replicas} of {replicas} ready", at="/status/readyReplicas", note="half updated" if half else ""
    )
