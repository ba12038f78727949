"""Objects as they stand in etcd, written there directly: ages, owners, uids and status survive.

Through the API they would be changed or refused. The server decodes JSON values, applies its defaults, and shows
them to its watchers within some milliseconds.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

import urllib3

PREFIX = "/registry/"
_END = PREFIX[:-1] + chr(ord(PREFIX[-1]) + 1)
_BATCH = 100
"""Operations in one transaction; etcd takes 128."""

_ODD = {
    "nodes": "minions",
    "services": "services/specs",
    "endpoints": "services/endpoints",
    "replicationcontrollers": "controllers",
    "ingresses": "ingress",
}
"""Built-in resources whose place in etcd is not their name."""

_WITHOUT_GROUP = frozenset(
    {
        "", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "scheduling.k8s.io", "node.k8s.io",
        "coordination.k8s.io", "discovery.k8s.io", "storage.k8s.io", "rbac.authorization.k8s.io", "events.k8s.io",
        "admissionregistration.k8s.io", "certificates.k8s.io", "flowcontrol.apiserver.k8s.io", "resource.k8s.io",
    }
)  # fmt: skip
"""Groups whose name is not in the key; those of definitions and of API services are in it, as custom ones are."""


def key_of(row: Mapping[str, Any], resource: str) -> str:
    """Where an object stands: ``/registry/pods/NS/NAME``; custom resources ``/registry/GROUP/PLURAL/NS/NAME``."""
    group = str(row["apiVersion"]).rpartition("/")[0]
    metadata = row["metadata"]
    place = _ODD.get(resource, resource) if group in _WITHOUT_GROUP else f"{group}/{resource}"
    parts = [place, *([metadata["namespace"]] if metadata.get("namespace") else []), metadata["name"]]
    return PREFIX + "/".join(parts)


class Etcd:
    """A client of etcd's JSON gateway."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager()

    def put(self, values: Mapping[str, bytes]) -> None:
        self._transact(
            [
                {"requestPut": {"key": _encoded(key), "value": _encoded(value)}}
                for key, value in values.items()
            ]
        )

    def delete(self, keys: Iterable[str]) -> None:
        self._transact([{"requestDeleteRange": {"key": _encoded(key)}} for key in keys])

    def get(self, keys: Iterable[str], *, at: int = 0) -> dict[str, bytes]:
        """The values of those keys that are there, now or at an earlier revision."""
        found: dict[str, bytes] = {}
        for key in keys:
            for row in self._ask("range", {"key": _encoded(key), "revision": at}).get("kvs", ()):
                found[key] = base64.b64decode(row["value"])
        return found

    def revision(self) -> int:
        """The number of the last change: what stood then can be read until it is compacted."""
        return int(self._ask("range", {"key": _encoded(PREFIX)})["header"]["revision"])

    def revisions(self, *, at: int = 0) -> dict[str, int]:
        """Every key of the API server with the revision that last changed it, now or at an earlier revision."""
        everything = {"key": _encoded(PREFIX), "range_end": _encoded(_END), "keys_only": True, "revision": at}
        return {
            base64.b64decode(row["key"]).decode(): int(row["mod_revision"])
            for row in self._ask("range", everything).get("kvs", ())
        }

    def _transact(self, operations: list[dict[str, Any]]) -> None:
        for at in range(0, len(operations), _BATCH):
            self._ask("txn", {"success": operations[at : at + _BATCH]})

    def _ask(self, verb: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._pool.request("POST", f"{self._url}/v3/kv/{verb}", body=json.dumps(body))
        if answer.status != 200:
            raise RuntimeError(f"etcd answered {answer.status}: {answer.data[:300]!r}")
        value: dict[str, Any] = json.loads(answer.data)
        return value


def _encoded(value: str | bytes) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()
