"""Every stateful pod is owned by a StatefulSet with volume claim templates or by a known operator.

Why: A Deployment that owns a volume of one writer deadlocks when it rolls out, and its pods have no name to come back to.

What proves it: For each running pod that mounts a ReadWriteOnce claim, its top owner: a StatefulSet with
volumeClaimTemplates. An image that looks like a database's, without a claim, raises the question and decides nothing.

What it does not prove: That the volume is kept when the set goes, or backed up.

How to fix: Move the workload to a StatefulSet or to an operator for it; declare an opt-out with the reason for what
keeps no state, such as a cache.

References: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
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

BARE = """
apiVersion: v1
kind: Pod
metadata: {name: %s, namespace: shop}
spec:
  containers: [{name: main, image: "%s"}]
  volumes: [%s]
status: {phase: Running}
"""
CLAIM = "{name: data, persistentVolumeClaim: {claimName: data-db-0}}"
TRAPS = (
    trap("a bare pod with a claim of one writer", FAIL, add(BARE % ("tool", "shop/tool:1", CLAIM))),
    trap(
        "a set without claim templates shares one claim",
        FAIL,
        patch("StatefulSet shop/db", {"spec": {"volumeClaimTemplates": None}}),
    ),
    trap(
        "a database's image without any claim raises a question",
        UNKNOWN,
        add(BARE % ("cache", "registry.example:5000/redis:7.2", "{name: data, emptyDir: {}}")),
    ),
    trap(
        "a declared opt-out answers it",
        PASS,
        add(BARE % ("cache", "redis:7.2", "{name: data, emptyDir: {}}")),
        profile(
            {
                "declares": {
                    "optOuts": [
                        {
                            "claim": "stateful-pod-owner",
                            "kind": "Pod",
                            "namespace": "shop",
                            "name": "cache",
                            "owner": "shop",
                            "reason": "a cache that may be lost",
                        }
                    ]
                }
            }
        ),
    ),
    trap(
        "a claim of many writers is no trouble",
        PASS,
        add(BARE % ("files", "shop/files:1", "{name: data, persistentVolumeClaim: {claimName: shared}}")),
        add("""
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: shared, namespace: shop}
spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
"""),
    ),
    trap(
        "a job comes and goes, and keeps no state of its own",
        PASS,
        add("""
apiVersion: v1
kind: Pod
metadata:
  name: backup
  namespace: shop
  ownerReferences: [{apiVersion: batch/v1, kind: Job, name: backup, uid: 9b, controller: true}]
spec:
  restartPolicy: Never
  containers: [{name: main, image: "shop/backup:1"}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data-db-0}}]
status: {phase: Running}
"""),
    ),
    trap(
        "an operator that this version cannot judge may own it",
        UNKNOWN,
        add(BARE % ("tool", "shop/tool:1", CLAIM)),
        serve("postgresql.cnpg.io/v1", "clusters"),
    ),
    trap(
        "the claim went while the lists were read",
        UNKNOWN,
        remove("PersistentVolumeClaim shop/data-db-0"),
        patch("StatefulSet shop/db", {"spec": {"volumeClaimTemplates": None}}),
    ),
    trap("no stateful pod at all", UNKNOWN, remove("Pod shop/db-0")),
    trap(
        "claims cannot be listed",
        UNKNOWN,
        refuse("persistentvolumeclaims"),
        patch("StatefulSet shop/db", {"spec": {"volumeClaimTemplates": None}}),
    ),
    trap("sets cannot be listed", UNKNOWN, refuse("statefulsets")),
)

SINGLE_WRITER = frozenset({"ReadWriteOnce", "ReadWriteOncePod"})


@check(answers="stateful-pod-owner", via="statefulset")
def stateful_pod_owner(
    pod: PodGroup, sets: StatefulSets, claims: VolumeClaims, profile: Profile
) -> Judgement:
    owner = pod.owner
    if owner.kind == "StatefulSet":
        found = sets.find(owner.namespace, owner.name)
        if found is not None and found.spec.volume_claim_templates:
            return passed(f"StatefulSet {owner.name} with volume claim templates")
    if owner.kind in {"Job", "CronJob"}:
        return not_applicable("a job")
    if any(row.claim == "stateful-pod-owner" and row.names(owner) for row in profile.declares.opt_outs):
        return not_applicable("declared to keep no state")
    mounted = [(name, claims.find(pod.namespace, name)) for member in pod.pods for name in member.claims]
    for name, claim in mounted:
        if claim is None:
            return unknown(f"claim {name} went while the lists were read", "run again")
        modes = SINGLE_WRITER & set(claim.spec.access_modes)
        if modes:
            return failed(
                f"{owner.kind} {owner.name} mounts {name} ({', '.join(sorted(modes))})",
                "a StatefulSet with volume claim templates, or an operator",
                at="/spec/volumes",
            )
    hints = {image_hint for row in pod.pod.spec.containers if (image_hint := images.database_hint(row.image))}
    if hints:
        cure = "say under declares.optOuts which databases keep no state, or move them to StatefulSets"
        return unknown(f"the image looks like {', '.join(sorted(hints))}, without a volume claim", cure)
    return not_applicable("keeps no state that shows")
