"""The use case behind ``doctor``: what may be read, what waits on what may not, and what nobody declared."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from seatrial.app import trials
from seatrial.app.collect import Progress
from seatrial.app.rights import Right, missing_line, rights
from seatrial.model.evidence import Need
from seatrial.model.profile import Profile
from seatrial.reports._page import plain

MOST_NAMESPACES = 50
"""Namespaces that are asked about one by one; each costs a request."""

_ACCOUNT = "system:serviceaccount:"


def diagnose(choice: Mapping[str, Any], profile_path: str | None, progress: Progress) -> tuple[str, bool]:
    """A report for people, and whether everything can be read. Raises UserError where there is no cluster to ask."""
    profile = trials.choose_profile(profile_path)
    source = trials.connect(trials.ClusterChoice(**choice), profile, progress)
    cluster = source.cluster()
    progress("asking what may be read")
    user = source.rights.user()
    asked = [right for right in rights() if right.need is None or source.serves(right.need)]
    allowed = {right: source.rights.permits(right.questions) for right in asked}
    lines = [f"cluster {plain(cluster.context)} ({plain(cluster.server)}) {plain(cluster.version)}"]
    lines += [f"as {plain(user)}"] if user else []
    lines += ["", *_lists(allowed, len(rights()) - len(asked))]
    if not all(allowed.values()):
        lines += _missing(allowed, _subject(user))
        lines += _by_namespace(source, allowed, choice.get("namespaces") or ())
    lines += _declarations(profile)
    progress("")
    return "\n".join(lines) + "\n", all(allowed.values())


def _lists(allowed: Mapping[Right, bool | None], unserved: int) -> Iterator[str]:
    said = [value for right, value in allowed.items() if right.need is not None]
    rest = f"; {unserved} more kinds are not served here" if unserved else ""
    yield f"{sum(map(bool, said))} of {len(said)} lists may be read in the whole cluster{rest}"


def _missing(allowed: Mapping[Right, bool | None], subject: str) -> Iterator[str]:
    """Each right that is missing, those that most items wait on first."""
    for right in sorted(allowed, key=lambda right: -len(right.items)):
        if not allowed[right]:
            said = "not allowed" if allowed[right] is False else "the server did not say"
            yield f"  {said}: {missing_line(right)}"
    yield f"  try: seatrial doctor --rbac{subject} | kubectl apply -f -"


def _subject(user: str) -> str:
    """The option that binds a role to a user; a placeholder where his name is not known or must not be pasted."""
    if not user or plain(user) != user:
        return " --bind-to user:NAME"
    kind = "serviceaccount" if user.startswith(_ACCOUNT) else "user"
    return f" --bind-to {shlex.quote(f'{kind}:{user.removeprefix(_ACCOUNT)}')}"


def _by_namespace(source: Any, allowed: Mapping[Right, bool | None], named: Sequence[str]) -> Iterator[str]:
    """What may be read in the namespaces that are named, or that are known, where not every list may be read."""
    needs = {right.need: value for right, value in allowed.items() if right.need and right.need.namespaced}
    if all(needs.values()):
        return
    places, whole = (tuple(dict.fromkeys(named)), True) if named else source.places()
    yield ""
    if not places:
        yield "no namespace may be listed; ask about yours: seatrial doctor -n NAME"
        return
    yield f"by namespace, of {len(needs)} lists" + ("" if whole else "; ask about others: -n NAME")
    width = max(map(len, places[:MOST_NAMESPACES]))
    for place in places[:MOST_NAMESPACES]:
        yield f"  {plain(place):{width}}  {_in(place, source, needs)}"
    if len(places) > MOST_NAMESPACES:
        yield f"  {len(places) - MOST_NAMESPACES} more were not asked about: -n NAME"


def _in(place: str, source: Any, needs: Mapping[Need, bool | None]) -> str:
    said = {need: bool(value) or source.rights.may_list(place, need) for need, value in needs.items()}
    if None in said.values():
        return "the server did not say"
    refused = [f"{need.resource} ({need.group or 'core'})" for need, value in said.items() if not value]
    if not refused:
        return "all"
    if len(refused) == len(said):
        return "none"
    return f"{len(said) - len(refused)}; not {', '.join(refused)}"


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
