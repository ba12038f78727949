"""The controllers of pods: ``apps/v1`` and ``batch/v1``. A status of None was not recorded."""

from seatrial.wire.base import Condition, IntOrString, LabelSelector, Metadata, Object, ObjectReference, Wire
from seatrial.wire.pod import PodTemplate, TemplateHead
from seatrial.wire.storage import PersistentVolumeClaim


class RollingUpdate(Wire, frozen=True, gc=False):
    max_surge: IntOrString | None = None
    max_unavailable: IntOrString | None = None
    partition: int | None = None


class Strategy(Wire, frozen=True, gc=False):
    """Of a Deployment (``strategy``) or of a StatefulSet or DaemonSet (``updateStrategy``)."""

    type: str = ""
    rolling_update: RollingUpdate | None = None


class ReplicaSetSpec(Wire, frozen=True, gc=False):
    replicas: int | None = None
    selector: LabelSelector | None = None
    template: PodTemplate = PodTemplate()


class ReplicaStatus(Wire, frozen=True, gc=False):
    """Of a ReplicaSet, Deployment or StatefulSet."""

    observed_generation: int = 0
    replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    updated_replicas: int = 0
    current_revision: str = ""
    update_revision: str = ""
    conditions: tuple[Condition, ...] = ()


class ReplicaSet(Object, frozen=True, gc=False):
    spec: ReplicaSetSpec = ReplicaSetSpec()
    status: ReplicaStatus | None = None


class DeploymentSpec(Wire, frozen=True, gc=False):
    replicas: int | None = None
    selector: LabelSelector | None = None
    template: TemplateHead = TemplateHead()
    strategy: Strategy = Strategy()
    min_ready_seconds: int = 0
    progress_deadline_seconds: int | None = None
    paused: bool = False


class Deployment(Object, frozen=True, gc=False):
    """As it is read: without the spec of its template, which would be the most of it."""

    spec: DeploymentSpec = DeploymentSpec()
    status: ReplicaStatus | None = None


class WholeDeploymentSpec(DeploymentSpec, frozen=True, gc=False):
    template: PodTemplate = PodTemplate()


class WholeDeployment(Deployment, frozen=True, gc=False):
    """As it is stored."""

    spec: WholeDeploymentSpec = WholeDeploymentSpec()


class ClaimRetention(Wire, frozen=True, gc=False):
    when_deleted: str = ""
    when_scaled: str = ""


class StatefulSetSpec(Wire, frozen=True, gc=False):
    replicas: int | None = None
    selector: LabelSelector | None = None
    template: TemplateHead = TemplateHead()
    service_name: str = ""
    volume_claim_templates: tuple[PersistentVolumeClaim, ...] = ()
    update_strategy: Strategy = Strategy()
    pod_management_policy: str = ""
    persistent_volume_claim_retention_policy: ClaimRetention | None = None


class StatefulSet(Object, frozen=True, gc=False):
    """As it is read: without the spec of its template."""

    spec: StatefulSetSpec = StatefulSetSpec()
    status: ReplicaStatus | None = None


class WholeStatefulSetSpec(StatefulSetSpec, frozen=True, gc=False):
    template: PodTemplate = PodTemplate()


class WholeStatefulSet(StatefulSet, frozen=True, gc=False):
    """As it is stored."""

    spec: WholeStatefulSetSpec = WholeStatefulSetSpec()


class DaemonSetSpec(Wire, frozen=True, gc=False):
    selector: LabelSelector | None = None
    template: PodTemplate = PodTemplate()
    update_strategy: Strategy = Strategy()


class DaemonSetStatus(Wire, frozen=True, gc=False):
    observed_generation: int = 0
    desired_number_scheduled: int = 0
    current_number_scheduled: int = 0
    updated_number_scheduled: int = 0
    number_ready: int = 0
    number_available: int = 0
    number_unavailable: int = 0
    number_misscheduled: int = 0


class DaemonSet(Object, frozen=True, gc=False):
    spec: DaemonSetSpec = DaemonSetSpec()
    status: DaemonSetStatus | None = None


class JobSpec(Wire, frozen=True, gc=False):
    parallelism: int | None = None
    completions: int | None = None
    backoff_limit: int | None = None
    active_deadline_seconds: int | None = None
    ttl_seconds_after_finished: int | None = None
    suspend: bool = False
    template: PodTemplate = PodTemplate()


class JobStatus(Wire, frozen=True, gc=False):
    start_time: str | None = None
    completion_time: str | None = None
    active: int = 0
    succeeded: int = 0
    failed: int = 0
    conditions: tuple[Condition, ...] = ()


class Job(Object, frozen=True, gc=False):
    spec: JobSpec = JobSpec()
    status: JobStatus | None = None


class JobTemplate(Wire, frozen=True, gc=False):
    metadata: Metadata = Metadata()
    spec: JobSpec = JobSpec()


class CronJobSpec(Wire, frozen=True, gc=False):
    schedule: str = ""
    time_zone: str | None = None
    suspend: bool = False
    concurrency_policy: str = ""
    starting_deadline_seconds: int | None = None
    successful_jobs_history_limit: int | None = None
    failed_jobs_history_limit: int | None = None
    job_template: JobTemplate = JobTemplate()


class CronJobStatus(Wire, frozen=True, gc=False):
    active: tuple[ObjectReference, ...] = ()
    last_schedule_time: str | None = None
    last_successful_time: str | None = None


class CronJob(Object, frozen=True, gc=False):
    spec: CronJobSpec = CronJobSpec()
    status: CronJobStatus | None = None
