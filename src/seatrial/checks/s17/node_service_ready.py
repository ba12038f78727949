"""Every scheduled pod of a declared node service is ready.

Why: A node whose agent does not run is blind, or without network.

What proves it: The DaemonSet's status, when the controller has seen the newest spec: as many ready as desired, none where
it should not be, none left on an old revision under OnDelete. A status that desires none proves nothing.

What it does not prove: That every node is covered: claim node-service-coverage counts the nodes.

How to fix: Look at the pods that are not ready; restart those of an old revision.

References: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    DaemonSets,
    DeclaredNodeService,
    Judgement,
    World,
    check,
    failed,
    passed,
    patch,
    profile,
    refuse,
    remove,
    seen,
    trap,
    unknown,
)

GOOD = World(
    """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: log-agent, namespace: kube-system, generation: 1}
spec:
  selector: {matchLabels: {app: log-agent}}
  template:
    metadata: {labels: {app: log-agent}}
    spec: {containers: [{name: agent, image: "log/agent:1.3"}], tolerations: [{operator: Exists}]}
status: {observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 2, numberReady: 2, numberAvailable: 2, numberMisscheduled: 0}
---
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {kubernetes.io/os: linux, kubernetes.io/hostname: n1}}
status: {conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: log-agent-n1
  namespace: kube-system
  labels: {app: log-agent}
  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: log-agent, uid: 4e, controller: true}]
spec: {nodeName: n1, containers: [{name: agent, image: "log/agent:1.3"}]}
status: {phase: Running}
---
apiVersion: v1
kind: Node
metadata: {name: n2, labels: {kubernetes.io/os: linux, kubernetes.io/hostname: n2}}
status: {conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: log-agent-n2
  namespace: kube-system
  labels: {app: log-agent}
  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: log-agent, uid: 4e, controller: true}]
spec: {nodeName: n2, containers: [{name: agent, image: "log/agent:1.3"}]}
status: {phase: Running}
""",
    profile="""
declares:
  nodeServices:
  - {name: logs, namespace: kube-system, daemonSet: log-agent, owner: sre, reason: every node writes logs}
""",
)

SET = "DaemonSet kube-system/log-agent"
TRAPS = (
    trap("one of two is not ready", FAIL, patch(SET, {"status": {"numberReady": 1}})),
    trap("0 of 0 looks ready", FAIL, patch(SET, {"status": {"desiredNumberScheduled": 0, "numberReady": 0}})),
    trap("a pod runs where it should not", FAIL, patch(SET, {"status": {"numberMisscheduled": 1}})),
    trap(
        "old revisions stay under OnDelete",
        FAIL,
        patch(
            SET, {"spec": {"updateStrategy": {"type": "OnDelete"}}, "status": {"updatedNumberScheduled": 1}}
        ),
    ),
    trap(
        "a rolling update that is under way is no fault",
        PASS,
        patch(SET, {"status": {"updatedNumberScheduled": 1}}),
        note="updated",
    ),
    trap("the controller has not seen its newest spec", UNKNOWN, patch(SET, {"metadata": {"generation": 2}})),
    trap("the DaemonSet is not there", FAIL, remove(SET)),
    trap("nothing is declared", UNKNOWN, profile({"declares": None})),
    trap("DaemonSets cannot be listed", UNKNOWN, refuse("daemonsets")),
)


@check(answers="node-service-ready", route="kube+profile")
def node_service_ready(service: DeclaredNodeService, sets: DaemonSets) -> Judgement:
    declared = service.declared
    found = sets.find(declared.namespace, declared.daemon_set)
    if found is None:
        return failed(f"there is no DaemonSet {declared.namespace}/{declared.daemon_set}", "a DaemonSet")
    status = seen(found.status, "the status of DaemonSets")
    if status.observed_generation < found.metadata.generation:
        return unknown(
            "the controller has not seen its newest spec", "wait for the controller, then run again"
        )
    desired, updated = status.desired_number_scheduled, status.updated_number_scheduled
    if not desired:
        return failed("its selector matches no node (0 of 0)", "pods on nodes")
    if status.number_ready < desired:
        return failed(f"{status.number_ready} of {desired} ready", "all ready")
    if status.number_misscheduled:
        return failed(f"{status.number_misscheduled} pods run where they should not", "none misscheduled")
    if updated < desired and found.spec.update_strategy.type == "OnDelete":
        return failed(
            f"{desired - updated} pods of an old revision stay (OnDelete)", "one revision on all nodes"
        )
    note = f"{updated} of {desired} updated" if updated < desired else ""
    return passed(f"{desired} of {desired} ready", note=note)
