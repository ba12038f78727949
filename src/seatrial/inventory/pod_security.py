"""What each namespace enforces of the Pod Security Standards, as far as its labels say."""

import re
from typing import ClassVar, Self

from seatrial.inventory.views import Views
from seatrial.model.evidence import Cause, Gap, Need, Partial, Unseen
from seatrial.needs import kube
from seatrial.semantics.pod_security import NEWEST, Enforced, enforced
from seatrial.wire.cluster import Namespace

_VERSION = re.compile(r"v?1\.(\d{1,3})(?:[.+-].*)?")


class PodSecurity:
    """Levels by namespace, and the minor version of the server, which ``latest`` means."""

    needs: ClassVar[tuple[Need, ...]] = (kube.NAMESPACES,)

    def __init__(self, views: Views) -> None:
        self._views = views
        self._namespaces: Partial[Namespace] = views.table(kube.NAMESPACES, Namespace)

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls(views)

    def enforced(self, namespace: str) -> Enforced | None:
        """What a namespace's labels enforce; None where they do not say. Raises Unseen where it was not seen."""
        row = self._namespaces.find("", namespace)
        if row is None:
            detail = f"namespace {namespace} went while the lists were read"
            raise Unseen(Gap(kube.NAMESPACES.id, Cause.STALE, detail, "run again", "", namespace))
        return enforced(row.labels)

    def server_minor(self) -> int:
        """The server's minor version; for manifests, which have no server, the newest that is known."""
        if self._views.trial.declared:
            return NEWEST
        cluster = self._views.trial.cluster
        match = _VERSION.fullmatch(cluster.emulates or cluster.version)
        if match is None:
            raise Unseen(
                Gap(
                    "kube/version",
                    Cause.REFUSED,
                    "the server's version was not read",
                    "grant get on /version",
                )
            )
        return int(match[1])

    def minor(self, found: Enforced) -> int:
        """The minor version whose rules are enforced. Raises Unseen for one that the server or this version does not know."""
        server = self.server_minor()
        minor = server if found.minor is None else found.minor
        if minor > server:
            detail, cure = (
                f"enforce-version v1.{minor} is newer than the server",
                "set a version of the server",
            )
        elif minor > NEWEST:
            detail, cure = f"the rules of 1.{minor} are newer than those known here", "use a newer Seatrial"
        else:
            return minor
        raise Unseen(Gap("judgement", Cause.UNDECIDABLE, detail, cure))
