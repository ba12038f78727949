"""Every StatefulSet of stateful pods names an existing headless Service.

Why: The Service gives each pod of the set its name in DNS; without it the members do not find each other.

What proves it: ``spec.serviceName`` of each StatefulSet with volume claim templates, or that the profile declares stateful,
and that Service, whose ``clusterIP`` is None. A Service whose selector does not take the set's pods is remarked.

What it does not prove: That its members ask for each other by these names.

How to fix: Create the Service with ``clusterIP: None`` under the name that the set gives.

References: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Judgement,
    Profile,
    Services,
    StatefulSet,
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
    trap,
)
from seatrial.semantics.selectors import matches_map

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
SERVICE = "Service shop/db"
NO_TEMPLATES = patch(DB, {"spec": {"volumeClaimTemplates": None}})
TRAPS = (
    trap("the Service is not there", FAIL, remove(SERVICE)),
    trap("the Service has an address of its own", FAIL, patch(SERVICE, {"spec": {"clusterIP": "198.51.100.7"}})),
    trap("the Service is another name for something outside", FAIL,
         patch(SERVICE, {"spec": {"clusterIP": None, "type": "ExternalName", "externalName": "db.example.org"}})),
    trap("a Service of that name in another namespace", FAIL, remove(SERVICE), add("""
apiVersion: v1
kind: Service
metadata: {name: db, namespace: cart}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
""")),
    trap("the set names none", FAIL, patch(DB, {"spec": {"serviceName": None}})),
    trap("the Service takes other pods", PASS, patch(SERVICE, {"spec": {"selector": {"app": "dbs"}}}), note="selector"),
    trap("a set without volumes is not asked", NOT_APPLICABLE, NO_TEMPLATES, remove(SERVICE)),
    trap("a set that is declared stateful is asked without volumes", FAIL, NO_TEMPLATES, remove(SERVICE),
         profile({"declares": {"statefulWorkloads": [{"kind": "StatefulSet", "namespace": "shop", "name": "db", "owner": "shop", "reason": "a database"}]}})),
    trap("services cannot be listed", UNKNOWN, refuse("services")),
    trap("sets cannot be listed", UNKNOWN, refuse("statefulsets")),
)  # fmt: skip


@check(answers="headless-service", version=2)
def headless_service(found: StatefulSet, services: Services, profile: Profile) -> Judgement:
    spec = found.object.spec
    declared = any(row.names(found.subject) for row in profile.declares.stateful_workloads)
    if not spec.volume_claim_templates and not declared:
        return not_applicable("no volume claim templates")
    expected = "an existing Service with clusterIP None"
    at = "/spec/serviceName"
    if not spec.service_name:
        return failed("names no Service", expected, at=at)
    service = services.find(found.namespace, spec.service_name)
    if service is None:
        return failed(f"Service {spec.service_name} does not exist", expected, at=at)
    if service.spec.cluster_ip != "None":
        return failed(f"Service {spec.service_name} is not headless", expected, at=at)
    takes = matches_map(service.spec.selector, spec.template.metadata.labels)
    note = "" if takes else "the Service's selector does not take the set's pods"
    return passed(f"headless Service {spec.service_name}", at=at, note=note)
