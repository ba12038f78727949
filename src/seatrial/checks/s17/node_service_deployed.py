"""Every declared node service is deployed as a DaemonSet.

Why: Only a DaemonSet follows the nodes: a Deployment with as many replicas leaves the next node without.

What proves it: The DaemonSet that the profile names exists. One whose template names no priority class is remarked: on full
nodes its pods are the first to go.

What it does not prove: That its pods run where they must: the next two claims ask that.

How to fix: Deploy the service as a DaemonSet, or correct ``declares.nodeServices``.

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
    add,
    check,
    failed,
    passed,
    patch,
    profile,
    refuse,
    remove,
    trap,
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
    spec: {containers: [{name: agent, image: "log/agent:1.3"}], tolerations: [{operator: Exists}], priorityClassName: system-node-critical}
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

TRAPS = (
    trap("the DaemonSet is not there", FAIL, remove("DaemonSet kube-system/log-agent")),
    trap(
        "it runs as a Deployment of that name",
        FAIL,
        remove("DaemonSet kube-system/log-agent"),
        add("""
apiVersion: apps/v1
kind: Deployment
metadata: {name: log-agent, namespace: kube-system}
spec:
  replicas: 2
  selector: {matchLabels: {app: log-agent}}
  template:
    metadata: {labels: {app: log-agent}}
    spec: {containers: [{name: agent, image: "log/agent:1.3"}]}
"""),
    ),
    trap(
        "it stands in another namespace",
        FAIL,
        profile(
            {
                "declares": {
                    "nodeServices": [
                        {
                            "name": "logs",
                            "namespace": "logging",
                            "daemonSet": "log-agent",
                            "owner": "sre",
                            "reason": "logs",
                        }
                    ]
                }
            }
        ),
    ),
    trap(
        "it has no priority class, so full nodes may do without it",
        PASS,
        patch(
            "DaemonSet kube-system/log-agent", {"spec": {"template": {"spec": {"priorityClassName": None}}}}
        ),
        note="priority class",
    ),
    trap("nothing is declared", UNKNOWN, profile({"declares": None})),
    trap("DaemonSets cannot be listed", UNKNOWN, refuse("daemonsets")),
)


@check(answers="node-service-deployed", route="kube+profile", version=2)
def node_service_deployed(service: DeclaredNodeService, sets: DaemonSets) -> Judgement:
    declared = service.declared
    name = f"DaemonSet {declared.namespace}/{declared.daemon_set}"
    found = sets.find(declared.namespace, declared.daemon_set)
    if found is None:
        return failed(f"there is no {name}", "a DaemonSet")
    classless = not found.spec.template.spec.priority_class_name
    note = "its template names no priority class, so it may be evicted from full nodes" if classless else ""
    return passed(
        f"{name} exists", at="/spec/template/spec/priorityClassName" if not classless else (), note=note
    )
