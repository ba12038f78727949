"""What is asked of a Kubernetes API server: read verbs only, never Secrets."""

from seatrial.model.evidence import Need

SOURCE = "kube"


def listed(
    api: str, kind: str, resource: str, *, namespaced: bool, version: int = 1, always: tuple[str, ...] = ()
) -> Need:
    """The need for every object of a kind. ``api`` is ``group/version[,version]``, best first; core is ``v1``.

    The stored schema is named after the best version: ``apps/v1/ReplicaSet@1``. ``always`` names objects that every
    server has, as ``namespace/name``: a list without them is not the whole list.
    """
    group, _, versions = api.rpartition("/")
    served = tuple(versions.split(","))
    place = group or "core"
    return Need(
        id=f"kube/list/{place}/{resource}",
        source=SOURCE,
        schema=f"{place}/{served[0]}/{kind}@{version}",
        group=group,
        resource=resource,
        kind=kind,
        versions=served,
        namespaced=namespaced,
        always=always,
    )


DISCOVERY = Need(id="kube/discovery", source=SOURCE, schema="seatrial/Group@1")
"""Which groups, versions and resources are served: records of ``model.trial.Group``."""

PODS = listed("v1", "Pod", "pods", namespaced=True)
NAMESPACES = listed("v1", "Namespace", "namespaces", namespaced=False, always=("default", "kube-system"))
NODES = listed("v1", "Node", "nodes", namespaced=False)
SERVICES = listed("v1", "Service", "services", namespaced=True, always=("default/kubernetes",))
SERVICE_ACCOUNTS = listed("v1", "ServiceAccount", "serviceaccounts", namespaced=True)
CLAIMS = listed("v1", "PersistentVolumeClaim", "persistentvolumeclaims", namespaced=True)
RESOURCE_QUOTAS = listed("v1", "ResourceQuota", "resourcequotas", namespaced=True)
LIMIT_RANGES = listed("v1", "LimitRange", "limitranges", namespaced=True)
REPLICA_SETS = listed("apps/v1", "ReplicaSet", "replicasets", namespaced=True)
DEPLOYMENTS = listed("apps/v1", "Deployment", "deployments", namespaced=True)
STATEFUL_SETS = listed("apps/v1", "StatefulSet", "statefulsets", namespaced=True)
DAEMON_SETS = listed("apps/v1", "DaemonSet", "daemonsets", namespaced=True)
JOBS = listed("batch/v1", "Job", "jobs", namespaced=True)
CRON_JOBS = listed("batch/v1", "CronJob", "cronjobs", namespaced=True)
AUTOSCALERS = listed("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", namespaced=True)
DISRUPTION_BUDGETS = listed("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", namespaced=True)
NETWORK_POLICIES = listed("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", namespaced=True)
PRIORITY_CLASSES = listed(
    "scheduling.k8s.io/v1",
    "PriorityClass",
    "priorityclasses",
    namespaced=False,
    always=("system-cluster-critical", "system-node-critical"),
)
LEASES = listed("coordination.k8s.io/v1", "Lease", "leases", namespaced=True)
RUNTIME_CLASSES = listed("node.k8s.io/v1", "RuntimeClass", "runtimeclasses", namespaced=False)
PROFILE_NODE_STATUSES = listed(
    "security-profiles-operator.x-k8s.io/v1,v1beta1,v1alpha2,v1alpha1",
    "SecurityProfileNodeStatus",
    "securityprofilenodestatuses",
    namespaced=False,
)
APP_ARMOR_PROFILES = listed(
    "security-profiles-operator.x-k8s.io/v1,v1alpha1",
    "AppArmorProfile",
    "apparmorprofiles",
    namespaced=False,
)
SELINUX_PROFILES = listed(
    "security-profiles-operator.x-k8s.io/v1,v1alpha2",
    "SelinuxProfile",
    "selinuxprofiles",
    namespaced=False,
)
