"""The one import of a check's author: ``from seatrial.kit import ...``."""

from typing import Annotated

from seatrial.algebra.outcomes import FAIL, NOT_APPLICABLE, PASS, UNKNOWN
from seatrial.inventory.autoscalers import Autoscalers, MetricsAPIs, Scaling
from seatrial.inventory.budgets import DisruptionBudgets
from seatrial.inventory.lookups import (
    CronJobs,
    DaemonSets,
    LimitRanges,
    PriorityClasses,
    ResourceQuotas,
    RuntimeClasses,
    Services,
    StatefulSets,
    VolumeClaims,
)
from seatrial.inventory.network import NetworkPolicies
from seatrial.inventory.nodes import Nodes
from seatrial.inventory.objects import (
    Autoscaler,
    Cluster,
    DeclaredNodeService,
    DeclaredTask,
    DisruptionBudget,
    Namespace,
    Quota,
    StatefulSet,
)
from seatrial.inventory.pod_security import PodSecurity
from seatrial.inventory.priorities import PrioritiesInUse
from seatrial.inventory.security_profiles import DeclaredProfile, OperatorProfiles
from seatrial.inventory.workloads import ContainerGroup, PodGroup, Workload, Workloads
from seatrial.kit.checking import Check, Limits, check, limit
from seatrial.kit.fixing import Fix, Given, Undecided, as_another_user, decided, of_container
from seatrial.kit.judging import failed, not_applicable, passed, seen, unknown
from seatrial.kit.worlds import Change, World, add, at, patch, profile, refuse, remove, serve, trap
from seatrial.model.evidence import Cause, Gap, Partial, Unseen
from seatrial.model.finding import Judgement, Subject
from seatrial.model.profile import Profile

__all__ = [
    "FAIL",
    "NOT_APPLICABLE",
    "PASS",
    "UNKNOWN",
    "Annotated",
    "Autoscaler",
    "Autoscalers",
    "Cause",
    "Change",
    "Check",
    "Cluster",
    "ContainerGroup",
    "CronJobs",
    "DaemonSets",
    "DeclaredNodeService",
    "DeclaredProfile",
    "DeclaredTask",
    "DisruptionBudget",
    "DisruptionBudgets",
    "Fix",
    "Gap",
    "Given",
    "Judgement",
    "LimitRanges",
    "Limits",
    "MetricsAPIs",
    "Namespace",
    "NetworkPolicies",
    "Nodes",
    "OperatorProfiles",
    "Partial",
    "PodGroup",
    "PodSecurity",
    "PrioritiesInUse",
    "PriorityClasses",
    "Profile",
    "Quota",
    "ResourceQuotas",
    "RuntimeClasses",
    "Scaling",
    "Services",
    "StatefulSet",
    "StatefulSets",
    "Subject",
    "Undecided",
    "Unseen",
    "VolumeClaims",
    "Workload",
    "Workloads",
    "World",
    "add",
    "as_another_user",
    "at",
    "check",
    "decided",
    "failed",
    "limit",
    "not_applicable",
    "of_container",
    "passed",
    "patch",
    "profile",
    "refuse",
    "remove",
    "seen",
    "serve",
    "trap",
    "unknown",
]
