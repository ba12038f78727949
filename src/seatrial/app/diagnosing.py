"""The use case behind ``doctor``: what may be read, and the role that allows it."""

from collections.abc import Iterator, Mapping
from typing import Any

from seatrial.app import trials
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.collect import Progress
from seatrial.engine.plan import needs_of
from seatrial.model.evidence import Need
from seatrial.model.profile import Profile

ROLE = "seatrial"


def diagnose(choice: Mapping[str, Any], profile_path: str | None, progress: Progress) -> tuple[str, bool]:
    """A report for people, and whether everything can be read. Raises UserError where there is no cluster to ask."""
    profile = trials.choose_profile(profile_path)
    source = trials.connect(trials.ClusterChoice(**choice), profile, progress)
    cluster = source.cluster()
    progress("asking what may be read")
    allowed: dict[Need, bool | None] = source.allowed(needs_of(installed_checks()))
    progress("")
    lines = [f"cluster {cluster.context} ({cluster.server}) {cluster.version}", ""]
    lines += _rights(allowed)
    lines += _declarations(profile)
    return "\n".join(lines) + "\n", all(allowed.values())


def _rights(allowed: Mapping[Need, bool | None]) -> Iterator[str]:
    yield f"{sum(bool(value) for value in allowed.values())} of {len(allowed)} lists may be read in the whole cluster"
    for need, value in sorted(allowed.items()):
        if value:
            continue
        items = _items_of(need)
        said = "not allowed" if value is False else "the server did not say"
        yield f"  {said}: list {need.resource} ({need.group or 'core'}); {len(items)} items: {' '.join(items[:8])}"
    if not all(allowed.values()):
        yield "  try: seatrial doctor --rbac | kubectl apply -f -   then bind the ClusterRole to yourself"


def _declarations(profile: Profile) -> Iterator[str]:
    declares = profile.declares
    missing = [
        name
        for name, rows in (
            ("nodeServices (17.3)", declares.node_services),
            ("scheduledTasks (17.4)", declares.scheduled_tasks),
            ("criticalComponents (17.6)", declares.critical_components),
        )
        if not rows
    ]
    if profile.accepted("psa-labels") is None:
        missing.append("accepts psa-labels (3.1), while there is no prober")
    yield ""
    if missing:
        yield "the profile does not say: " + ", ".join(missing)
        yield "  try: docs/reference/profile.md"
    else:
        yield "the profile says what only people can say"


def _items_of(need: Need) -> list[str]:
    answers = {check.answers for check in installed_checks() if need in check.needs}
    catalogue = installed_catalogue()
    return [item.id for item in catalogue.items if any(use.claim.id in answers for use in item.uses)]


def cluster_role() -> str:
    """The ClusterRole with exactly the reading rights that the needs of the installed checks ask for."""
    by_group: dict[str, set[str]] = {}
    for need in needs_of(installed_checks()):
        if need.resource:
            by_group.setdefault(need.group, set()).add(need.resource)
    lines = [
        "apiVersion: rbac.authorization.k8s.io/v1",
        "kind: ClusterRole",
        f"metadata: {{name: {ROLE}}}",
        "rules:",
        "# which cluster it is: the uid of one namespace",
        '- {apiGroups: [""], resources: [namespaces], resourceNames: [kube-system], verbs: [get]}',
    ]
    lines += [
        f'- {{apiGroups: ["{group}"], resources: [{", ".join(sorted(resources))}], verbs: [list]}}'
        for group, resources in sorted(by_group.items())
    ]
    return "\n".join(lines) + "\n"
