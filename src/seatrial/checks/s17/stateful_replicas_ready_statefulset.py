"""Every stateful workload has all its replicas ready.

Why: A set that lacks a member lives on what is left; the next loss may be the one too many.

What proves it: ``status.readyReplicas`` of each StatefulSet with volume claim templates, or that the profile declares
stateful, against its replicas, when the controller has seen the newest spec. An update that is under way, or that a
partition keeps there, is remarked: since when does not show.

What it does not prove: That the members agree with each other.

How to fix: Look at the pods that are not ready: ``kubectl describe pod``, their events, their volumes.

References: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Judgement,
    Profile,
    StatefulSets,
    Workload,
    World,
    check,
    failed,
    not_applicable,
    passed,
    patch,
    profile,
    refuse,
    seen,
    serve,
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
NO_TEMPLATES = patch(DB, {"spec": {"volumeClaimTemplates": None}})
DECLARED = profile({"declares": {"statefulWorkloads": [{"kind": "StatefulSet", "namespace": "shop", "name": "db", "owner": "shop", "reason": "a database"}]}})  # fmt: skip
TRAPS = (
    trap("one of three is not ready", FAIL,
         patch(DB, {"spec": {"replicas": 3}, "status": {"replicas": 3, "readyReplicas": 2}})),
    trap("one of three is not made yet", FAIL, patch(DB, {"spec": {"replicas": 3}, "status": {"replicas": 2, "readyReplicas": 2}})),
    trap("none is ready, so the field is absent", FAIL, patch(DB, {"status": {"readyReplicas": None}})),
    trap("ready replicas of an older spec", UNKNOWN, patch(DB, {"metadata": {"generation": 3}})),
    trap("half updated, and all ready", PASS, patch(DB, {"status": {"updateRevision": "db-2"}}), note="half updated"),
    trap("scaled to zero", UNKNOWN, patch(DB, {"spec": {"replicas": 0}, "status": {"replicas": 0, "readyReplicas": 0}})),
    trap("replicas unset means one", PASS, patch(DB, {"spec": {"replicas": None}})),
    trap("a set without volumes keeps no state", UNKNOWN, NO_TEMPLATES),
    trap("a set that is declared stateful is asked without volumes", FAIL, NO_TEMPLATES, DECLARED, patch(DB, {"status": {"readyReplicas": 0}})),
    trap("an operator that this version cannot judge may have sets of its own", UNKNOWN,
         patch(DB, {"status": {"readyReplicas": 0}}), serve("postgresql.cnpg.io/v1", "clusters")),
    trap("sets cannot be listed", UNKNOWN, refuse("statefulsets")),
)  # fmt: skip


@check(answers="stateful-replicas-ready", via="statefulset", version=2)
def stateful_replicas_ready(workload: Workload, sets: StatefulSets, profile: Profile) -> Judgement:
    if (workload.subject.group, workload.subject.kind) != ("apps", "StatefulSet"):
        return not_applicable("no StatefulSet")
    found = sets.find(workload.namespace, workload.subject.name)
    if found is None:
        return unknown("it went while the lists were read", "run again")
    declared = any(row.names(workload.subject) for row in profile.declares.stateful_workloads)
    if not found.spec.volume_claim_templates and not declared:
        return not_applicable("no volume claim templates")
    status = seen(found.status, "the status of StatefulSets")
    if status.observed_generation < found.metadata.generation:
        return unknown(
            "the controller has not seen its newest spec", "wait for the controller, then run again"
        )
    replicas = 1 if found.spec.replicas is None else found.spec.replicas
    if replicas == 0:
        return not_applicable("scaled to zero")
    at = "/status/readyReplicas"
    if status.ready_replicas < replicas:
        return failed(f"{status.ready_replicas} of {replicas} ready", "all replicas ready", at=at)
    half = status.update_revision != status.current_revision
    return passed(f"{replicas} of {replicas} ready", at=at, note="half updated" if half else "")
