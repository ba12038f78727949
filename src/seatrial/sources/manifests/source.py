"""Answers the needs of the API server from manifests: what would stand there, and what they cannot tell."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from seatrial.model.errors import UserError
from seatrial.model.evidence import Cause, Evidence, Gap, Key, Need, Unseen
from seatrial.model.trial import Cluster, Group
from seatrial.needs import kube
from seatrial.sources.manifests.files import Manifest, read
from seatrial.sources.manifests.kinds import BRINGS_NO_PODS, BUILT_IN, OF_THE_CLUSTER
from seatrial.sources.manifests.templates import group_of, pods
from seatrial.wire.chunks import STORED_AS, as_struct, key_of, order_of, pack, without_nulls
from seatrial.wire.redact import Redactor
from seatrial.wire.storing import redacted

_BROUGHT_BY_OPERATORS = (kube.PODS, kube.DEPLOYMENTS, kube.STATEFUL_SETS, kube.DAEMON_SETS)

NOT_SHOWN = "manifests do not show it"
CURE = "judge the live cluster: seatrial assess"


class ManifestsSource:
    """``paths`` are files, folders, or ``-``. Raises UserError where they hold no object or none that is plain.

    Namespaced kinds are closed within the namespaces that the manifests use; kinds of the cluster are open, since
    others may have made more of them. Nodes and every status are gaps. Two objects of one name: the later one
    counts, as it would after ``kubectl apply``. ``manifests`` are taken instead of reading the paths.
    """

    name = "kube"

    def __init__(self, paths: Sequence[str], manifests: Iterable[Manifest] | None = None) -> None:
        self._redactor = Redactor(secrets.token_bytes(32))
        self._at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self._manifests = [
            _placed(manifest) for manifest in (read(paths) if manifests is None else manifests)
        ]
        if not self._manifests:
            raise UserError(f"no Kubernetes object in {', '.join(paths)}", hint="--manifests PATH, or -")
        self.locations = {
            (group_of(row.object), row.object["kind"], *_key(row)): row.where for row in self._manifests
        }
        """Where each object stands, by group, kind, namespace and name."""

    def cluster(self) -> Cluster:
        return Cluster(context="manifests")

    def skew(self) -> int:
        return 0

    def ask(self, need: Need) -> Evidence:
        """The answer of the manifests. Objects of a wrong shape are gaps that name their file and line."""
        answer = Evidence(need=need.id, schema=need.schema, collected_at=self._at)
        if need == kube.DISCOVERY:
            gap = Gap(need.id, Cause.NOT_RECORDED, NOT_SHOWN, CURE)
            return msgspec.structs.replace(answer, chunks=pack(self._groups()), gaps=(gap,))
        if need == kube.NODES:
            return msgspec.structs.replace(answer, gaps=(Gap(need.id, Cause.NOT_RECORDED, NOT_SHOWN, CURE),))
        records: dict[Key, Any] = {}
        gaps: dict[Key, Gap] = {}
        for manifest in self._candidates(need):
            key = _key(manifest)
            try:
                records[key] = self._record(need, manifest)
                gaps.pop(key, None)
            except Unseen as unseen:
                records.pop(key, None)
                gaps[key] = _located(unseen.gap, key, manifest.where)
        ordered = sorted(records.values(), key=order_of)
        return msgspec.structs.replace(answer, chunks=pack(ordered), gaps=(*gaps.values(), *self._open(need)))

    def _candidates(self, need: Need) -> list[Manifest]:
        if need == kube.PODS:
            return list(pods(self._manifests))
        return [
            manifest
            for manifest in self._manifests
            if manifest.object["kind"] == need.kind and group_of(manifest.object) == need.group
        ]

    def _record(self, need: Need, manifest: Manifest) -> Any:
        version = str(manifest.object.get("apiVersion", need.versions[0])).rpartition("/")[2]
        if need != kube.PODS and version not in need.versions:
            detail = f"{manifest.object['apiVersion']} is not read; {need.versions[0]} is"
            raise Unseen(
                Gap(need.id, Cause.NOT_SERVED, detail, f"write it as {need.group}/{need.versions[0]}")
            )
        row = {key: value for key, value in manifest.object.items() if key != "status"}
        stored = STORED_AS.get(need.schema)
        if stored is None:
            return self._redactor.whole(without_nulls(row))
        return redacted(as_struct(row, stored, need.id), self._redactor)

    def _open(self, need: Need) -> list[Gap]:
        """What the manifests cannot close: kinds of the cluster, namespaces that they only use, operators' pods."""
        if need.namespaced:
            return self._of_operators(need)
        whole = Gap(need.id, Cause.NOT_RECORDED, NOT_SHOWN, CURE)
        if need != kube.NAMESPACES:
            return [whole]
        defined = {
            row.object["metadata"]["name"] for row in self._manifests if row.object["kind"] == "Namespace"
        }
        used = {_key(row)[0] for row in self._manifests} - {"", *defined}
        detail = "the manifests use this namespace and do not define it"
        return [Gap(need.id, Cause.NOT_RECORDED, detail, CURE, "", name) for name in sorted(used)]

    def _of_operators(self, need: Need) -> list[Gap]:
        """Custom resources may bring pods that no manifest shows: those of their namespace are then not all known."""
        if need not in _BROUGHT_BY_OPERATORS:
            return []
        places = {
            _key(row)[0]: row.object["kind"]
            for row in self._manifests
            if group_of(row.object) not in BUILT_IN and row.object["kind"] not in BRINGS_NO_PODS
        }
        return [
            Gap(
                need.id,
                Cause.NOT_RECORDED,
                f"a {kind} may bring pods that manifests do not show",
                CURE,
                place,
            )
            for place, kind in sorted(places.items())
        ]

    def _groups(self) -> list[Group]:
        found: dict[tuple[str, str], set[str]] = {}
        for value in vars(kube).values():
            if isinstance(value, Need) and value.versions and not value.group.endswith("x-k8s.io"):
                found.setdefault((value.group, value.versions[0]), set()).add(value.resource)
        for manifest in self._manifests:
            group, _, version = str(manifest.object["apiVersion"]).rpartition("/")
            found.setdefault((group, version), set())
        return [
            Group(group, version, tuple(sorted(names))) for (group, version), names in sorted(found.items())
        ]


def _placed(manifest: Manifest) -> Manifest:
    """The object with its namespace filled in. Raises UserError for one without a name."""
    row = manifest.object
    metadata = row.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(
        metadata.get("name") or metadata.get("generateName"), str
    ):
        raise UserError(f"{manifest.where}: {row['kind']} has no metadata.name", hint="give it a name")
    name = metadata.get("name") or f"{metadata['generateName']}generated"
    namespace = metadata.get("namespace")
    if namespace is not None and not isinstance(namespace, str):
        raise UserError(f"{manifest.where}: metadata.namespace is no text", hint="put it in quotes")
    if not namespace and (group_of(row), row["kind"]) not in OF_THE_CLUSTER:
        namespace = "default"
    placed = {**metadata, "name": name, "namespace": namespace or ""}
    return msgspec.structs.replace(manifest, object={**row, "metadata": placed})


def _key(manifest: Manifest) -> Key:
    return key_of(manifest.object)


def _located(gap: Gap, key: Key, where: str) -> Gap:
    return msgspec.structs.replace(
        gap, detail=f"{where}: {gap.detail}", namespace=key[0], name=key[1], cure=f"correct {where}"
    )
