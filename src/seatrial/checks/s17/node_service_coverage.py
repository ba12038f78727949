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
    Change,
    DaemonSets,
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

SET = "DaemonSet kube-system/log-agent"
THIRD = """
apiVersion: v1
kind: Node
metadata: {name: n3, labels: {kubernetes.io/os: %s, pool: gpu, type: %s}}
spec: {unschedulable: %s, taints: [{key: %s, effect: NoSchedule}]}
status: {conditions: [{type: Ready, status: "%s"}]}
"""


def third(
    os: str = "linux", type: str = "machine", cordoned: str = "false", taint: str = "gpu", ready: str = "True"
) -> Change:
    """A node n3, on which no pod of the service runs."""
    return add(THIRD % (os, type, cordoned, taint, ready))


def nodes(**labels: str) -> Change:
    """The service must cover the nodes with these labels only."""
    row = {
        "name": "logs",
        "namespace": "kube-system",
        "daemonSet": "log-agent",
        "owner": "sre",
        "reason": "logs",
    }
    return profile({"declares": {"nodeServices": [{**row, "nodes": labels}]}})


ON_THIRD = add("""
apiVersion: v1
kind: Pod
metadata:
  name: log-agent-n3
  namespace: kube-system
  labels: {app: log-agent}
  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: log-agent, uid: 4e, controller: true}]
spec: {nodeName: n3, containers: [{name: agent, image: "log/agent:1.3"}]}
status: {phase: Running}
""")
GONE = (remove("Pod kube-system/log-agent-n1"), remove("Pod kube-system/log-agent-n2"))
TRAPS = (
    trap("a tainted pool is not covered, and the set's own status looks whole", FAIL, third()),
    trap("a tainted control plane is not covered", FAIL, third(taint="node-role.kubernetes.io/control-plane")),
    trap("a tainted pool is covered too", PASS, third(), ON_THIRD),
    trap("its selector leaves a pool out, and its own status looks whole", FAIL,
         patch(SET, {"spec": {"template": {"spec": {"nodeSelector": {"kubernetes.io/hostname": "n1"}}}}}),
         patch(SET, {"status": {"desiredNumberScheduled": 1, "currentNumberScheduled": 1, "numberReady": 1}}),
         remove("Pod kube-system/log-agent-n2")),
    trap("no node is covered: 0 of 0", FAIL, *GONE,
         patch(SET, {"status": {"desiredNumberScheduled": 0, "currentNumberScheduled": 0, "numberReady": 0}})),
    trap("a pod that waits for its node covers none", FAIL,
         patch("Pod kube-system/log-agent-n2", {"spec": {"nodeName": None}, "status": {"phase": "Pending"}})),
    trap("a pod that starts on its node covers it", PASS,
         patch("Pod kube-system/log-agent-n2", {"status": {"phase": "Pending"}})),
    trap("a pod that failed on its node covers it no more", FAIL,
         patch("Pod kube-system/log-agent-n2", {"status": {"phase": "Failed"}})),
    trap("the pod of another owner covers none", FAIL,
         patch("Pod kube-system/log-agent-n2", {"metadata": {"ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "log-agent", "uid": "4f", "controller": True}]}})),
    trap("the DaemonSet is not there, and its pods are about to go", FAIL, remove(SET)),
    trap("a virtual node cannot be covered", PASS, third(type="virtual-kubelet")),
    trap("a virtual node by its taint cannot be covered", PASS, third(taint="virtual-kubelet.io/provider")),
    trap("a Windows node needs another agent", PASS, third(os="windows")),
    trap("the agent of Windows nodes is missing on one", FAIL, third(os="windows"), nodes(**{"kubernetes.io/os": "windows"})),
    trap("a cordoned node is excused", PASS, third(cordoned="true"), note="n3"),
    trap("a node that is not ready is excused", PASS, third(ready="Unknown"), note="n3"),
    trap("every node that it must cover is cordoned", UNKNOWN, third(cordoned="true"), nodes(pool="gpu")),
    trap("the profile asks for some nodes only", PASS, third(), nodes(**{"kubernetes.io/hostname": "n1"})),
    trap("the profile asks for the nodes that it leaves out", FAIL, third(), nodes(pool="gpu")),
    trap("no node has the labels that it must cover", UNKNOWN, nodes(pool="none")),
    trap("nothing is declared", UNKNOWN, profile({"declares": None})),
    trap("nodes cannot be listed", UNKNOWN, refuse("nodes")),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
    trap("DaemonSets cannot be listed", UNKNOWN, refuse("daemonsets")),
)  # fmt: skip


@check(answers="node-service-coverage", route="kube+profile", version=2)
def node_service_coverage(
    service: DeclaredNodeService, nodes: Nodes, sets: DaemonSets, workloads: Workloads
) -> Judgement:
    declared = service.declared
    if sets.find(declared.namespace, declared.daemon_set) is None:
        return failed(f"there is no DaemonSet {declared.namespace}/{declared.daemon_set}", "a DaemonSet")
    wanted, excused = nodes.to_cover(declared.nodes)
    owner = Subject("DaemonSet", declared.daemon_set, declared.namespace, "apps")
    covered = {member.node for member in workloads.members(owner)}
    if not wanted and excused:
        return unknown(
            "every node that it must cover is cordoned or not ready", "run again when nodes are back"
        )
    if not wanted:
        return unknown(
            "no node has the labels that it must cover", "correct declares.nodeServices in seatrial.yaml"
        )
    missing = sorted({node.name for node in wanted} - covered)
    if missing:
        observed = f"not on {', '.join(missing[:5])} ({len(missing)} of {len(wanted)} nodes)"
        return failed(observed, "a pod on every node", at="/spec/template/spec")
    left = sorted({node.name for node in excused} - covered)
    note = f"not asked now, cordoned or not ready: {', '.join(left)}" if left else ""
    return passed(f"a pod on all {len(wanted)} nodes", note=note)
