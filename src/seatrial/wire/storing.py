"""Pods on their way into a trial: those of one template are decoded once, by what is the same in their encoded form.

They are two thirds of the objects of a cluster. What is stored of each is byte for byte what its ``Pod`` would be.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Raw, structs

from seatrial.wire.alike import Alike
from seatrial.wire.base import Metadata, Object, OwnerReference, Wire
from seatrial.wire.pod import PodSpec, PodStatus
from seatrial.wire.redact import Redactor
from seatrial.wire.workload import CronJob, DaemonSet, Deployment, Job, ReplicaSet, StatefulSet

TOKEN_VOLUME = "kube-api-access-"  # a volume's name
"""Begins the name of the volume that admission adds for a token; five random characters follow."""

_ABSENT: Final = Raw(b"")


class EncodedMetadata(Wire, frozen=True, gc=False):
    """``Metadata``, what many pods have in common still encoded."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    generation: int = 0
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    labels: Raw = _ABSENT
    annotations: Raw = _ABSENT
    owner_references: Raw = _ABSENT


class EncodedPod(Wire, frozen=True, gc=False):
    """``Pod``, its spec still encoded: as the server gave it, or, out of ``PodStore``, as it is stored."""

    api_version: str = ""
    kind: str = ""
    metadata: EncodedMetadata = EncodedMetadata()
    spec: Raw = _ABSENT
    status: PodStatus | None = None


_set = structs.force_setattr
_encode = msgspec.json.Encoder(order="deterministic").encode
_spec = msgspec.json.Decoder(PodSpec).decode
_texts = msgspec.json.Decoder(dict[str, str]).decode
_owners = msgspec.json.Decoder(tuple[OwnerReference, ...]).decode


class PodStore:
    """Turns the pods of one list, as they come, into what is stored of them."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._marks: tuple[bytes, bytes, bytes] | None = None
        self._kept = (_ABSENT, _ABSENT, _ABSENT)
        self._given: Alike | None = None
        self._stored: Alike | None = None

    def store(self, pod: EncodedPod) -> EncodedPod:
        """The pod as it is stored, in place. Raises msgspec.ValidationError for one that no server has, and for a wrong shape."""
        if not pod.metadata.name:
            raise msgspec.ValidationError("a pod without a name")
        metadata = pod.metadata
        _set(pod, "spec", self._spec_of(bytes(pod.spec), metadata.name))
        marks = bytes(metadata.labels), bytes(metadata.annotations), bytes(metadata.owner_references)
        if marks != self._marks:
            self._kept = self._keep(*marks)
            self._marks = marks
        labels, annotations, owners = self._kept
        _set(metadata, "labels", labels)
        _set(metadata, "annotations", annotations)
        _set(metadata, "owner_references", owners)
        return pod

    def _keep(self, labels: bytes, annotations: bytes, owners: bytes) -> tuple[Raw, Raw, Raw]:
        return (
            _encoded(_texts(labels)) if labels else _ABSENT,
            _encoded(self._redactor.annotations(_texts(annotations))) if annotations else _ABSENT,
            _encoded(_owners(owners)) if owners else _ABSENT,
        )

    def _spec_of(self, given: bytes, name: str) -> Raw:
        if self._given is not None and self._stored is not None:
            texts = self._given.texts(given)
            if texts is not None:
                return Raw(self._stored.filled(texts))
        spec = _spec(given or b"{}")
        if not spec.containers:
            raise msgspec.ValidationError("a pod without containers")
        stored = _encode(spec)
        texts = [text.encode() for text in _own(spec, name) if b'"%b"' % text.encode() in given]
        self._given, self._stored = Alike(given, texts), Alike(stored, texts)
        if not self._stored.usable:
            self._given = None
        return Raw(stored)


def _own(spec: PodSpec, name: str) -> Iterator[str]:
    """Texts that are a pod's own: those of the other pods of its template are others."""
    if spec.node_name:
        yield spec.node_name
    for volume in spec.volumes:
        if volume.name.startswith(TOKEN_VOLUME):
            yield volume.name
        if volume.persistent_volume_claim is not None and volume.persistent_volume_claim.claim_name:
            yield volume.persistent_volume_claim.claim_name
    yield name  # of a StatefulSet it is the host's


def redacted(item: Object, redactor: Redactor) -> Object:
    """The struct with its annotations redacted, in place; texts that may hold secrets have no field in it."""
    for metadata in _metadata(item):
        if metadata.annotations:
            _set(metadata, "annotations", redactor.annotations(metadata.annotations))
    return item


def _metadata(item: Object) -> Iterator[Metadata]:
    """The object's own, and those of its templates."""
    yield item.metadata
    if isinstance(item, CronJob):
        yield item.spec.job_template.metadata
        yield item.spec.job_template.spec.template.metadata
    elif isinstance(item, (ReplicaSet, Job, Deployment, StatefulSet, DaemonSet)):
        yield item.spec.template.metadata
    if isinstance(item, StatefulSet):
        yield from (claim.metadata for claim in item.spec.volume_claim_templates)


def _encoded(value: object) -> Raw:
    """What is stored of a value; nothing for an empty one, as of every default."""
    return Raw(_encode(value)) if value else _ABSENT
