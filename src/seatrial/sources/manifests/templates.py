"""The pods that manifests would bring: one of every pod template."""

from collections.abc import Iterator
from typing import Any

from seatrial.sources.manifests.files import Manifest

Json = dict[str, Any]

TEMPLATES: dict[tuple[str, str], tuple[str, ...]] = {
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("", "ReplicationController"): ("spec", "template"),
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("argoproj.io", "Rollout"): ("spec", "template"),
}
"""Where a kind keeps its pod template."""


def group_of(row: Json) -> str:
    return str(row.get("apiVersion", "")).rpartition("/")[0]


def pods(manifests: list[Manifest]) -> Iterator[Manifest]:
    """Pods as written, and one pod of every template, owned by the object that has it; its status is not known."""
    for manifest in manifests:
        row = manifest.object
        kind = row["kind"]
        if kind == "Pod" and group_of(row) == "":
            yield Manifest({**row, "spec": _with_volumes(row.get("spec")), "status": None}, manifest.where)
            continue
        template = _template(row, kind)
        if template is not None:
            yield Manifest(_pod(row, template), manifest.where)


def _with_volumes(spec: Any) -> Any:
    """The spec as a server would hold it: a volume that names no source is an emptyDir."""
    if not isinstance(spec, dict) or not isinstance(spec.get("volumes"), list):
        return spec or {}
    volumes = [
        {**row, "emptyDir": {}}
        if isinstance(row, dict) and all(value is None for key, value in row.items() if key != "name")
        else row
        for row in spec["volumes"]
    ]
    return {**spec, "volumes": volumes}


def _template(row: Json, kind: str) -> Json | None:
    path = TEMPLATES.get((group_of(row), kind))
    value: Any = row
    for step in path or ():
        value = value.get(step) if isinstance(value, dict) else None
    return value if path and isinstance(value, dict) else None


def _pod(row: Json, template: Json) -> Json:
    owner = row.get("metadata") or {}
    metadata = template.get("metadata") or {}
    if not isinstance(metadata, dict):
        metadata = {"labels": metadata}
    return {
        "metadata": {
            **metadata,
            # a name with a colon clashes with no pod that a server would take
            "name": f"{row['kind'].lower()}:{owner.get('name')}",
            "namespace": owner.get("namespace"),
            "ownerReferences": [
                {
                    "apiVersion": row["apiVersion"],
                    "kind": row["kind"],
                    "name": owner.get("name"),
                    "controller": True,
                }
            ],
        },
        "spec": _with_volumes(template.get("spec")),
    }
