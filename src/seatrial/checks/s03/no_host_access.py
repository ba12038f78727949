"""No pod outside the declared platform workloads uses host namespaces or hostPath volumes.

Why: In the network, process or IPC namespace of its node, or with a path of it mounted, a pod sees and changes what
belongs to other pods and to the node.

What proves it: The specs of running pods. Agents that need the node are declared in the profile, with owner and reason.

What it does not prove: That a volume plug-in, or a PersistentVolume of the type hostPath, does not mount the node behind
a claim.

How to fix: Remove ``hostNetwork``, ``hostPID``, ``hostIPC`` and hostPath volumes; declare a real node agent under
``declares.platformWorkloads``.

References: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from seatrial.kit import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Change,
    Judgement,
    PodGroup,
    World,
    add,
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
  containers: [{name: web, image: "shop/web:2.1"}]
status: {phase: Running}
""")
WEB = "Pod shop/web"


def spec(**fields: object) -> Change:
    return patch(WEB, {"spec": fields})


def declared(kind: str) -> Change:
    agent = {"kind": kind, "namespace": "shop", "name": "web", "owner": "ops", "reason": "node agent"}
    return profile({"declares": {"platformWorkloads": [agent]}})


TRAPS = (
    trap("the pod is in its node's network", FAIL, spec(hostNetwork=True)),
    trap("it sees the node's processes", FAIL, spec(hostPID=True)),
    trap("it shares the node's IPC", FAIL, spec(hostIPC=True)),
    trap("a hostPath volume, even of a harmless place", FAIL,
         spec(volumes=[{"name": "log", "hostPath": {"path": "/var/log"}}])),
    trap("a hostPath volume that no container mounts", FAIL,
         spec(volumes=[{"name": "spare", "hostPath": {"path": "/srv", "type": "Directory"}}])),
    trap("the opposite of hostUsers is no access", PASS, spec(hostUsers=False)),
    trap("a claim is not a path of the node", PASS,
         spec(volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}])),
    trap("a declared platform workload may", NOT_APPLICABLE, spec(hostNetwork=True), declared("Pod")),
    trap("a declaration for another one does not help", FAIL, spec(hostNetwork=True), declared("DaemonSet")),
    trap("a pod of a platform namespace may", PASS, add("""
apiVersion: v1
kind: Pod
metadata: {name: proxy, namespace: kube-system}
spec: {hostNetwork: true, containers: [{name: proxy, image: "net/proxy:1"}]}
status: {phase: Running}
""")),
    trap("a static pod's mirror is apart", NOT_APPLICABLE,
         spec(hostNetwork=True, nodeName="n1"),
         patch(WEB, {"metadata": {"annotations": {"kubernetes.io/config.mirror": "f0"}}})),
    trap("a pod that is done counts no more", NOT_APPLICABLE, spec(hostNetwork=True),
         patch(WEB, {"status": {"phase": "Succeeded"}})),
    trap("pods cannot be listed", UNKNOWN, refuse("pods")),
)  # fmt: skip


@check(answers="no-host-access", route="kube+profile")
def no_host_access(pod: PodGroup) -> Judgement:
    spec = pod.pod.spec
    namespaces = {"hostNetwork": spec.host_network, "hostPID": spec.host_pid, "hostIPC": spec.host_ipc}
    used = [(f"{name} true", f"/spec/{name}") for name, on in namespaces.items() if on]
    used += [
        (f"hostPath {volume.host_path.path}", f"/spec/volumes/{index}/hostPath")
        for index, volume in enumerate(spec.volumes)
        if volume.host_path is not None
    ]
    if not used:
        return passed("no host namespace, no hostPath")
    says = ", ".join(what for what, _ in used)
    return failed(says, "no host namespace, no hostPath", at=tuple(at for _, at in used))
