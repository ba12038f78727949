"""State worlds: objects written into a real etcd, read through the unmodified API server, and taken away again."""

import copy
import hashlib
import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from seatrial.model.evidence import Need
from seatrial.needs import kube
from seatrial.testing.testbed.control_plane import ControlPlane
from seatrial.testing.testbed.etcd import key_of

Json = dict[str, Any]

CREATED = "2026-01-01T00:00:00Z"
"""The age of an object that does not say its own."""

RESOURCES: dict[tuple[str, str], str] = {
    (need.group, need.kind): need.resource
    for need in vars(kube).values()
    if isinstance(need, Need) and need.kind
} | {("node.k8s.io", "RuntimeClass"): "runtimeclasses", ("", "ConfigMap"): "configmaps"}

_SEEN_WITHIN = 10
"""Seconds until a definition is served, or is no longer; it takes less than one."""


def _resource(row: Mapping[str, Any]) -> str:
    group = str(row["apiVersion"]).rpartition("/")[0]
    return RESOURCES.get((group, str(row["kind"])), f"{row['kind'].lower()}s")


def path_of(row: Mapping[str, Any], *, collection: bool = False) -> str:
    """The API path of an object, or of the collection that it is created in."""
    group = str(row["apiVersion"]).rpartition("/")[0]
    metadata = row["metadata"]
    path = f"/apis/{row['apiVersion']}" if group else f"/api/{row['apiVersion']}"
    path += f"/namespaces/{metadata['namespace']}" if metadata.get("namespace") else ""
    path += f"/{_resource(row)}"
    return path if collection else f"{path}/{metadata['name']}"


class StateWorld:
    """One world at a time in a control plane, over the objects that an empty server holds."""

    def __init__(self, control_plane: ControlPlane) -> None:
        self._plane = control_plane
        self._written: list[str] = []
        self._replaced: dict[str, bytes] = {}

    @contextmanager
    def holding(self, objects: Sequence[Json]) -> Iterator[None]:
        """The world stands in the server within the block, and is gone after it, whatever happens."""
        try:
            self.write(objects)
            yield
        finally:
            self.clear()

    def write(self, objects: Sequence[Json]) -> None:
        """Writes objects as they are, with uid and age filled in. A list without a version is consistent, so it shows them."""
        values = {key_of(row, _resource(row)): json.dumps(_stored(row)).encode() for row in objects}
        self._replaced = self._plane.etcd.get(values)
        self._written = list(values)
        self._plane.etcd.put(values)

    def clear(self) -> None:
        """Takes the world away; objects of the server that it had replaced stand there again as before."""
        self._plane.etcd.delete(key for key in self._written if key not in self._replaced)
        self._plane.etcd.put(self._replaced)
        self._written, self._replaced = [], {}


def refusals(plane: ControlPlane, objects: Sequence[Json]) -> list[str]:
    """Why a server would not take objects: each is created as a dry run, unknown fields refused."""
    found = []
    for row in objects:
        metadata = {key: value for key, value in row["metadata"].items() if key not in _SERVERS_OWN}
        body = {**row, "metadata": metadata}
        body.pop("status", None)
        if isinstance(body.get("spec"), dict):
            body["spec"] = {key: value for key, value in body["spec"].items() if key != "ephemeralContainers"}
        path = path_of(row, collection=True) + "?dryRun=All&fieldValidation=Strict"
        status, answer = plane.request("POST", path, body)
        # a world may change an object that the server has of its own
        if status not in {200, 201, 409}:
            says = answer.get("message", answer) if isinstance(answer, dict) else answer
            found.append(f"{row['kind']} {metadata.get('namespace', '')}/{metadata['name']}: {says}")
    return found


_SERVERS_OWN = frozenset({"uid", "creationTimestamp", "deletionTimestamp", "generation", "resourceVersion"})


_COMES_LATER = frozenset({"", "leases", "services"})
"""What the API server makes of its own some seconds after it is ready: its Lease, and the Service ``kubernetes``."""


def ambient(plane: ControlPlane) -> list[Json]:
    """Every object of the kinds that are read which an empty server holds, without what differs between servers."""
    rows: list[Json] = []
    for need in vars(kube).values():
        if not isinstance(need, Need) or need.resource in _COMES_LATER:
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
    return row


def _stored(row: Json) -> Json:
    """The object as it would stand in etcd: a uid that is the same each time, and an age."""
    digest = hashlib.sha256(path_of(row).encode()).digest()
    metadata = {
        "uid": str(uuid.UUID(bytes=digest[:16], version=4)),
        "creationTimestamp": CREATED,
        **row["metadata"],
    }
    return {**row, "metadata": metadata}


def install_crds(plane: ControlPlane, crds: Iterable[Json]) -> None:
    """Creates CustomResourceDefinitions and waits until each is served."""
    for crd in crds:
        status, answer = plane.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd)
        if status not in {201, 409}:
            raise RuntimeError(f"{crd['metadata']['name']}: {answer}")
        RESOURCES[crd["spec"]["group"], crd["spec"]["names"]["kind"]] = crd["spec"]["names"]["plural"]
        version = crd["spec"]["versions"][0]["name"]
        deadline = time.monotonic() + _SEEN_WITHIN
        path = f"/apis/{crd['spec']['group']}/{version}/{crd['spec']['names']['plural']}"
        while plane.request("GET", path)[0] != 200 or crd["spec"]["group"] not in _served_groups(plane):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{path} is not served")
            time.sleep(0.05)


def _served_groups(plane: ControlPlane) -> set[str]:
    return {row["name"] for row in plane.request("GET", "/apis")[1]["groups"]}


def uninstall_crds(plane: ControlPlane, crds: Sequence[Json]) -> None:
    """Deletes definitions and waits until discovery does not name them any more."""
    for crd in crds:
        plane.request(
            "DELETE", f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{crd['metadata']['name']}"
        )
    deadline = time.monotonic() + _SEEN_WITHIN
    for crd in crds:
        path = f"/apis/{crd['spec']['group']}/{crd['spec']['versions'][0]['name']}"
        while True:
            status, answer = plane.request("GET", path)
            if status == 404 or all(
                row["name"] != crd["spec"]["names"]["plural"] for row in answer["resources"]
            ):
                break
            if time.monotonic() > deadline:
                raise RuntimeError(f"{path} is still served")
            time.sleep(0.05)
