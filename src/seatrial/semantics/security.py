"""The security context that is in effect for a container: its own field, else the pod's where the pod has it.

``privileged``, ``allowPrivilegeEscalation``, ``capabilities``, ``readOnlyRootFilesystem`` and ``procMount`` exist
only per container. Annotations for seccomp are ignored since 1.27; those for AppArmor still count where no field is set.
"""

from typing import Generic, TypeVar

from msgspec import Struct

from seatrial.wire.pod import Container, Pod, PodSecurityContext, SecurityContext

T = TypeVar("T")

APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"
_NONE = SecurityContext()
_POD_NONE = PodSecurityContext()


class Effective(Struct, Generic[T], frozen=True):
    """A value that is in effect, and the JSON pointer, in the pod, of the field that decided."""

    value: T
    at: str


def own(container: Container) -> SecurityContext:
    """The container's own context; one that is absent sets nothing."""
    return container.security_context or _NONE


def of_pod(pod: Pod) -> PodSecurityContext:
    return pod.spec.security_context or _POD_NONE


def _effective(pod: Pod, container: Container, pointer: str, field: str, name: str) -> Effective[T | None]:
    value = getattr(own(container), field)
    if value is not None:
        return Effective(value, f"{pointer}/securityContext/{name}")
    inherited = getattr(of_pod(pod), field)
    if inherited is not None:
        return Effective(inherited, f"/spec/securityContext/{name}")
    return Effective(None, pointer)


def run_as_non_root(pod: Pod, container: Container, pointer: str) -> Effective[bool | None]:
    return _effective(pod, container, pointer, "run_as_non_root", "runAsNonRoot")


def run_as_user(pod: Pod, container: Container, pointer: str) -> Effective[int | None]:
    return _effective(pod, container, pointer, "run_as_user", "runAsUser")


def seccomp(pod: Pod, container: Container, pointer: str) -> Effective[str | None]:
    """``RuntimeDefault``, ``Localhost``, ``Unconfined``, or None where nothing is set."""
    profile = own(container).seccomp_profile
    if profile is not None and profile.type:
        return Effective(profile.type, f"{pointer}/securityContext/seccompProfile/type")
    inherited = of_pod(pod).seccomp_profile
    if inherited is not None and inherited.type:
        return Effective(inherited.type, "/spec/securityContext/seccompProfile/type")
    return Effective(None, pointer)


def apparmor(pod: Pod, container: Container, pointer: str) -> Effective[str | None]:
    """``RuntimeDefault``, ``Localhost``, ``Unconfined``, or None where nothing is set."""
    profile = own(container).app_armor_profile
    if profile is not None and profile.type:
        return Effective(profile.type, f"{pointer}/securityContext/appArmorProfile/type")
    inherited = of_pod(pod).app_armor_profile
    if inherited is not None and inherited.type:
        return Effective(inherited.type, "/spec/securityContext/appArmorProfile/type")
    key = APPARMOR_ANNOTATION + container.name
    said = pod.metadata.annotations.get(key)
    if said:
        names = {"runtime/default": "RuntimeDefault", "unconfined": "Unconfined"}
        value = names.get(said) or ("Localhost" if said.startswith("localhost/") else said)
        return Effective(value, f"/metadata/annotations/{key.replace('~', '~0').replace('/', '~1')}")
    return Effective(None, pointer)


def selinux_type(pod: Pod, container: Container, pointer: str) -> Effective[str | None]:
    """The SELinux type, or None where none is set. A container's options replace the pod's whole."""
    options = own(container).se_linux_options
    if options is not None:
        return Effective(options.type or None, f"{pointer}/securityContext/seLinuxOptions/type")
    inherited = of_pod(pod).se_linux_options
    if inherited is not None:
        return Effective(inherited.type or None, "/spec/securityContext/seLinuxOptions/type")
    return Effective(None, pointer)


def windows_user(pod: Pod, container: Container, pointer: str) -> Effective[str | None]:
    options = own(container).windows_options
    if options is not None and options.run_as_user_name is not None:
        return Effective(options.run_as_user_name, f"{pointer}/securityContext/windowsOptions/runAsUserName")
    inherited = of_pod(pod).windows_options
    if inherited is not None and inherited.run_as_user_name is not None:
        return Effective(inherited.run_as_user_name, "/spec/securityContext/windowsOptions/runAsUserName")
    return Effective(None, pointer)


def host_process(pod: Pod, container: Container) -> bool:
    """Whether a Windows container runs as a process of the host."""
    for options in (own(container).windows_options, of_pod(pod).windows_options):
        if options is not None and options.host_process is not None:
            return options.host_process
    return False


def is_privileged(container: Container) -> bool:
    return own(container).privileged is True


def added(container: Container) -> tuple[str, ...]:
    """Capabilities added, as spelled."""
    capabilities = own(container).capabilities
    return capabilities.add if capabilities is not None else ()


def dropped(container: Container) -> tuple[str, ...]:
    """Capabilities dropped, as spelled: only the exact word ``ALL`` drops all."""
    capabilities = own(container).capabilities
    return capabilities.drop if capabilities is not None else ()


def has_user_namespace(pod: Pod) -> bool:
    """Whether root in the pod is nobody on the node."""
    return pod.spec.host_users is False
