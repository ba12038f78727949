"""Every scheduled pod of a declared node service is ready.

Why: A node whose agent does not run is blind, or without network.

What proves it: The DaemonSet's status, when the controller has seen the newest spec: as many ready as desired, none where
it should not be, none left on an old revision under OnDelete. A status that desires none proves nothing. Pods that are not
ready on nodes that are cordoned, not ready, virtual or of another system are remarked.

What it does not prove: That every node is covered: claim node-service-coverage counts the nodes.

How to fix: Look at the pods that are not ready; restart those of an old revision.

References: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Change,
    DaemonSets,
    DeclaredNodeService,
    Judgement,
    Nodes,
    Subject,
    Workloads,
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
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
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
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
""",
    profile="""
declares:
  nodeServices:
  - {name: logs, namespace: kube-system, daemonSet: log-agent, owner: sre, reason: every node writes logs}
""",
)

SET = "DaemonSet kube-system/log-agent"
SECOND = "Pod kube-system/log-agent-n2"


def unready(node: str | None = None, **fields: object) -> tuple[Change, ...]:
    """The pod on n2 is not ready; the node n2 is changed."""
    counted = patch(SET, {"status": {"numberReady": 1, "numberAvailable": 1, "numberUnavailable": 1}})
    pod = patch(SECOND, {"status": {"conditions": [{"type": "Ready", "status": "False"}]}})
    return (counted, pod, *([patch("Node n2", {node: fields})] if node else []))


TRAPS = (
    trap("one of two is not ready", FAIL, *unready()),
    trap("one of two is not there", FAIL, patch(SET, {"status": {"numberReady": 1, "numberAvailable": 1}}), remove(SECOND)),
    trap("the one that is not ready is on a node that is not", PASS,
         *unready("status", conditions=[{"type": "Ready", "status": "Unknown"}]), note="n2"),
    trap("the one that is not ready is on a cordoned node", PASS, *unready("spec", unschedulable=True), note="n2"),
    trap("the one that is not ready is on a virtual node", PASS,
         *unready("metadata", labels={"type": "virtual-kubelet"}), note="n2"),
    trap("the one that is not ready is on a Windows node", PASS,
         *unready("metadata", labels={"kubernetes.io/os": "windows"}), note="n2"),
    trap("a cordoned node excuses its own pod, not another one's", FAIL, *unready(), patch("Node n1", {"spec": {"unschedulable": True}})),
    trap("0 of 0 looks ready", FAIL, patch(SET, {"status": {"desiredNumberScheduled": 0, "numberReady": 0}})),
    trap("a pod runs where it should not", FAIL, patch(SET, {"status": {"numberMisscheduled": 1}})),
    trap("old revisions stay under OnDelete", FAIL,
         patch(SET, {"spec": {"updateStrategy": {"type": "OnDelete"}}, "status": {"updatedNumberScheduled": 1}})),
    trap("OnDelete, and all are of the newest revision", PASS, patch(SET, {"spec": {"updateStrategy": {"type": "OnDelete"}}})),
    trap("a rolling update that is under way is no fault", PASS, patch(SET, {"status": {"updatedNumberScheduled": 1}}), note="updated"),
    trap("the controller has not seen its newest spec", UNKNOWN, patch(SET, {"metadata": {"generation": 2}})),
    trap("the DaemonSet is not there", FAIL, remove(SET)),
    trap("nothing is declared", UNKNOWN, profile({"declares": None})),
    trap("DaemonSets cannot be listed", UNKNOWN, refuse("daemonsets")),
    trap("one is not ready, and nodes cannot be listed", UNKNOWN, *unready(), refuse("nodes")),
    trap("one is not ready, and pods cannot be listed", UNKNOWN, *unready(), refuse("pods")),
)  # fmt: skip


@check(answers="node-service-ready", route="kube+profile", version=2)
def node_service_ready(
    service: DeclaredNodeService, sets: DaemonSets, nodes: Nodes, workloads: Workloads
) -> Judgement:
    declared = service.declared
    found = sets.find(declared.namespace, declared.daemon_set)
    if found is None:
        return failed(f"there is no DaemonSet {declared.namespace}/{declared.daemon_set}", "a DaemonSet")
    status = seen(found.status, "the status of DaemonSets")
    if status.observed_generation < found.metadata.generation:
        return unknown(
            "the controller has not seen its newest spec", "wait for the controller, then run again"
        )
    desired, ready, updated = (
        status.desired_number_scheduled,
        status.number_ready,
        status.updated_number_scheduled,
    )
    if not desired:
        return failed("its selector matches no node (0 of 0)", "pods on nodes", at="/status")
    if status.number_misscheduled:
        observed = f"{status.number_misscheduled} pods run where they should not"
        return failed(observed, "none misscheduled", at="/status/numberMisscheduled")
    if updated < desired and found.spec.update_strategy.type == "OnDelete":
        observed = f"{desired - updated} pods of an old revision stay (OnDelete)"
        return failed(observed, "one revision on all nodes", at="/status/updatedNumberScheduled")
    notes = [f"{updated} of {desired} updated"] if updated < desired else []
    if ready < desired:
        owner = Subject("DaemonSet", declared.daemon_set, declared.namespace, "apps")
        excused = nodes.excused(declared.nodes)
        waiting = sorted(
            row.node for row in workloads.members(owner) if not row.ready and row.node in excused
        )
        if ready + len(waiting) < desired:
            return failed(f"{ready} of {desired} ready", "all ready", at="/status/numberReady")
        notes.append(
            f"not asked now, on nodes that are cordoned, not ready or not for it: {', '.join(waiting)}"
        )
    return passed(f"{ready} of {desired} ready", at="/status/numberReady", note="; ".join(notes))
