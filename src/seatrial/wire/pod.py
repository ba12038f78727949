"""Pods: ``core/v1/Pod@1``. Environment values, commands and arguments are never decoded: they may hold secrets."""

from seatrial.wire.base import (
    Condition,
    IntOrString,
    LabelSelector,
    Metadata,
    Object,
    Quantities,
    Requirement,
    Selector,
    Wire,
    field,
)  # fmt: skip


class SeccompProfile(Wire, frozen=True, gc=False):
    type: str = ""
    localhost_profile: str = ""


class AppArmorProfile(Wire, frozen=True, gc=False):
    type: str = ""
    localhost_profile: str = ""


class SELinuxOptions(Wire, frozen=True, gc=False):
    user: str = ""
    role: str = ""
    type: str = ""
    level: str = ""


class WindowsOptions(Wire, frozen=True, gc=False):
    run_as_user_name: str | None = None
    host_process: bool | None = None
    gmsa_credential_spec_name: str | None = None


class Capabilities(Wire, frozen=True, gc=False):
    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


class Sysctl(Wire, frozen=True, gc=False):
    name: str = ""
    value: str = ""


class SecurityContext(Wire, frozen=True, gc=False):
    """A container's. None means unset, which is not False."""

    privileged: bool | None = None
    allow_privilege_escalation: bool | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    run_as_group: int | None = None
    read_only_root_filesystem: bool | None = None
    capabilities: Capabilities | None = None
    proc_mount: str | None = None
    seccomp_profile: SeccompProfile | None = None
    app_armor_profile: AppArmorProfile | None = None
    se_linux_options: SELinuxOptions | None = None
    windows_options: WindowsOptions | None = None


class PodSecurityContext(Wire, frozen=True, gc=False):
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    run_as_group: int | None = None
    fs_group: int | None = None
    supplemental_groups: tuple[int, ...] = ()
    seccomp_profile: SeccompProfile | None = None
    app_armor_profile: AppArmorProfile | None = None
    se_linux_options: SELinuxOptions | None = None
    windows_options: WindowsOptions | None = None
    sysctls: tuple[Sysctl, ...] = ()


class Resources(Wire, frozen=True, gc=False):
    requests: Quantities = {}
    limits: Quantities = {}


class KeyRef(Wire, frozen=True, gc=False):
    name: str = ""
    key: str = ""
    optional: bool = False


class EnvSource(Wire, frozen=True, gc=False):
    secret_key_ref: KeyRef | None = None
    config_map_key_ref: KeyRef | None = None


class EnvVar(Wire, frozen=True, gc=False):
    """Its value is not read, only where it comes from."""

    name: str = ""
    value_from: EnvSource | None = None


class EnvFrom(Wire, frozen=True, gc=False):
    secret_ref: KeyRef | None = None
    config_map_ref: KeyRef | None = None


class Port(Wire, frozen=True, gc=False):
    name: str = ""
    container_port: int = 0
    host_port: int = 0
    host_ip: str = field(name="hostIP", default="")
    protocol: str = ""


class HTTPGet(Wire, frozen=True, gc=False):
    host: str = ""
    path: str = ""
    port: IntOrString = 0
    scheme: str = ""


class TCPSocket(Wire, frozen=True, gc=False):
    host: str = ""
    port: IntOrString = 0


class Exec(Wire, frozen=True, gc=False):
    """Its command is not read."""


class GRPC(Wire, frozen=True, gc=False):
    port: int = 0
    service: str | None = None


class Handler(Wire, frozen=True, gc=False):
    http_get: HTTPGet | None = None
    tcp_socket: TCPSocket | None = None
    exec: Exec | None = None
    grpc: GRPC | None = None


class Probe(Handler, frozen=True, gc=False):
    initial_delay_seconds: int = 0
    period_seconds: int = 0
    timeout_seconds: int = 0
    failure_threshold: int = 0


class Lifecycle(Wire, frozen=True, gc=False):
    post_start: Handler | None = None
    pre_stop: Handler | None = None


class VolumeMount(Wire, frozen=True, gc=False):
    name: str = ""
    mount_path: str = ""
    read_only: bool = False


class Container(Wire, frozen=True, gc=False):
    """Any of the four kinds of containers; ``restart_policy`` Always makes an init container a sidecar."""

    name: str = ""
    image: str = ""
    image_pull_policy: str = ""
    resources: Resources = Resources()
    security_context: SecurityContext | None = None
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()
    ports: tuple[Port, ...] = ()
    volume_mounts: tuple[VolumeMount, ...] = ()
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None
    lifecycle: Lifecycle | None = None
    restart_policy: str = ""
    target_container_name: str = ""


class HostPath(Wire, frozen=True, gc=False):
    path: str = ""
    type: str | None = None


class ClaimSource(Wire, frozen=True, gc=False):
    claim_name: str = ""
    read_only: bool = False


class Named(Wire, frozen=True, gc=False):
    name: str = ""


class SecretVolume(Wire, frozen=True, gc=False):
    secret_name: str = ""


class CSIVolume(Wire, frozen=True, gc=False):
    driver: str = ""


class EmptyDir(Wire, frozen=True, gc=False):
    medium: str = ""
    size_limit: str | int | float | None = None


class Present(Wire, frozen=True, gc=False):
    """A volume source of which only the kind matters."""


class TokenProjection(Wire, frozen=True, gc=False):
    audience: str = ""
    expiration_seconds: int = 0


class Projection(Wire, frozen=True, gc=False):
    service_account_token: TokenProjection | None = None
    secret: Named | None = None
    config_map: Named | None = None


class Projected(Wire, frozen=True, gc=False):
    sources: tuple[Projection, ...] = ()


class VolumeClaimTemplateSpec(Wire, frozen=True, gc=False):
    access_modes: tuple[str, ...] = ()
    storage_class_name: str | None = None


class VolumeClaimTemplate(Wire, frozen=True, gc=False):
    spec: VolumeClaimTemplateSpec = VolumeClaimTemplateSpec()


class Ephemeral(Wire, frozen=True, gc=False):
    volume_claim_template: VolumeClaimTemplate | None = None


class Volume(Wire, frozen=True, gc=False):
    """Every source has a field of its own, since which one is set decides the Pod Security Standard."""

    name: str = ""
    host_path: HostPath | None = None
    persistent_volume_claim: ClaimSource | None = None
    config_map: Named | None = None
    secret: SecretVolume | None = None
    projected: Projected | None = None
    empty_dir: EmptyDir | None = None
    ephemeral: Ephemeral | None = None
    csi: CSIVolume | None = None
    downward_api: Present | None = field(name="downwardAPI", default=None)
    image: Present | None = None
    nfs: Present | None = None
    iscsi: Present | None = None
    fc: Present | None = None
    git_repo: Present | None = None
    glusterfs: Present | None = None
    rbd: Present | None = None
    cephfs: Present | None = None
    cinder: Present | None = None
    flocker: Present | None = None
    flex_volume: Present | None = None
    gce_persistent_disk: Present | None = None
    aws_elastic_block_store: Present | None = None
    azure_disk: Present | None = None
    azure_file: Present | None = None
    vsphere_volume: Present | None = None
    quobyte: Present | None = None
    portworx_volume: Present | None = None
    scale_io: Present | None = field(name="scaleIO", default=None)
    storageos: Present | None = None
    photon_persistent_disk: Present | None = None


class Toleration(Wire, frozen=True, gc=False):
    key: str = ""
    operator: str = ""
    value: str = ""
    effect: str = ""


class OS(Wire, frozen=True, gc=False):
    name: str = ""


class TopologySpread(Wire, frozen=True, gc=False):
    topology_key: str = ""
    max_skew: int = 0
    when_unsatisfiable: str = ""
    label_selector: LabelSelector | None = None


class NodeSelectorTerm(Wire, frozen=True, gc=False):
    match_expressions: tuple[Requirement, ...] = ()
    match_fields: tuple[Requirement, ...] = ()


class NodeSelector(Wire, frozen=True, gc=False):
    node_selector_terms: tuple[NodeSelectorTerm, ...] = ()


class NodeAffinity(Wire, frozen=True, gc=False):
    required: NodeSelector | None = field(name="requiredDuringSchedulingIgnoredDuringExecution", default=None)


class PodAffinityTerm(Wire, frozen=True, gc=False):
    topology_key: str = ""
    label_selector: LabelSelector | None = None


class WeightedPodAffinityTerm(Wire, frozen=True, gc=False):
    weight: int = 0
    pod_affinity_term: PodAffinityTerm = PodAffinityTerm()


class PodAntiAffinity(Wire, frozen=True, gc=False):
    required: tuple[PodAffinityTerm, ...] = field(
        name="requiredDuringSchedulingIgnoredDuringExecution", default=()
    )
    preferred: tuple[WeightedPodAffinityTerm, ...] = field(
        name="preferredDuringSchedulingIgnoredDuringExecution", default=()
    )


class Affinity(Wire, frozen=True, gc=False):
    node_affinity: NodeAffinity | None = None
    pod_anti_affinity: PodAntiAffinity | None = None


class PodSpec(Wire, frozen=True, gc=False):
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    ephemeral_containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    security_context: PodSecurityContext | None = None
    resources: Resources | None = None
    overhead: Quantities = {}
    host_network: bool = False
    host_pid: bool = field(name="hostPID", default=False)
    host_ipc: bool = field(name="hostIPC", default=False)
    host_users: bool | None = None
    node_name: str = ""
    node_selector: Selector = {}
    affinity: Affinity | None = None
    tolerations: tuple[Toleration, ...] = ()
    topology_spread_constraints: tuple[TopologySpread, ...] = ()
    os: OS | None = None
    runtime_class_name: str | None = None
    service_account_name: str = ""
    automount_service_account_token: bool | None = None
    priority_class_name: str = ""
    priority: int | None = None
    scheduler_name: str = ""
    restart_policy: str = ""
    dns_policy: str = ""
    termination_grace_period_seconds: int | None = None
    image_pull_secrets: tuple[Named, ...] = ()


class LinuxUser(Wire, frozen=True, gc=False):
    uid: int = 0
    gid: int = 0


class ContainerUser(Wire, frozen=True, gc=False):
    linux: LinuxUser | None = None


class ContainerStatus(Wire, frozen=True, gc=False):
    name: str = ""
    image: str = ""
    image_id: str = field(name="imageID", default="")
    ready: bool = False
    restart_count: int = 0
    user: ContainerUser | None = None


class PodStatus(Wire, frozen=True, gc=False):
    phase: str = ""
    reason: str = ""
    qos_class: str = ""
    pod_ip: str = field(name="podIP", default="")
    host_ip: str = field(name="hostIP", default="")
    start_time: str | None = None
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()


class Pod(Object, frozen=True, gc=False):
    spec: PodSpec = PodSpec()
    status: PodStatus | None = None
    """None where no status was recorded, as in manifests; a server always answers with one."""


class TemplateHead(Wire, frozen=True, gc=False):
    """A template less its spec: what its pods have of it is read off the pods."""

    metadata: Metadata = Metadata()


class PodTemplate(TemplateHead, frozen=True, gc=False):
    spec: PodSpec = PodSpec()


MIRROR_ANNOTATION = "kubernetes.io/config.mirror"
"""Marks the API's image of a static pod, which the kubelet runs from a file."""
