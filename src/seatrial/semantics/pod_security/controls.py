"""The controls of the Pod Security Standards, each with the minor versions in which it speaks.

The newest change that is known here is that of 1.35; 1.36 changed nothing. All containers count: those that start,
sidecars, and those that were added for debugging.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct

from seatrial.wire.pod import Container, Handler, Pod, PodSecurityContext, SeccompProfile, SecurityContext

_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_CAPABILITIES = frozenset({
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
    "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
})  # fmt: skip
_SYSCTLS = {
    0: "kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range "
    "net.ipv4.ip_unprivileged_port_start",
    27: "net.ipv4.ip_local_reserved_ports",
    29: "net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl "
    "net.ipv4.tcp_keepalive_probes",
    32: "net.ipv4.tcp_rmem net.ipv4.tcp_wmem",
}
_VOLUMES = (
    "config_map", "csi", "downward_api", "empty_dir", "ephemeral", "image", "persistent_volume_claim", "projected",
    "secret",
)  # fmt: skip
_NOT_SET = SecurityContext()
_POD_NOT_SET = PodSecurityContext()

Broken = Iterator[tuple[str, str]]
"""What breaks a control, in words, and where: a JSON pointer into the pod."""


class Control(Struct, frozen=True):
    """What a standard forbids: ``broken`` yields, for a pod and a minor version, what breaks it and where."""

    id: str
    broken: Callable[[Pod, int], Broken]
    since: int = 0
    restricted: bool = False
    replaced_since: int | None = None
    """From this minor on, at the restricted level, another control speaks in its place."""


def _containers(pod: Pod) -> Iterator[tuple[Container, SecurityContext, str]]:
    spec = pod.spec
    kinds = (
        ("initContainers", spec.init_containers),
        ("containers", spec.containers),
        ("ephemeralContainers", spec.ephemeral_containers),
    )
    for name, containers in kinds:
        for index, container in enumerate(containers):
            yield container, container.security_context or _NOT_SET, f"/spec/{name}/{index}"


def _of_pod(pod: Pod) -> PodSecurityContext:
    return pod.spec.security_context or _POD_NOT_SET


def _annotation(key: str) -> str:
    return f"/metadata/annotations/{key.replace('~', '~0').replace('/', '~1')}"


def _is_windows(pod: Pod, minor: int) -> bool:
    return minor >= 25 and pod.spec.os is not None and pod.spec.os.name == "windows"


def _in_user_namespace(pod: Pod, minor: int) -> bool:
    return minor >= 35 and pod.spec.host_users is False


def _host_process(pod: Pod, _: int) -> Broken:
    options = _of_pod(pod).windows_options
    if options is not None and options.host_process:
        yield "the pod runs as a Windows host process", "/spec/securityContext/windowsOptions"
    for container, own, at in _containers(pod):
        if own.windows_options is not None and own.windows_options.host_process:
            yield f"{container.name} runs as a Windows host process", f"{at}/securityContext/windowsOptions"


def _host_namespaces(pod: Pod, _: int) -> Broken:
    for name, used in (
        ("hostNetwork", pod.spec.host_network),
        ("hostPID", pod.spec.host_pid),
        ("hostIPC", pod.spec.host_ipc),
    ):
        if used:
            yield f"{name} is true", f"/spec/{name}"


def _privileged(pod: Pod, _: int) -> Broken:
    for container, own, at in _containers(pod):
        if own.privileged:
            yield f"{container.name} is privileged", f"{at}/securityContext/privileged"


def _baseline_capabilities(pod: Pod, _: int) -> Broken:
    for container, own, at in _containers(pod):
        extra = sorted(set(own.capabilities.add) - _CAPABILITIES) if own.capabilities else []
        if extra:
            yield f"{container.name} adds {', '.join(extra)}", f"{at}/securityContext/capabilities/add"


def _restricted_capabilities(pod: Pod, minor: int) -> Broken:
    if _is_windows(pod, minor):
        return
    for container, own, at in _containers(pod):
        if own.capabilities is None or "ALL" not in own.capabilities.drop:
            yield f"{container.name} does not drop ALL", at
        extra = sorted(set(own.capabilities.add) - {"NET_BIND_SERVICE"}) if own.capabilities else []
        if extra:
            yield f"{container.name} adds {', '.join(extra)}", f"{at}/securityContext/capabilities/add"


def _host_path(pod: Pod, _: int) -> Broken:
    for index, volume in enumerate(pod.spec.volumes):
        if volume.host_path is not None:
            yield f"volume {volume.name} is a hostPath", f"/spec/volumes/{index}/hostPath"


def _restricted_volumes(pod: Pod, _: int) -> Broken:
    for index, volume in enumerate(pod.spec.volumes):
        if all(getattr(volume, name) is None for name in _VOLUMES):
            yield f"volume {volume.name} is of a type that is not allowed", f"/spec/volumes/{index}"


def _host_ports(pod: Pod, _: int) -> Broken:
    for container, _own, at in _containers(pod):
        ports = sorted({port.host_port for port in container.ports if port.host_port})
        if ports:
            yield f"{container.name} takes host port {', '.join(map(str, ports))}", f"{at}/ports"


def _host_probes(pod: Pod, _: int) -> Broken:
    for container, _own, at in _containers(pod):
        lifecycle = container.lifecycle
        handlers: list[Handler | None] = [
            container.liveness_probe,
            container.readiness_probe,
            container.startup_probe,
            lifecycle.post_start if lifecycle else None,
            lifecycle.pre_stop if lifecycle else None,
        ]
        actions = [action for row in handlers if row is not None for action in (row.http_get, row.tcp_socket)]
        hosts = sorted({action.host for action in actions if action is not None and action.host})
        if hosts:
            yield f"{container.name} probes or hooks host {', '.join(hosts)}", at


def _apparmor(pod: Pod, _: int) -> Broken:
    allowed = {"RuntimeDefault", "Localhost"}
    profile = _of_pod(pod).app_armor_profile
    if profile is not None and profile.type not in allowed:
        yield f"the pod's AppArmor profile is {profile.type}", "/spec/securityContext/appArmorProfile"
    for container, own, at in _containers(pod):
        if own.app_armor_profile is not None and own.app_armor_profile.type not in allowed:
            yield (
                f"{container.name}'s AppArmor profile is {own.app_armor_profile.type}",
                f"{at}/securityContext/appArmorProfile",
            )
    for key, value in sorted(pod.metadata.annotations.items()):
        fine = value in {"", "runtime/default"} or value.startswith("localhost/")
        if key.startswith(_APPARMOR) and not fine:
            yield f"an annotation sets AppArmor to {value}", _annotation(key)


def _selinux(pod: Pod, minor: int) -> Broken:
    types = {"", "container_t", "container_init_t", "container_kvm_t"}
    if minor >= 31:
        types.add("container_engine_t")
    rows = [("the pod", _of_pod(pod).se_linux_options, "/spec")]
    rows += [(container.name, own.se_linux_options, at) for container, own, at in _containers(pod)]
    for name, options, at in rows:
        if options is None:
            continue
        if options.type not in types:
            yield f"{name} has SELinux type {options.type}", f"{at}/securityContext/seLinuxOptions/type"
        if options.user or options.role:
            yield f"{name} sets an SELinux user or role", f"{at}/securityContext/seLinuxOptions"


def _proc_mount(pod: Pod, _: int) -> Broken:
    for container, own, at in _containers(pod):
        if own.proc_mount not in {None, "", "Default"}:
            yield f"{container.name} mounts /proc {own.proc_mount}", f"{at}/securityContext/procMount"


def _baseline_proc_mount(pod: Pod, minor: int) -> Broken:
    if not _in_user_namespace(pod, minor):
        yield from _proc_mount(pod, minor)


def _baseline_seccomp(pod: Pod, minor: int) -> Broken:
    if minor < 19:
        keys = [_SECCOMP_POD, *(_SECCOMP_CONTAINER + container.name for container, _, _ in _containers(pod))]
        for key in keys:
            value = pod.metadata.annotations.get(key)
            fine = value in {None, "runtime/default", "docker/default"} or str(value).startswith("localhost/")
            if not fine:
                yield f"an annotation sets seccomp to {value}", _annotation(key)
        return
    for name, profile, at in _seccomp_profiles(pod):
        if profile is not None and profile.type not in {"RuntimeDefault", "Localhost"}:
            yield f"{name}'s seccomp profile is {profile.type}", f"{at}/securityContext/seccompProfile"


def _restricted_seccomp(pod: Pod, minor: int) -> Broken:
    if _is_windows(pod, minor):
        return
    yield from _baseline_seccomp(pod, minor)
    profile = _of_pod(pod).seccomp_profile
    if profile is not None and profile.type in {"RuntimeDefault", "Localhost"}:
        return
    for container, own, at in _containers(pod):
        if own.seccomp_profile is None:
            yield f"{container.name} has no seccomp profile", at


def _seccomp_profiles(pod: Pod) -> Iterator[tuple[str, SeccompProfile | None, str]]:
    yield "the pod", _of_pod(pod).seccomp_profile, "/spec"
    for container, own, at in _containers(pod):
        yield container.name, own.seccomp_profile, at


def _sysctls(pod: Pod, minor: int) -> Broken:
    allowed = {name for since, names in _SYSCTLS.items() if minor >= since for name in names.split()}
    for index, sysctl in enumerate(_of_pod(pod).sysctls):
        if sysctl.name not in allowed:
            yield f"the pod sets {sysctl.name}", f"/spec/securityContext/sysctls/{index}"


def _privilege_escalation(pod: Pod, minor: int) -> Broken:
    if _is_windows(pod, minor):
        return
    for container, own, at in _containers(pod):
        if own.allow_privilege_escalation is not False:
            yield f"{container.name} may escalate privileges", at


def _run_as_non_root(pod: Pod, minor: int) -> Broken:
    if _in_user_namespace(pod, minor):
        return
    of_pod = _of_pod(pod).run_as_non_root
    if of_pod is False:
        yield "the pod sets runAsNonRoot false", "/spec/securityContext/runAsNonRoot"
    for container, own, at in _containers(pod):
        if own.run_as_non_root is False:
            yield f"{container.name} sets runAsNonRoot false", f"{at}/securityContext/runAsNonRoot"
        elif own.run_as_non_root is None and of_pod is None:
            yield f"{container.name} does not set runAsNonRoot", at


def _run_as_user(pod: Pod, minor: int) -> Broken:
    if _in_user_namespace(pod, minor):
        return
    if _of_pod(pod).run_as_user == 0:
        yield "the pod runs as user 0", "/spec/securityContext/runAsUser"
    for container, own, at in _containers(pod):
        if own.run_as_user == 0:
            yield f"{container.name} runs as user 0", f"{at}/securityContext/runAsUser"


CONTROLS = (
    Control("windowsHostProcess", _host_process),
    Control("hostNamespaces", _host_namespaces),
    Control("privileged", _privileged),
    Control("capabilities", _baseline_capabilities, replaced_since=22),
    Control("hostPathVolumes", _host_path, replaced_since=0),
    Control("hostPorts", _host_ports),
    Control("hostProbesAndHostLifecycle", _host_probes, since=34),
    Control("appArmorProfile", _apparmor),
    Control("seLinuxOptions", _selinux),
    Control("procMount", _baseline_proc_mount, replaced_since=35),
    Control("seccompProfile", _baseline_seccomp, replaced_since=19),
    Control("sysctls", _sysctls),
    Control("restrictedVolumes", _restricted_volumes, restricted=True),
    Control("allowPrivilegeEscalation", _privilege_escalation, since=8, restricted=True),
    Control("runAsNonRoot", _run_as_non_root, restricted=True),
    Control("runAsUser", _run_as_user, since=23, restricted=True),
    Control("seccompProfile", _restricted_seccomp, since=19, restricted=True),
    Control("capabilities", _restricted_capabilities, since=22, restricted=True),
    Control("procMount", _proc_mount, since=35, restricted=True),
)
