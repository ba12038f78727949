"""Objects that bound or steer workloads: budgets, autoscalers, quotas, limit ranges."""

from seatrial.wire.base import (
    Condition,
    IntOrString,
    LabelSelector,
    Object,
    ObjectReference,
    Quantities,
    Wire,
    field,
)  # fmt: skip


class DisruptionBudgetSpec(Wire, frozen=True, gc=False):
    selector: LabelSelector | None = None
    min_available: IntOrString | None = None
    max_unavailable: IntOrString | None = None
    unhealthy_pod_eviction_policy: str | None = None


class DisruptionBudgetStatus(Wire, frozen=True, gc=False):
    observed_generation: int = 0
    expected_pods: int = 0
    current_healthy: int = 0
    desired_healthy: int = 0
    disruptions_allowed: int = 0
    conditions: tuple[Condition, ...] = ()


class PodDisruptionBudget(Object, frozen=True, gc=False):
    spec: DisruptionBudgetSpec = DisruptionBudgetSpec()
    status: DisruptionBudgetStatus | None = None


class MetricTarget(Wire, frozen=True, gc=False):
    type: str = ""
    average_utilization: int | None = None


class ResourceMetric(Wire, frozen=True, gc=False):
    name: str = ""
    container: str = ""
    target: MetricTarget = MetricTarget()


class Metric(Wire, frozen=True, gc=False):
    """Of ``spec.metrics``; of the other types only the name of the type matters here."""

    type: str = ""
    resource: ResourceMetric | None = None
    container_resource: ResourceMetric | None = None


class CurrentMetric(Wire, frozen=True, gc=False):
    type: str = ""


class AutoscalerSpec(Wire, frozen=True, gc=False):
    scale_target_ref: ObjectReference = ObjectReference()
    min_replicas: int | None = None
    max_replicas: int = 0
    metrics: tuple[Metric, ...] = ()


class AutoscalerStatus(Wire, frozen=True, gc=False):
    observed_generation: int = 0
    current_replicas: int = 0
    desired_replicas: int = 0
    current_metrics: tuple[CurrentMetric, ...] = ()
    conditions: tuple[Condition, ...] = ()
    last_scale_time: str | None = None


class HorizontalPodAutoscaler(Object, frozen=True, gc=False):
    spec: AutoscalerSpec = AutoscalerSpec()
    status: AutoscalerStatus | None = None


class ScopeExpression(Wire, frozen=True, gc=False):
    scope_name: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()


class ScopeSelector(Wire, frozen=True, gc=False):
    match_expressions: tuple[ScopeExpression, ...] = ()


class ResourceQuotaSpec(Wire, frozen=True, gc=False):
    hard: Quantities = {}
    scopes: tuple[str, ...] = ()
    scope_selector: ScopeSelector | None = None


class ResourceQuotaStatus(Wire, frozen=True, gc=False):
    hard: Quantities = {}
    used: Quantities = {}


class ResourceQuota(Object, frozen=True, gc=False):
    spec: ResourceQuotaSpec = ResourceQuotaSpec()
    status: ResourceQuotaStatus | None = None


class LimitRangeItem(Wire, frozen=True, gc=False):
    type: str = ""
    default: Quantities = {}
    default_request: Quantities = {}
    max: Quantities = {}
    min: Quantities = {}
    max_limit_request_ratio: Quantities = field(default={})


class LimitRangeSpec(Wire, frozen=True, gc=False):
    limits: tuple[LimitRangeItem, ...] = ()


class LimitRange(Object, frozen=True, gc=False):
    spec: LimitRangeSpec = LimitRangeSpec()
