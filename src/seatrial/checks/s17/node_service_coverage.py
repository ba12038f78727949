"""Every declared node service is scheduled on each node that it must cover.

Why: A DaemonSet covers the nodes that its own selector and tolerations let it see; those it cannot see do not show in its
status, which then reads 0 of 0 ready.

What proves it: The nodes of the cluster with the labels that the profile gives, less virtual nodes and other systems,
against the nodes that the service's pods run on. Nodes that are cordoned or not ready are excused.

What it does not prove: That the pods do their work.

How to fix: Give the DaemonSet tolerations (``operator: Exists``) and no selector that leaves nodes out.

References: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    DeclaredNodeService,
    Judgement,
    Nodes,
    Subject,
    Workloads,
    World,
    add,
    check,
    failed,
    passed,
    patch,
    profile,
    refuse,
    remove,
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

THIRD = """
apiVersion: v1
kind: Node
metadata: {name: n3, labels: {kubernetes.io/os: %s, pool: gpu, type: %s}}
spec: {unschedulable: %s, taints: [{key: gpu, effect: NoSchedule}]}
status: {conditions: [{type: Ready, status: "%s"}]}
"""
TRAPS = (
    trap(
        "a tainted pool is not covered, and the set's own status looks whole",
        FAIL,
        add(THIRD % ("linux", "machine", "false", "True")),
    ),
    trap(
        "no node is covered: 0 of 0",
        FAIL,
        remove("Pod kube-system/log-agent-n1"),
        remove("Pod kube-system/log-agent-n2"),
        patch("DaemonSet kube-system/log-agent", {"status": {"desiredNumberScheduled": 0, "numberReady": 0}}),
    ),
    trap(
        "a pod that waits for its node covers none",
        FAIL,
        patch("Pod kube-system/log-agent-n2", {"spec": {"nodeName": None}, "status": {"phase": "Pending"}}),
    ),
    trap(
        "a virtual node cannot be covered", PASS, add(THIRD % ("linux", "virtual-kubelet", "false", "True"))
    ),
    trap("a Windows node needs another agent", PASS, add(THIRD % ("windows", "machine", "false", "True"))),
    trap("a cordoned node is excused", PASS, add(THIRD % ("linux", "machine", "true", "True")), note="n3"),
    trap(
        "a node that is not ready is excused",
        PASS,
        add(THIRD % ("linux", "machine", "false", "Unknown")),
        note="n3",
    ),
    trap(
        "the profile asks for some nodes only",
        PASS,
        add(THIRD % ("linux", "machine", "false", "True")),
        profile(
            {
                "declares": {
                    "nodeServices": [
                        {
                            "name": "logs",
                            "namespace": "kube-system",
                            "daemonSet": "log-agent",
                            "nodes": {"kubernetes.io/hostname": "n1"},
                            "owner": "sre",
                            "reason": "one node",
                        }
                    ]
                }
            }
        ),
    ),
    trap(
        "no node has the labels that it must cover",
        UNKNOWN,
        profile(
            {
                "declares": {
                    "nodeServices": [
                        {
                            "name": "logs",
                            "namespace": "kube-system",
                            "daemonSet": "log-agent",
                            "nodes": {"pool": "none"},
                            "owner": "sre",
                            "reason": "logs",
                        }
                    ]
                }
            }
        ),
    ),
    trap("nothing is declared", UNKNOWN, profile({"declares": None})),
    trap("nodes cannot be listed", UNKNOWN, refuse("nodes")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)


@check(answers="node-service-coverage", route="kube+profile")
def node_service_coverage(service: DeclaredNodeService, nodes: Nodes, workloads: Workloads) -> Judgement:
    declared = service.declared
    wanted, excused = nodes.to_cover(declared.nodes)
    owner = Subject("DaemonSet", declared.daemon_set, declared.namespace, "apps")
    covered = {
        name for group in workloads.all(declared.namespace) if group.subject == owner for name in group.nodes
    }
    if not wanted:
        return unknown(
            "no node has the labels that it must cover", "correct declares.nodeServices in seatrial.yaml"
        )
    missing = sorted({node.name for node in wanted} - covered)
    if missing:
        return failed(
            f"not on {', '.join(missing[:5])} ({len(missing)} of {len(wanted)} nodes)", "a pod on every node"
        )
    left = sorted({node.name for node in excused} - covered)
    note = f"not asked now, cordoned or not ready: {', '.join(left)}" if left else ""
    return passed(f"a pod on all {len(wanted)} nodes", note=note)
