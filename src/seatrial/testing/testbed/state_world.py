"""State worlds: objects written into a real etcd, read through the unmodified API server, and taken away again."""

import copy
import hashlib
import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from seatrial.model.evidence import Need
from seatrial.needs import kube
from seatrial.testing.testbed.control_plane import ControlPlane
from seatrial.testing.testbed.etcd import PREFIX, key_of

Json = dict[str, Any]

CREATED = "2026-01-01T00:00:00Z"
"""The age of an object that does not say its own."""

USUAL_PORT = 6443
"""Where API servers listen that do not share a machine with others."""

_SEEN_WITHIN = 10
"""Seconds until a definition is served, or is no longer; it takes less than one."""

_LEFT_ALONE = tuple(
    PREFIX + place
    for place in ("leases/kube-system/apiserver-", "peerserverleases/", "apiregistration.k8s.io/apiservices/")
)
"""What the server writes by itself: leases every ten seconds, and an API service for each custom group."""

_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def path_of(plane: ControlPlane, row: Mapping[str, Any], *, collection: bool = False) -> str:
    """The API path of an object, or of the collection that it is created in. Raises LookupError for an unserved kind."""
    api_version, metadata = str(row["apiVersion"]), row["metadata"]
    resource = plane.resource(api_version, str(row["kind"]))
    path = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
    path += f"/namespaces/{metadata['namespace']}" if resource.namespaced else ""
    path += f"/{resource.plural}"
    return path if collection else f"{path}/{metadata['name']}"


class StateWorld:
    """Worlds in a control plane, over what stood there before: an empty server's objects, or an outer world."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._before: int | None = None

    @contextmanager
    def holding(self, objects: Sequence[Json]) -> Iterator[None]:
        """The world stands in the server within the block, and is gone after it, whatever happens."""
        try:
            self.write(objects)
            yield
        finally:
            self.clear()

    def write(self, objects: Sequence[Json]) -> None:
        """Writes objects as they are, with uid, age and missing namespaces filled in, the same each time.

        Lists show them at once: one without a version is consistent. Raises LookupError for a kind that is not served.
        """
        values = {}
        for row in objects:
            resource = self._plane.resource(row["apiVersion"], row["kind"])
            if resource.namespaced != bool(row["metadata"].get("namespace")):
                wrong = "needs a" if resource.namespaced else "stands in no"
                raise ValueError(f"{row['kind']} {row['metadata']['name']} {wrong} namespace")
            values[key_of(row, resource.plural)] = _stored(row)
        etcd = self._plane.etcd
        if self._before is None:
            self._before = etcd.revision()
        there = etcd.revisions()
        for place in sorted({row["metadata"].get("namespace") for row in objects} - {None}):
            namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": place}}
            key = key_of(namespace, "namespaces")
            if key not in values and key not in there:
                values[key] = _stored(namespace)
        etcd.put({key: json.dumps(row).encode() for key, row in values.items()})

    def clear(self) -> None:
        """Puts everything back as it stood before the world was written, also what was changed through the API."""
        if self._before is None:
            return
        etcd = self._plane.etcd
        before, now = etcd.revisions(at=self._before), etcd.revisions()
        changed = [
            key for key in before | now if before.get(key) != now.get(key) and not key.startswith(_LEFT_ALONE)
        ]
        old = etcd.get((key for key in changed if key in before), at=self._before)
        etcd.delete(key for key in changed if key not in before)
        etcd.put(old)
        self._before = None


def refusals(plane: ControlPlane, objects: Iterable[Json]) -> list[str]:
    """Why a server would not take objects: each is created as a dry run, unknown fields refused.

    What only a server or a kubelet writes is left out: status, uid, ages, containers for debugging. ``plane`` should
    be one without admission, so that what it refuses is no object at all; what is refused all the same although it
    stands in real clusters, the caller takes from the answer.
    """
    found = []
    for row in objects:
        metadata = {key: value for key, value in row["metadata"].items() if key not in _SERVERS_OWN}
        body = {**row, "metadata": metadata}
        body.pop("status", None)
        if isinstance(body.get("spec"), dict):
            body["spec"] = {key: value for key, value in body["spec"].items() if key != "ephemeralContainers"}
        path = path_of(plane, row, collection=True) + "?dryRun=All&fieldValidation=Strict"
        status, answer = plane.request("POST", path, body)
        # a world may change an object that the server has of its own
        if status not in {200, 201, 409}:
            says = answer.get("message", answer) if isinstance(answer, dict) else answer
            found.append(f"{row['kind']} {metadata.get('namespace', '')}/{metadata['name']}: {says}")
    return found


_SERVERS_OWN = frozenset({"uid", "creationTimestamp", "deletionTimestamp", "generation", "resourceVersion"})


def ambient(plane: ControlPlane) -> list[Json]:
    """Every object of the kinds that are read which an empty server holds, without what differs between servers.

    That is uid, age and version, the port that it listens on, and its Lease, which is named after the machine.
    """
    rows: list[Json] = []
    for need in vars(kube).values():
        if not isinstance(need, Need) or need.resource in {"", "leases"}:
            continue
        prefix = f"/apis/{need.group}/{need.versions[0]}" if need.group else f"/api/{need.versions[0]}"
        status, answer = plane.request("GET", f"{prefix}/{need.resource}")
        if status == 200:
            api_version = f"{need.group}/{need.versions[0]}" if need.group else need.versions[0]
            rows += [_bare({"apiVersion": api_version, "kind": need.kind, **row}) for row in answer["items"]]
    return sorted(
        rows, key=lambda row: (row["kind"], row["metadata"].get("namespace", ""), row["metadata"]["name"])
    )


def _bare(row: Json) -> Json:
    row = copy.deepcopy(row)
    for name in ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation"):
        row["metadata"].pop(name, None)
    if row["kind"] == "Service":
        for port in row["spec"]["ports"]:
            port["targetPort"] = USUAL_PORT
    return row


def _stored(row: Json) -> Json:
    """The object as it would stand in etcd: a uid that is the same each time, and an age."""
    metadata = row["metadata"]
    named = (row["apiVersion"], row["kind"], metadata.get("namespace", ""), metadata["name"])
    digest = hashlib.sha256(json.dumps(named).encode()).digest()
    own = {"uid": str(uuid.UUID(bytes=digest[:16], version=4)), "creationTimestamp": CREATED}
    return {**row, "metadata": {**own, **metadata}}


def install_crds(plane: ControlPlane, crds: Iterable[Json | Path]) -> None:
    """Creates CustomResourceDefinitions, given as objects or as files of YAML, and waits until each is served."""
    for crd in _definitions(crds):
        status, answer = plane.request("POST", _DEFINITIONS, crd)
        if status not in {201, 409}:
            raise RuntimeError(f"{crd['metadata']['name']}: {answer}")
        group, plural = crd["spec"]["group"], crd["spec"]["names"]["plural"]
        for version in (row["name"] for row in crd["spec"]["versions"] if row["served"]):
            path = f"/apis/{group}/{version}"
            deadline = time.monotonic() + _SEEN_WITHIN
            while not (
                plane.request("GET", f"{path}/{plural}")[0] == 200
                and _serves(plane, path, plural)
                and group in _served_groups(plane)
            ):
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{path}/{plural} is not served")
                time.sleep(0.05)


def _definitions(crds: Iterable[Json | Path]) -> Iterator[Json]:
    for crd in crds:
        if isinstance(crd, Path):
            yield from (row for row in yaml.safe_load_all(crd.read_text("utf-8")) if row)
        else:
            yield crd


def _served_groups(plane: ControlPlane) -> set[str]:
    return {row["name"] for row in plane.request("GET", "/apis")[1]["groups"]}


def _serves(plane: ControlPlane, path: str, plural: str) -> bool:
    status, answer = plane.request("GET", path)
    return status == 200 and any(row["name"] == plural for row in answer["resources"])


def uninstall_crds(plane: ControlPlane, crds: Sequence[Json]) -> None:
    """Deletes definitions and waits until discovery does not name them any more."""
    for crd in crds:
        plane.request("DELETE", f"{_DEFINITIONS}/{crd['metadata']['name']}")
    deadline = time.monotonic() + _SEEN_WITHIN
    for crd in crds:
        path = f"/apis/{crd['spec']['group']}/{crd['spec']['versions'][0]['name']}"
        while _serves(plane, path, crd["spec"]["names"]["plural"]):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{path} is still served")
            time.sleep(0.05)
