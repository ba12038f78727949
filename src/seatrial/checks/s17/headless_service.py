"""Every StatefulSet of stateful pods names an existing headless Service.

Why: The Service gives each pod of the set its name in DNS; without it the members do not find each other.

What proves it: ``spec.serviceName`` of each StatefulSet with volume claim templates, and that Service, whose
``clusterIP`` is None.

What it does not prove: That the Service's selector takes the set's pods.

How to fix: Create the Service with ``clusterIP: None`` under the name that the set gives.

References: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    UNKNOWN,
    Judgement,
    Services,
    StatefulSet,
    World,
    add,
    check,
    failed,
    not_applicable,
    passed,
    patch,
    refuse,
    remove,
    trap,
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

TRAPS = (
    trap("the Service is not there", FAIL, remove("Service shop/db")),
    trap(
        "the Service has an address of its own",
        FAIL,
        patch("Service shop/db", {"spec": {"clusterIP": "198.51.100.7"}}),
    ),
    trap(
        "a Service of that name in another namespace",
        FAIL,
        remove("Service shop/db"),
        add("""
apiVersion: v1
kind: Service
metadata: {name: db, namespace: cart}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
"""),
    ),
    trap("the set names none", FAIL, patch("StatefulSet shop/db", {"spec": {"serviceName": None}})),
    trap(
        "a set without volumes is not asked",
        NOT_APPLICABLE,
        patch("StatefulSet shop/db", {"spec": {"volumeClaimTemplates": None}}),
    ),
    trap("services cannot be listed", UNKNOWN, refuse("services")),
    trap("sets cannot be listed", UNKNOWN, refuse("statefulsets")),
)


@check(answers="headless-service")
def headless_service(found: StatefulSet, services: Services) -> Judgement:
    spec = found.object.spec
    if not spec.volume_claim_templates:
        return not_applicable("no volume claim templates")
    expected = "an existing Service with clusterIP None"
    if not spec.service_name:
        return failed("names no Service", expected, at="/spec/serviceName")
    service = services.find(found.namespace, spec.service_name)
    if service is None:
        return failed(f"Service {spec.service_name} does not exist", expected, at="/spec/serviceName")
    if service.spec.cluster_ip != "None":
        return failed(f"Service {spec.service_name} is not headless", expected, at="/spec/serviceName")
    return passed(f"headless Service {spec.service_name}", at="/spec/serviceName")
