"""What a HorizontalPodAutoscaler asks of the pods that it scales."""

from collections.abc import Iterable

from seatrial.semantics import resources
from seatrial.wire.pod import Pod
from seatrial.wire.policy import AutoscalerSpec, Metric, MetricTarget, ResourceMetric

_UTILIZATION = MetricTarget(type="Utilization", average_utilization=80)
_DEFAULT = (Metric(type="Resource", resource=ResourceMetric(name="cpu", target=_UTILIZATION)),)
"""What the API server sets where no metric is named."""


def without_request(spec: AutoscalerSpec, pods: Iterable[Pod]) -> str:
    """The first container without a request that a utilization is reckoned from, in words; empty where there is none.

    A metric of the pod needs a request in each of its containers, sidecars among them; one of a container, that one's.
    """
    asked = [
        row
        for metric in spec.metrics or _DEFAULT
        for row in (metric.resource, metric.container_resource)
        if row is not None and row.target.type == "Utilization"
    ]
    for pod in pods:
        containers = [(f"/spec/containers/{at}", row) for at, row in enumerate(pod.spec.containers)]
        containers += [
            (f"/spec/initContainers/{at}", row)
            for at, row in enumerate(pod.spec.init_containers)
            if row.restart_policy == "Always"
        ]
        for metric in asked:
            for pointer, container in containers:
                if metric.container and container.name != metric.container:
                    continue
                if resources.request(pod, container, pointer, metric.name).value is None:
                    return f"utilization of {metric.name}, and container {container.name} requests none"
    return ""
