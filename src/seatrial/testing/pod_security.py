"""Pods that break each control of the Pod Security Standards, and in which versions they break it.

The table is written by hand: the units compare the evaluator with it, and the worlds compare the evaluator with the
admission of a real API server, so that all three must agree. Each case is a change of a pod that breaks nothing.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from seatrial.testing.worlds import merge

Json = dict[str, Any]

END = 1000
"""A minor version that will not come: what has no end."""

HARMLESS: Json = {
    "name": "web",
    "image": "shop/web:2.1",
    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
}
COMPLIANT: Json = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [HARMLESS],
    },
}
"""Meets the restricted standard of every version."""


class Broken(Struct, frozen=True):
    """A control that is broken, at the level and in the versions ``since`` <= minor < ``until``."""

    control: str
    level: str
    since: int = 0
    until: int = END


class Case(Struct, frozen=True):
    """A pod, and what it breaks. ``stored``: no server takes it anew, so it can only stand there from before."""

    name: str
    pod: Json
    broken: tuple[Broken, ...]
    stored: bool = False

    def breaks(self, level: str, minor: int) -> set[str]:
        """The controls that it breaks of a level in version 1.``minor``."""
        return {row.control for row in self.broken if row.level == level and row.since <= minor < row.until}


def both(control: str, since: int = 0, until: int = END) -> tuple[Broken, ...]:
    """Broken at both levels."""
    return baseline(control, since, until) + restricted(control, since, until)


def baseline(control: str, since: int = 0, until: int = END) -> tuple[Broken, ...]:
    return (Broken(control, "baseline", since, until),)


def restricted(control: str, since: int = 0, until: int = END) -> tuple[Broken, ...]:
    return (Broken(control, "restricted", since, until),)


def pod(
    spec: Mapping[str, object] | None = None,
    *,
    container: Mapping[str, object] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Json:
    """The compliant pod, changed: None takes away."""
    change = {
        "metadata": {"annotations": dict(annotations or {})},
        "spec": {**(spec or {}), "containers": [{"name": "web", **(container or {})}]},
    }
    return dict(merge(COMPLIANT, change))


def secured(**context: object) -> Json:
    """The pod with its own security context changed."""
    return pod({"securityContext": context})


def contained(**context: object) -> Json:
    """The pod with its container's security context changed."""
    return pod(container={"securityContext": context})


def beside(kind: str, **change: object) -> Json:
    """The pod with a second container of a kind: as harmless as the first, but for the change."""
    return pod({kind: [merge(HARMLESS, {"name": "second", **change})]})


def mixed(one: Json, other: Json) -> Json:
    """One pod with what the other sets laid over it, and with the other's containers started before its own."""
    spec = {key: value for key, value in other["spec"].items() if not key.endswith("ontainers")}
    before = [{**row, "name": f"before-{row['name']}"} for row in other["spec"]["containers"]]
    return dict(merge(one, {"metadata": other["metadata"], "spec": {**spec, "initContainers": before}}))


ESCALATION = restricted("allowPrivilegeEscalation", 8)
ROOT = restricted("runAsNonRoot")
USER_0 = restricted("runAsUser", 23)
NOT_DROPPED = restricted("capabilities", 22)
NO_SECCOMP = restricted("seccompProfile", 19)
UNCONFINED = both("seccompProfile", 19)
PRIVILEGED = {"privileged": True, "allowPrivilegeEscalation": None}
WINDOWS: Json = {
    "os": {"name": "windows"},
    "securityContext": {"seccompProfile": None},
    "containers": [{"name": "web", "securityContext": None}],
}
EXCUSED_LATER = (
    restricted("allowPrivilegeEscalation", 8, 25)
    + restricted("capabilities", 22, 25)
    + restricted("seccompProfile", 19, 25)
)
SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP_OF = "container.seccomp.security.alpha.kubernetes.io/"
APPARMOR_OF = "container.apparmor.security.beta.kubernetes.io/"


def _windows(**context: object) -> Json:
    return dict(merge(merge(COMPLIANT, {"spec": WINDOWS}), {"spec": {"securityContext": context}}))


def _probe(name: str, **action: object) -> Json:
    return pod(container={name: action})


def _hook(name: str, **action: object) -> Json:
    return pod(container={"lifecycle": {name: action}})


def _volume(kind: str, source: Mapping[str, object]) -> Json:
    return pod({"volumes": [{"name": "data", kind: source}]})


def _annotated(key: str, value: str) -> Json:
    """A server wants the annotation and the field of the same place to agree, so that the field stands elsewhere."""
    return pod(
        {"securityContext": {"seccompProfile": None}},
        container={"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}},
        annotations={key: value},
    )


def _sysctl(name: str) -> Json:
    return secured(sysctls=[{"name": name, "value": "1"}])


ALONE = (
    Case("nothing", pod(), ()),
    Case("no security context at all",
         pod({"securityContext": None}, container={"securityContext": None}),
         ESCALATION + ROOT + NOT_DROPPED + NO_SECCOMP),

    Case("the node's network", pod({"hostNetwork": True}), both("hostNamespaces")),
    Case("the node's processes", pod({"hostPID": True}), both("hostNamespaces")),
    Case("the node's IPC", pod({"hostIPC": True}), both("hostNamespaces")),
    Case("a port of the node, by its network",
         pod({"hostNetwork": True}, container={"ports": [{"containerPort": 80, "hostPort": 80}]}),
         both("hostNamespaces") + both("hostPorts")),

    Case("a Windows host process, by the pod",
         pod({"hostNetwork": True, "securityContext": {"windowsOptions": {"hostProcess": True}}}),
         both("windowsHostProcess") + both("hostNamespaces")),
    Case("a Windows host process, by the container",
         pod({"hostNetwork": True}, container={"securityContext": {"windowsOptions": {"hostProcess": True}}}),
         both("windowsHostProcess") + both("hostNamespaces")),
    Case("no Windows host process", secured(windowsOptions={"hostProcess": False}), ()),

    Case("a privileged container", contained(**PRIVILEGED), both("privileged") + ESCALATION),
    Case("a privileged init container", beside("initContainers", securityContext=PRIVILEGED),
         both("privileged") + ESCALATION),
    Case("a privileged sidecar", beside("initContainers", restartPolicy="Always", securityContext=PRIVILEGED),
         both("privileged") + ESCALATION),
    Case("a second container that is privileged",
         pod({}, container={}) | {"spec": COMPLIANT["spec"] | {"containers": [
             HARMLESS, merge(HARMLESS, {"name": "second", "securityContext": PRIVILEGED})]}},
         both("privileged") + ESCALATION),
    Case("privileged said to be false", contained(privileged=False), ()),

    Case("escalation not spoken of", contained(allowPrivilegeEscalation=None), ESCALATION),
    Case("escalation allowed", contained(allowPrivilegeEscalation=True), ESCALATION),
    Case("escalation not spoken of in an init container",
         beside("initContainers", securityContext={"allowPrivilegeEscalation": None}), ESCALATION),

    Case("nothing dropped", contained(capabilities=None), NOT_DROPPED),
    Case("one capability dropped", contained(capabilities={"drop": ["NET_RAW"]}), NOT_DROPPED),
    Case("all dropped in small letters", contained(capabilities={"drop": ["all"]}), NOT_DROPPED),
    Case("all dropped beside another", contained(capabilities={"drop": ["NET_RAW", "ALL"]}), ()),
    Case("the port below 1024 added back", contained(capabilities={"add": ["NET_BIND_SERVICE"]}), ()),
    *(Case(f"{name} added", contained(capabilities={"add": [name]}), NOT_DROPPED)
      for name in ("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "SETFCAP", "SETGID",
                   "SETPCAP", "SETUID", "SYS_CHROOT")),
    *(Case(f"{name} added", contained(capabilities={"add": [name]}), both("capabilities"))
      for name in ("NET_RAW", "NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE", "BPF", "ALL", "CAP_CHOWN", "chown")),
    Case("NET_RAW added in an init container",
         beside("initContainers", securityContext={"capabilities": {"add": ["NET_RAW"]}}), both("capabilities")),

    Case("a path of the node", _volume("hostPath", {"path": "/var/log"}),
         baseline("hostPathVolumes") + restricted("restrictedVolumes")),
    *(Case(f"a volume: {name}", _volume(name, source), ())
      for name, source in (
          ("configMap", {"name": "a"}), ("csi", {"driver": "csi.example.org"}),
          ("downwardAPI", {"items": []}), ("emptyDir", {}), ("image", {"reference": "shop/model:1"}),
          ("persistentVolumeClaim", {"claimName": "a"}), ("projected", {"sources": []}), ("secret", {"secretName": "a"}),
          ("ephemeral", {"volumeClaimTemplate": {"spec": {
              "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}}),
      )),
    *(Case(f"a volume: {name}", _volume(name, source), restricted("restrictedVolumes"))
      for name, source in (
          ("awsElasticBlockStore", {"volumeID": "a"}),
          ("azureDisk", {"diskName": "a", "diskURI": "https://a.blob.core.windows.net/a/a.vhd"}),
          ("azureFile", {"secretName": "a", "shareName": "a"}), ("cephfs", {"monitors": ["a"]}),
          ("cinder", {"volumeID": "a"}), ("fc", {"targetWWNs": ["a"], "lun": 1}),
          ("flexVolume", {"driver": "example/a"}), ("flocker", {"datasetName": "a"}),
          ("gcePersistentDisk", {"pdName": "a"}), ("gitRepo", {"repository": "https://git.example/a"}),
          ("glusterfs", {"endpoints": "a", "path": "a"}),
          ("iscsi", {"targetPortal": "a", "iqn": "iqn.2001-04.com.example:a", "lun": 1}),
          ("nfs", {"server": "a", "path": "/a"}), ("photonPersistentDisk", {"pdID": "a"}),
          ("portworxVolume", {"volumeID": "a"}), ("quobyte", {"registry": "a:1", "volume": "a"}),
          ("rbd", {"monitors": ["a"], "image": "a"}),
          ("scaleIO", {"gateway": "a", "system": "a", "volumeName": "a", "secretRef": {"name": "a"}}),
          ("storageos", {"volumeName": "a"}), ("vsphereVolume", {"volumePath": "a"}),
      )),

    Case("a port of the node", pod(container={"ports": [{"containerPort": 80, "hostPort": 8080}]}), both("hostPorts")),
    Case("a port of the node in a sidecar",
         beside("initContainers", restartPolicy="Always", ports=[{"containerPort": 80, "hostPort": 8080}]),
         both("hostPorts")),
    Case("a port of its own", pod(container={"ports": [{"containerPort": 80}]}), ()),
    Case("a port of the node that is 0", pod(container={"ports": [{"containerPort": 80, "hostPort": 0}]}), ()),

    *(Case(f"a {name} by HTTP of another host", _probe(name, httpGet={"port": 80, "host": "198.51.100.1"}),
           both("hostProbesAndHostLifecycle", 34))
      for name in ("livenessProbe", "readinessProbe", "startupProbe")),
    *(Case(f"a {name} by TCP of another host", _probe(name, tcpSocket={"port": 80, "host": "127.0.0.1"}),
           both("hostProbesAndHostLifecycle", 34))
      for name in ("livenessProbe", "readinessProbe", "startupProbe")),
    *(Case(f"a {name} by HTTP to another host", _hook(name, httpGet={"port": 80, "host": "db.example"}),
           both("hostProbesAndHostLifecycle", 34))
      for name in ("postStart", "preStop")),
    *(Case(f"a {name} by TCP to another host", _hook(name, tcpSocket={"port": 80, "host": "db.example"}),
           both("hostProbesAndHostLifecycle", 34))
      for name in ("postStart", "preStop")),
    Case("a sidecar's probe of another host",
         beside("initContainers", restartPolicy="Always",
                livenessProbe={"httpGet": {"port": 80, "host": "198.51.100.1"}}),
         both("hostProbesAndHostLifecycle", 34)),
    Case("a probe of the pod itself", _probe("livenessProbe", httpGet={"port": 80, "host": ""}), ()),
    Case("a probe by gRPC", _probe("livenessProbe", grpc={"port": 80}), ()),
    Case("a probe and a hook by command",
         pod(container={"livenessProbe": {"exec": {"command": ["a"]}},
                        "lifecycle": {"preStop": {"exec": {"command": ["a"]}}}}), ()),

    Case("AppArmor unconfined, by the pod", secured(appArmorProfile={"type": "Unconfined"}), both("appArmorProfile")),
    Case("AppArmor unconfined, by the container", contained(appArmorProfile={"type": "Unconfined"}),
         both("appArmorProfile")),
    Case("AppArmor unconfined, by an annotation", pod(annotations={APPARMOR_OF + "web": "unconfined"}),
         both("appArmorProfile")),
    Case("AppArmor of the runtime", secured(appArmorProfile={"type": "RuntimeDefault"}), ()),
    Case("AppArmor of the node", contained(appArmorProfile={"type": "Localhost", "localhostProfile": "web"}), ()),
    Case("AppArmor of the runtime, by an annotation", pod(annotations={APPARMOR_OF + "web": "runtime/default"}), ()),
    Case("AppArmor of the node, by an annotation", pod(annotations={APPARMOR_OF + "web": "localhost/web"}), ()),

    *(Case(f"SELinux type {name}", secured(seLinuxOptions={"type": name}), ())
      for name in ("container_t", "container_init_t", "container_kvm_t")),
    Case("SELinux type container_engine_t", secured(seLinuxOptions={"type": "container_engine_t"}),
         both("seLinuxOptions", 0, 31)),
    Case("SELinux type container_engine_t, by the container",
         contained(seLinuxOptions={"type": "container_engine_t"}), both("seLinuxOptions", 0, 31)),
    Case("SELinux type spc_t", secured(seLinuxOptions={"type": "spc_t"}), both("seLinuxOptions")),
    Case("SELinux type spc_t, by the container", contained(seLinuxOptions={"type": "spc_t"}), both("seLinuxOptions")),
    Case("an SELinux user", secured(seLinuxOptions={"user": "a"}), both("seLinuxOptions")),
    Case("an SELinux role", contained(seLinuxOptions={"role": "a"}), both("seLinuxOptions")),
    Case("an SELinux level", secured(seLinuxOptions={"level": "s0:c1,c2"}), ()),

    Case("/proc as usual", contained(procMount="Default"), ()),
    Case("/proc unmasked in a user namespace",
         pod({"hostUsers": False}, container={"securityContext": {"procMount": "Unmasked"}}),
         baseline("procMount", 0, 35) + restricted("procMount")),
    Case("/proc unmasked", contained(procMount="Unmasked"), both("procMount"), stored=True),

    Case("no seccomp profile", secured(seccompProfile=None), NO_SECCOMP),
    Case("seccomp unconfined, by the pod", secured(seccompProfile={"type": "Unconfined"}), UNCONFINED),
    Case("seccomp unconfined, by the pod alone",
         pod({"securityContext": {"seccompProfile": {"type": "Unconfined"}}},
             container={"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}), UNCONFINED),
    Case("seccomp unconfined, by the container", contained(seccompProfile={"type": "Unconfined"}), UNCONFINED),
    Case("a seccomp profile of each container",
         pod({"securityContext": {"seccompProfile": None}},
             container={"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}), ()),
    Case("a seccomp profile of one container of two",
         pod({"securityContext": {"seccompProfile": None}, "initContainers": [merge(HARMLESS, {"name": "init"})]},
             container={"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}), NO_SECCOMP),
    Case("a seccomp profile of the node",
         secured(seccompProfile={"type": "Localhost", "localhostProfile": "web.json"}), ()),
    *(Case(f"seccomp {value}, by an annotation of the pod", _annotated(SECCOMP, value), ())
      for value in ("runtime/default", "docker/default", "localhost/web.json")),
    Case("seccomp unconfined, by an annotation of the pod", _annotated(SECCOMP, "unconfined"),
         both("seccompProfile", 0, 19)),
    Case("seccomp unconfined, by an annotation of the container",
         pod(annotations={SECCOMP_OF + "web": "unconfined"}), both("seccompProfile", 0, 19)),
    Case("seccomp unconfined, by an annotation of a container that is not there",
         pod(annotations={SECCOMP_OF + "db": "unconfined"}), ()),

    *(Case(f"sysctl {name}", _sysctl(name), both("sysctls", 0, since) if since else ())
      for name, since in (
          ("kernel.shm_rmid_forced", 0), ("net.ipv4.ip_local_port_range", 0), ("net.ipv4.tcp_syncookies", 0),
          ("net.ipv4.ping_group_range", 0), ("net.ipv4.ip_unprivileged_port_start", 0),
          ("net.ipv4.ip_local_reserved_ports", 27), ("net.ipv4.tcp_keepalive_time", 29),
          ("net.ipv4.tcp_fin_timeout", 29), ("net.ipv4.tcp_keepalive_intvl", 29),
          ("net.ipv4.tcp_keepalive_probes", 29), ("net.ipv4.tcp_rmem", 32), ("net.ipv4.tcp_wmem", 32),
          ("kernel.msgmax", END), ("net.core.somaxconn", END), ("net/ipv4/tcp_syncookies", END),
      )),

    Case("root not forbidden", secured(runAsNonRoot=None), ROOT),
    Case("root allowed, by the pod", secured(runAsNonRoot=False), ROOT),
    Case("root allowed by the pod, forbidden by each container",
         pod({"securityContext": {"runAsNonRoot": False}}, container={"securityContext": {"runAsNonRoot": True}}), ROOT),
    Case("root allowed, by the container", contained(runAsNonRoot=False), ROOT),
    Case("root forbidden by each container",
         pod({"securityContext": {"runAsNonRoot": None}}, container={"securityContext": {"runAsNonRoot": True}}), ()),
    Case("root forbidden by one container of two",
         pod({"securityContext": {"runAsNonRoot": None}, "initContainers": [merge(HARMLESS, {"name": "init"})]},
             container={"securityContext": {"runAsNonRoot": True}}), ROOT),
    Case("user 0, by the pod", secured(runAsUser=0), USER_0),
    Case("user 0, by the container", contained(runAsUser=0), USER_0),
    Case("user 0, by an init container", beside("initContainers", securityContext={"runAsUser": 0}), USER_0),
    Case("user 1000", secured(runAsUser=1000), ()),
    Case("group 0", secured(runAsGroup=0), ()),

    Case("root not forbidden in a user namespace", pod({"hostUsers": False, "securityContext": {"runAsNonRoot": None}}),
         restricted("runAsNonRoot", 0, 35)),
    Case("user 0 in a user namespace", pod({"hostUsers": False, "securityContext": {"runAsUser": 0}}),
         restricted("runAsUser", 23, 35)),
    Case("user 0 in the node's user namespace", pod({"hostUsers": True, "securityContext": {"runAsUser": 0}}), USER_0),
    Case("a privileged container in a user namespace",
         pod({"hostUsers": False}, container={"securityContext": PRIVILEGED}), both("privileged") + ESCALATION),

    Case("a Windows pod", _windows(), EXCUSED_LATER),
    Case("a Windows pod whose administrator is not forbidden", _windows(runAsNonRoot=None), EXCUSED_LATER + ROOT),
    Case("a Windows pod as host process",
         dict(merge(_windows(windowsOptions={"hostProcess": True}), {"spec": {"hostNetwork": True}})),
         EXCUSED_LATER + both("windowsHostProcess") + both("hostNamespaces")),
    Case("a Linux pod that says so", pod({"os": {"name": "linux"}}, container={"securityContext": None}),
         ESCALATION + NOT_DROPPED),

    Case("a harmless container for debugging", beside("ephemeralContainers"), (), stored=True),
    Case("a container for debugging without a security context",
         beside("ephemeralContainers", securityContext=None), ESCALATION + NOT_DROPPED, stored=True),
    Case("a privileged container for debugging",
         beside("ephemeralContainers", securityContext=PRIVILEGED), both("privileged") + ESCALATION, stored=True),
    Case("a container for debugging as user 0", beside("ephemeralContainers", securityContext={"runAsUser": 0}),
         USER_0, stored=True),
    Case("a container for debugging with NET_ADMIN",
         beside("ephemeralContainers", securityContext={"capabilities": {"add": ["NET_ADMIN"]}}),
         both("capabilities"), stored=True),
    Case("a container for debugging, seccomp unconfined",
         beside("ephemeralContainers", securityContext={"seccompProfile": {"type": "Unconfined"}}),
         UNCONFINED, stored=True),
    Case("a container for debugging of another SELinux type",
         beside("ephemeralContainers", securityContext={"seLinuxOptions": {"type": "spc_t"}}),
         both("seLinuxOptions"), stored=True),
)  # fmt: skip
"""Each control alone, at its edges, and in every kind of container."""
