"""The kubectl command that shows what a finding saw: for people, who want to look for themselves."""

import shlex
from collections.abc import Sequence

from seatrial.model.evidence import Need
from seatrial.model.finding import Finding, Subject
from seatrial.model.trial import Trial
from seatrial.needs import kube
from seatrial.reports._page import plain

LONGEST_COMMAND = 1000
"""Characters: what no page cuts. A context and three names at Kubernetes' limits fit in."""

_RESOURCES = {(need.group, need.kind): need for need in vars(kube).values() if isinstance(need, Need)}


def reads_pods(trial: Trial) -> frozenset[str]:
    """The digests of the stored pods: findings that point into them judged pods, not their owner's template."""
    evidence = trial.evidence.get(kube.PODS.id)
    return frozenset(chunk.digest for chunk in evidence.chunks) if evidence else frozenset()


def command(finding: Finding, trial: Trial, needs: Sequence[Need], pods: frozenset[str]) -> str:
    """One line for a POSIX shell, every foreign word quoted; ``needs`` are the check's, ``pods`` of ``reads_pods``.

    Empty where there is no such command: a declared trial has no cluster, and a name with characters that do not
    show must not be pasted into a shell.
    """
    if trial.declared:
        return ""
    subject = object_of(finding.subject, trial)
    words = ["kubectl"]
    if trial.cluster.context:
        words += ["--context", trial.cluster.context]
    if subject is None:
        words += _lists(needs)
    else:
        words += ["-n", subject.namespace] if subject.namespace else []
        words += ["get", _named(subject)]
        if subject.kind != "Pod" and any(cite.digest in pods for cite in finding.cites):
            words += [f"pods/{name}" for name in finding.names[:1]]
        words += ["-o", "yaml"]
    line = shlex.join(words)
    return line if plain(line) == line and len(line) <= LONGEST_COMMAND else ""


def object_of(subject: Subject, trial: Trial) -> Subject | None:
    """The object of the API behind a subject; None for the cluster as a whole."""
    if subject.group or subject.kind not in {"Cluster", "NodeService", "ScheduledTask"}:
        return subject
    declares = trial.profile.declares
    for service in declares.node_services:
        if (subject.kind, subject.name) == ("NodeService", service.name):
            return Subject("DaemonSet", service.daemon_set, service.namespace, "apps")
    for task in declares.scheduled_tasks:
        if (subject.kind, subject.name) == ("ScheduledTask", task.name):
            return Subject("CronJob", task.cron_job, task.namespace, "batch")
    return None


def api_version(subject: Subject) -> str:
    """Group and version, such as ``apps/v1``; empty for a kind of which no version is known."""
    need = _RESOURCES.get((subject.group, subject.kind))
    return "/".join(part for part in (subject.group, need.versions[0]) if part) if need else ""


def _named(subject: Subject) -> str:
    """``resource.group/name``: a name that begins with a dash is then no option."""
    need = _RESOURCES.get((subject.group, subject.kind))
    resource = need.resource if need else subject.kind.lower()
    return f"{resource}.{subject.group}/{subject.name}" if subject.group else f"{resource}/{subject.name}"


def _lists(needs: Sequence[Need]) -> list[str]:
    listed = [need for need in needs if need.resource]
    if not listed:
        return ["api-resources"]
    names = [f"{need.resource}.{need.group}" if need.group else need.resource for need in listed]
    return ["get", ",".join(names), *(["-A"] if any(need.namespaced for need in listed) else [])]
