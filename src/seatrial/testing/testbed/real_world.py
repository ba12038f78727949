"""A check's worlds, judged over what a real API server answers."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import structs

from seatrial.app.collect import collect, quiet
from seatrial.kit.checking import Check
from seatrial.kit.worlds import Trap
from seatrial.model.evidence import Need
from seatrial.model.finding import ClaimVerdict
from seatrial.model.profile import Profile
from seatrial.model.trial import Trial
from seatrial.needs import kube
from seatrial.sources.kube import connect
from seatrial.testing.proving import module_of, needs_of_claim, verdict
from seatrial.testing.testbed.control_plane import ControlPlane
from seatrial.testing.testbed.state_world import StateWorld, install_crds, uninstall_crds
from seatrial.testing.worlds import Held, convert_profile, hold

Json = dict[str, Any]
READER = "seatrial-reader"
ALLOWED_WITHIN = 10
"""Seconds until a new role is in force; it takes milliseconds."""

Group = tuple[str, tuple[str, ...]]


class RealWorld:
    """Judges worlds on a control plane, one after the other."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._world = StateWorld(plane)
        self._kubeconfig = str(plane.kubeconfig())
        self._readers: set[str] = set()

    def judge(self, check: Check[Any, Any], trap: Trap | None) -> ClaimVerdict:
        """The claim's verdict on the check's world, changed by a trap, over a real server's answers."""
        held = hold(module_of(check).GOOD, trap)
        refused = [resource for resource, _ in held.refused]
        # the server counts objects once a minute, and worlds follow one another faster: nobody reads its counts here
        user = self._reader_without(refused[0] if refused else "")
        with self._world.holding(held.objects):
            return verdict(check, self._trial(held, needs_of_claim(check), user))

    def _trial(self, held: Held, needs: Iterable[Need], user: str) -> Trial:
        """What stands in the server now and a user may see, as a trial at the world's own time and with its profile."""
        source = connect(kubeconfig=self._kubeconfig, as_user=user)
        trial = collect(source, tuple(needs), Profile(), quiet)
        evidence = {
            id: structs.replace(answer, collected_at=held.now) for id, answer in trial.evidence.items()
        }
        return structs.replace(trial, now=held.now, profile=convert_profile(held.profile), evidence=evidence)

    @contextmanager
    def serving(self, groups: Iterable[Group]) -> Iterator[None]:
        """These API groups are served within the block, by a small definition without a schema."""
        crds = [_definition(group_version, name) for group_version, names in groups for name in names]
        install_crds(self._plane, crds)
        try:
            yield
        finally:
            uninstall_crds(self._plane, crds)

    def reader(self) -> str:
        """A user who may list everything, and nothing else."""
        return self._reader_without("")

    def _reader_without(self, resource: str) -> str:
        """A user who may list everything but one resource, and nothing else; made outside of worlds, as it stays longer than one."""
        user = f"{READER}-without-{resource or 'nothing'}"
        if user not in self._readers:
            needs = [row for row in vars(kube).values() if isinstance(row, Need) and row.resource]
            rules = [
                {"apiGroups": [need.group], "resources": [need.resource], "verbs": ["list"]}
                for need in needs
                if need.resource != resource
            ]
            rules.append({"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]})
            _create(self._plane, "clusterroles", _role(user, rules))
            _create(self._plane, "clusterrolebindings", _binding(user))
            self._wait_until_allowed(user)
            self._readers.add(user)
        return user

    def _wait_until_allowed(self, user: str) -> None:
        """The server sees a new role some milliseconds after it was made."""
        attributes = {"verb": "get", "resource": "namespaces"}
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": user, "resourceAttributes": attributes},
        }
        deadline = time.monotonic() + ALLOWED_WITHIN
        path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        while not self._plane.request("POST", path, body)[1]["status"]["allowed"]:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{user} is not allowed to read")
            time.sleep(0.02)


def _create(plane: ControlPlane, resource: str, row: Json) -> None:
    status, answer = plane.request("POST", f"/apis/rbac.authorization.k8s.io/v1/{resource}", row)
    if status not in {201, 409}:
        raise RuntimeError(f"{resource}: {answer}")


def _role(name: str, rules: list[Json]) -> Json:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "rules": rules,
    }


def _binding(name: str) -> Json:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name}],
    }


def _definition(group_version: str, plural: str) -> Json:
    """A CustomResourceDefinition that takes anything."""
    group, _, version = group_version.rpartition("/")
    need = next(
        (
            row
            for row in vars(kube).values()
            if isinstance(row, Need) and (row.group, row.resource) == (group, plural)
        ),
        None,
    )
    kind = need.kind if need is not None else plural.title()
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{group}",
            "annotations": {"api-approved.kubernetes.io": "unapproved, for a test"},
        },
        "spec": {
            "group": group,
            "names": {"plural": plural, "kind": kind},
            "scope": "Cluster" if need is not None and not need.namespaced else "Namespaced",
            "versions": [
                {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
            ],
        },
    }
