"""Every stateful pod is owned by a StatefulSet with volume claim templates or by a known operator.

Why: A Deployment that owns a volume of one writer deadlocks when it rolls out, and its pods have no name to come back to.

What proves it: For each running pod that mounts a claim of one writer, or that the profile declares stateful, its top owner:
a StatefulSet with volumeClaimTemplates. An image that looks like a database's, without a claim, raises the question and
decides nothing. A retention policy that takes the claims away with the set or its pods is remarked.

What it does not prove: That the volume outlives its claim, or is backed up.

How to fix: Move the workload to a StatefulSet or to an operator for it; declare an opt-out with the reason for what
keeps no state, such as a cache.

References: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Change,
    Judgement,
    PodGroup,
    Profile,
    StatefulSets,
    VolumeClaims,
    World,
    add,
    check,
    failed,
    not_applicable,
    passed,
    patch,
    profile,
    refuse,
    remove,
    serve,
    trap,
    unknown,
)
from seatrial.semantics import images
from seatrial.wire.workload import StatefulSet

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
BARE = """
apiVersion: v1
kind: Pod
metadata: {name: %s, namespace: shop%s}
spec:
  containers: [{name: main, image: "%s"}]
  volumes: [%s]
status: {phase: Running}
"""
CLAIMED = """
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: shared, namespace: shop}
spec: {accessModes: [%s], resources: {requests: {storage: 1Gi}}}
"""
CLAIM = "{name: data, persistentVolumeClaim: {claimName: data-db-0}}"
SHARED = "{name: data, persistentVolumeClaim: {claimName: shared}}"
EMPTY = "{name: data, emptyDir: {}}"
EPHEMERAL = (
    "{name: data, ephemeral: {volumeClaimTemplate: "
    "{spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}"
)
OWNED = ", ownerReferences: [{apiVersion: %s, kind: %s, name: %s, uid: 9b, controller: true}]"
REPLICAS = """
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: files-5d
  namespace: shop
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: files, uid: 7a, controller: true}]
spec:
  selector: {matchLabels: {app: files}}
  template:
    metadata: {labels: {app: files}}
    spec: {containers: [{name: main, image: "shop/files:1"}]}
"""
DEPLOYED = (
    BARE % ("files-5d-a", OWNED % ("apps/v1", "ReplicaSet", "files-5d"), "shop/files:1", SHARED) + REPLICAS
)
CACHE = add(BARE % ("cache", "", "registry.example:5000/redis:7.2", EMPTY))


def bare(image: str, volume: str, modes: str = "") -> Change:
    """A pod of nobody with a volume; and a claim ``shared`` with these modes."""
    return add(BARE % ("tool", "", image, volume) + (CLAIMED % modes if modes else ""))


def declares(**rows: object) -> Change:
    """``declares`` of the profile, one row of it, with who says so."""
    said = {"owner": "shop", "reason": "it is so"}
    return profile(
        {"declares": {name: [{**said, **dict(row)}] for name, row in rows.items() if isinstance(row, dict)}}
    )


POD_CACHE = {"kind": "Pod", "namespace": "shop", "name": "cache"}
SET_DB = {"kind": "StatefulSet", "namespace": "shop", "name": "db"}
NO_TEMPLATES = patch(DB, {"spec": {"volumeClaimTemplates": None}})
ON_EMPTY_DIR = patch(
    "Pod shop/db-0", {"spec": {"volumes": [{"name": "data", "persistentVolumeClaim": None, "emptyDir": {}}]}}
)
TRAPS = (
    trap("a bare pod with a claim of one writer", FAIL, bare("shop/tool:1", CLAIM)),
    trap("a bare pod with a claim of one pod", FAIL, bare("shop/tool:1", SHARED, "ReadWriteOncePod")),
    trap("a Deployment with a claim of one writer", FAIL, add(DEPLOYED + CLAIMED % "ReadWriteOnce")),
    trap("a Deployment with a claim of many writers", PASS, add(DEPLOYED + CLAIMED % "ReadWriteMany")),
    trap("a set without claim templates shares one claim", FAIL, NO_TEMPLATES),
    trap("a set of a database without any claim raises a question", UNKNOWN, NO_TEMPLATES, ON_EMPTY_DIR),
    trap("a set that is declared stateful keeps its state in an emptyDir", FAIL,
         NO_TEMPLATES, ON_EMPTY_DIR, declares(statefulWorkloads=SET_DB)),
    trap("a database's image without any claim raises a question", UNKNOWN, CACHE),
    trap("a pod that is declared stateful has no claim", FAIL, CACHE, declares(statefulWorkloads=POD_CACHE)),
    trap("a declared opt-out answers it", PASS, CACHE, declares(optOuts={"claim": "stateful-pod-owner", **POD_CACHE})),
    trap("an opt-out from another claim answers nothing", UNKNOWN, CACHE, declares(optOuts={"claim": "disruption-budget", **POD_CACHE})),
    trap("an exporter named after its database is none", PASS, bare("shop/postgres-exporter:1", EMPTY)),
    trap("a claim of many writers is no trouble", PASS, bare("shop/files:1", SHARED, "ReadWriteMany")),
    trap("a claim of many readers is no trouble", PASS, bare("shop/files:1", SHARED, "ReadOnlyMany")),
    trap("a claim that can also be of many writers is no trouble", PASS,
         bare("shop/files:1", SHARED, "ReadWriteOnce, ReadWriteMany")),
    trap("a claim of one writer and many readers has one writer", FAIL,
         bare("shop/files:1", SHARED, "ReadWriteOnce, ReadOnlyMany")),
    trap("a workload that is declared stateful shares a claim of many writers", PASS, bare("shop/files:1", SHARED, "ReadWriteMany"),
         declares(statefulWorkloads={"kind": "Pod", "namespace": "shop", "name": "tool"})),
    trap("a database's image with a claim of many writers raises a question", UNKNOWN, bare("mysql:8", SHARED, "ReadWriteMany")),
    trap("a volume that goes with its pod keeps nothing", PASS, bare("shop/tool:1", EPHEMERAL)),
    trap("its claims go with the set", PASS,
         patch(DB, {"spec": {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Retain"}}}),
         note="whenDeleted"),
    trap("its claims go with its last pods", PASS,
         patch(DB, {"spec": {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Delete"}}}),
         note="whenScaled"),
    trap("a job comes and goes, and keeps no state of its own", PASS,
         add(BARE % ("backup", OWNED % ("batch/v1", "Job", "backup"), "shop/backup:1", CLAIM))),
    trap("a set of another group is no StatefulSet", FAIL,
         add(BARE % ("other-0", OWNED % ("apps.example/v1", "StatefulSet", "db"), "shop/other:1", CLAIM))),
    trap("an owner that nobody knows is no operator", FAIL,
         add(BARE % ("other-0", OWNED % ("shop.example/v1", "Database", "other"), "shop/other:1", CLAIM))),
    trap("an operator that this version cannot judge may own it", UNKNOWN,
         bare("shop/tool:1", CLAIM), serve("postgresql.cnpg.io/v1", "clusters")),
    trap("the claim went while the lists were read", UNKNOWN, remove("PersistentVolumeClaim shop/data-db-0"), NO_TEMPLATES),
    trap("the set went while the lists were read", UNKNOWN, remove(DB)),
    trap("no stateful pod at all", UNKNOWN, remove("Pod shop/db-0")),
    trap("claims cannot be listed", UNKNOWN, refuse("persistentvolumeclaims"), NO_TEMPLATES),
    trap("sets cannot be listed", UNKNOWN, refuse("statefulsets")),
)  # fmt: skip

ONE_WRITER = frozenset({"ReadWriteOnce", "ReadWriteOncePod"})
MANY_WRITERS = "ReadWriteMany"
"""A claim that asks for this too is bound to a volume that several nodes may write."""


@check(answers="stateful-pod-owner", via="statefulset", version=2)
def stateful_pod_owner(
    pod: PodGroup, sets: StatefulSets, claims: VolumeClaims, profile: Profile
) -> Judgement:
    owner = pod.owner
    if (owner.group, owner.kind) == ("apps", "StatefulSet"):
        found = sets.find(owner.namespace, owner.name)
        if found is None:
            return unknown(f"StatefulSet {owner.name} went while the lists were read", "run again")
        if found.spec.volume_claim_templates:
            return passed(f"StatefulSet {owner.name} with volume claim templates", note=gone_with(found))
    if owner.kind in {"Job", "CronJob"}:
        return not_applicable("a job")
    if any(row.claim == "stateful-pod-owner" and row.names(owner) for row in profile.declares.opt_outs):
        return not_applicable("declared to keep no state")
    expected = "a StatefulSet with volume claim templates, or an operator"
    for name in (name for member in pod.pods for name in member.claims):
        claim = claims.find(pod.namespace, name)
        if claim is None:
            return unknown(f"claim {name} went while the lists were read", "run again")
        modes = frozenset(claim.spec.access_modes)
        if modes & ONE_WRITER and MANY_WRITERS not in modes:
            observed = f"{owner.kind} {owner.name} mounts {name} ({', '.join(sorted(modes))})"
            return failed(observed, expected, at="/spec/volumes")
    declared = any(row.names(owner) for row in profile.declares.stateful_workloads)
    if declared and not any(member.claims for member in pod.pods):
        return failed("declared stateful, without a volume claim", expected, at="/spec/volumes")
    hints = {hint for row in pod.pod.spec.containers if (hint := images.database_hint(row.image))}
    if hints:
        cure = "say under declares.optOuts which databases keep no state, or move them to StatefulSets"
        return unknown(
            f"the image looks like {', '.join(sorted(hints))}, without a volume claim of one writer", cure
        )
    return not_applicable("keeps no state that shows")


def gone_with(found: StatefulSet) -> str:
    """What takes the claims of a set away, in words."""
    policy = found.spec.persistent_volume_claim_retention_policy
    if policy is None:
        return ""
    rows = (("whenDeleted", policy.when_deleted), ("whenScaled", policy.when_scaled))
    return ", ".join(f"{name} Delete: the claims go with the pods" for name, says in rows if says == "Delete")
