"""Which groups, versions and resources an API server serves; read once."""

from typing import Any

import msgspec

from seatrial.model.evidence import Cause, Gap
from seatrial.model.trial import Group
from seatrial.needs import kube
from seatrial.sources.kube.answers import status_of
from seatrial.sources.kube.transport import Answer, Failure, Transport

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
MOST_GROUPS = 2000


class Discovery:
    """``groups`` by group and version; ``gap`` where discovery did not answer whole."""

    def __init__(self, groups: list[Group], gap: Gap | None = None) -> None:
        self.groups = sorted(groups)
        self.gap = gap

    def versions(self, group: str) -> dict[str, Group]:
        return {row.version: row for row in self.groups if row.group == group}


def discover(transport: Transport) -> Discovery:
    """Asks ``/api`` and ``/apis``, aggregated where the server can. Faults become the gap."""
    groups: list[Group] = []
    try:
        for path in ("/api", "/apis"):
            answer = transport.get(path, accept=f"{AGGREGATED},application/json")
            groups += _read(transport, path, answer)
    except Failure as failure:
        return Discovery(groups, Gap(kube.DISCOVERY.id, failure.cause, failure.says, failure.cure))
    except (
        msgspec.DecodeError,
        RecursionError,
        UnicodeDecodeError,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        detail = f"discovery is not in a form that is known: {type(error).__name__}"
        return Discovery(groups, Gap(kube.DISCOVERY.id, Cause.MALFORMED, detail, "kubectl get --raw /apis"))
    return Discovery(groups)


def _read(transport: Transport, path: str, answer: Answer) -> list[Group]:
    if answer.status != 200:
        says = " ".join([f"HTTP {answer.status}", *status_of(answer).words])
        if answer.status == 403:
            raise Failure(Cause.REFUSED, says, f"grant get on {path}: seatrial doctor --rbac")
        if answer.status == 401:
            raise Failure(Cause.REFUSED, says, "log in again")
        raise Failure(Cause.UNREACHABLE, says)
    value: Any = msgspec.json.decode(answer.body)
    if value["kind"] == "APIGroupDiscoveryList":
        return [
            _group(item["metadata"].get("name") or "", row)
            for item in value["items"]
            for row in item["versions"]
        ]
    if path == "/api" and value["kind"] == "APIVersions":
        return [_listed(transport, "", version, f"/api/{version}") for version in value["versions"]]
    if value["kind"] != "APIGroupList":
        raise KeyError
    rows = [
        (group["name"], row["version"])
        for group in value["groups"][:MOST_GROUPS]
        for row in group["versions"]
    ]
    return [_listed(transport, name, version, f"/apis/{name}/{version}") for name, version in rows]


def _group(name: str, row: dict[str, Any]) -> Group:
    resources = tuple(sorted(resource["resource"] for resource in row.get("resources") or ()))
    return Group(name, row["version"], resources, stale=row.get("freshness") == "Stale")


def _listed(transport: Transport, group: str, version: str, path: str) -> Group:
    """One group by the old way: a server that cannot ask an aggregated API answers 503 for its group alone."""
    answer = transport.get(path)
    if answer.status != 200:
        return Group(group, version, (), stale=True)
    rows = msgspec.json.decode(answer.body)["resources"] or ()
    return Group(group, version, tuple(sorted(row["name"] for row in rows if "/" not in row["name"])))
