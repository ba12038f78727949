"""No pod outside the declared platform workloads uses host namespaces or hostPath volumes.

Why: In the network, process or IPC namespace of its node, or with a path of it mounted, a pod sees and changes what
belongs to other pods and to the node.

What proves it: The specs of running pods. Agents that need the node are declared in the profile, with owner and reason.

What it does not prove: That a volume plug-in does not mount the node behind a claim.

How to fix: Remove ``hostNetwork``, ``hostPID``, ``hostIPC`` and hostPath volumes; declare a real node agent under
``declares.platformWorkloads``.

References: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    UNKNOWN,
    Judgement,
    PodGroup,
    World,
    check,
    failed,
    passed,
    patch,
    profile,
    refuse,
    trap,
)

GOOD = World("""
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  volumes: [{name: tmp, emptyDir: {}}]
  initContainers:
  - {name: migrate, image: "shop/migrate:1.4", securityContext: {allowPrivilegeEscalation: false}}
  containers:
  - {name: web, image: "shop/web:2.1", securityContext: {allowPrivilegeEscalation: false}}
status: {phase: Running}
""")

TRAPS = (
    trap("the pod is in its node's network", FAIL, patch("Pod shop/web", {"spec": {"hostNetwork": True}})),
    trap("it sees the node's processes", FAIL, patch("Pod shop/web", {"spec": {"hostPID": True}})),
    trap("it shares the node's IPC", FAIL, patch("Pod shop/web", {"spec": {"hostIPC": True}})),
    trap(
        "a hostPath volume, even of a harmless place",
        FAIL,
        patch("Pod shop/web", {"spec": {"volumes": [{"name": "log", "hostPath": {"path": "/var/log"}}]}}),
    ),
    trap(
        "a declared platform workload may",
        NOT_APPLICABLE,
        patch("Pod shop/web", {"spec": {"hostNetwork": True}}),
        profile(
            {
                "declares": {
                    "platformWorkloads": [
                        {
                            "kind": "Pod",
                            "namespace": "shop",
                            "name": "web",
                            "owner": "ops",
                            "reason": "node agent",
                        }
                    ]
                }
            }
        ),
    ),
    trap(
        "a declaration for another one does not help",
        FAIL,
        patch("Pod shop/web", {"spec": {"hostNetwork": True}}),
        profile(
            {
                "declares": {
                    "platformWorkloads": [
                        {
                            "kind": "DaemonSet",
                            "namespace": "shop",
                            "name": "web",
                            "owner": "ops",
                            "reason": "node agent",
                        }
                    ]
                }
            }
        ),
    ),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)


@check(answers="no-host-access", route="kube+profile")
def no_host_access(pod: PodGroup) -> Judgement:
    spec = pod.pod.spec
    used = [
        (f"{name} true", f"/spec/{name}")
        for name, value in (
            ("hostNetwork", spec.host_network),
            ("hostPID", spec.host_pid),
            ("hostIPC", spec.host_ipc),
        )
        if value
    ]
    used += [
        (f"hostPath {volume.host_path.path}", f"/spec/volumes/{index}/hostPath")
        for index, volume in enumerate(spec.volumes)
        if volume.host_path is not None
    ]
    if not used:
        return passed("no host namespace, no hostPath")
    return failed(", ".join(says for says, _ in used), "none of its node", at=tuple(at for _, at in used))
