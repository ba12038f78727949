"""Pods put together: by top owner, and by all that is judged of them.

Pods are the most numerous objects by far, and those of one template are the same but for a few texts. So a stored
pod is read in two steps: names, owners, labels and readiness at once; the rest only of the first pod of its group.
"""

import re
from collections.abc import Iterator
from sys import intern
from typing import Any

import msgspec
from msgspec import Struct

from seatrial.inventory.views import Views
from seatrial.model.evidence import Gap, Partial, Unseen
from seatrial.model.finding import Subject
from seatrial.needs import kube
from seatrial.wire.base import Metadata, Object, OwnerReference, Wire
from seatrial.wire.chunks import undecodable
from seatrial.wire.pod import MIRROR_ANNOTATION, Pod, PodSpec, PodStatus
from seatrial.wire.storing import TOKEN_VOLUME

_TOKEN = TOKEN_VOLUME.encode()
_NODE = b'"nodeName":"'
_ONLY_NODE = b'"values":["'
"""Before the node's name where a DaemonSet wants its pod to be: a term of affinity that no other pod of it has."""

VOLATILE_LABELS = frozenset(
    {
        "pod-template-hash",
        "controller-revision-hash",
        "pod-template-generation",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "controller-uid",
        "job-name",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-name",
        "batch.kubernetes.io/job-completion-index",
    }
)
"""Labels that differ between the pods of a group: what selects by them may select some and not others."""

_VALUES = re.compile(rb'"values":\["([^"]*)"\]')

_JUDGED_ANNOTATIONS = (
    "container.apparmor.security.beta.kubernetes.io/",
    "container.seccomp.security.alpha.kubernetes.io/",
    "seccomp.security.alpha.kubernetes.io/",
)
_RUNS, _READY = b'{"phase":"Running",', b'{"type":"Ready","status":"True"'
_RUNNING = frozenset({"Running", "Pending", ""})
_NOTHING = b""
_encode = msgspec.json.Encoder(order="sorted").encode


class Member(Struct, frozen=True, gc=False):
    """A pod of a group."""

    name: str
    node: str
    ready: bool
    claims: tuple[str, ...] = ()
    """The PersistentVolumeClaims that it mounts; generic ephemeral volumes go with the pod and are none."""


class StoredMetadata(Wire, frozen=True, gc=False):
    name: str = ""
    namespace: str = ""
    labels: msgspec.Raw = msgspec.Raw(b"{}")
    annotations: msgspec.Raw = msgspec.Raw(b"{}")
    owner_references: msgspec.Raw = msgspec.Raw(b"[]")


class _Condition(Wire, frozen=True, gc=False):
    type: str = ""
    status: str = ""


class _Status(Wire, frozen=True, gc=False):
    phase: str = ""
    conditions: tuple[_Condition, ...] = ()


class StoredPod(Wire, frozen=True, gc=False):
    """A stored pod as far as it must be read to find its group."""

    metadata: msgspec.Raw = msgspec.Raw(b"{}")
    spec: msgspec.Raw = msgspec.Raw(b"{}")
    status: msgspec.Raw = msgspec.Raw(b"null")


class _Claim(Wire, frozen=True, gc=False):
    claim_name: str = ""


class _Volume(Wire, frozen=True, gc=False):
    name: str = ""
    persistent_volume_claim: _Claim | None = None


class _Spec(Wire, frozen=True, gc=False):
    node_name: str = ""
    volumes: tuple[_Volume, ...] = ()


read_metadata = msgspec.json.Decoder(StoredMetadata).decode
_status = msgspec.json.Decoder(_Status | None).decode
_whole_metadata = msgspec.json.Decoder(Metadata).decode
_whole_status = msgspec.json.Decoder(PodStatus | None).decode
_whole_spec = msgspec.json.Decoder(PodSpec).decode
_spec = msgspec.json.Decoder(_Spec).decode
_labels = msgspec.json.Decoder(dict[str, str]).decode
_annotations = msgspec.json.Decoder(dict[str, str]).decode
_references = msgspec.json.Decoder(tuple[OwnerReference, ...]).decode

Likeness = tuple[Subject, bytes]
"""What the pods of one group share: the top owner, and the encoded form of all that is judged of them."""


class Grouped(Struct):
    """The pods of one group. ``pod`` is the first; ``unseen`` says why the top owner is not known."""

    owner: Subject
    unseen: Gap | None
    pod: Pod
    members: list[Member]


def group_pods(views: Views) -> tuple[dict[Likeness, Grouped], list[Gap]]:
    """Every pod that is Running or Pending, in its group, and what is not known of the list."""
    owners, marks = _Owners(views), _Marks()
    groups: dict[Likeness, Grouped] = {}
    gaps: list[Gap] = []
    last: _Pattern | None = None
    known = views.kept(group_pods)
    kept: dict[int, tuple[Likeness, Member]] = {}
    for at, row in views.scan(kube.PODS, StoredPod, gaps):
        metadata = StoredMetadata()
        try:
            if at in known:
                likeness, member = known[at]
                owner, unseen = likeness[0], None
            else:
                metadata = read_metadata(row.metadata)
                ready = _seen_ready(bytes(row.status))
                if ready is None:
                    continue
                owner, unseen = owners.top(metadata)
                marked, encoded = marks.of(metadata), bytes(row.spec)
                node = last.node_of(owner, marked, encoded) if last is not None else None
                if last is not None and node is not None:
                    likeness, member = last.likeness, Member(metadata.name, node, ready)
                else:
                    spec = _spec(encoded)
                    likeness = owner, marked + _judged(encoded, spec)
                    member = _member(metadata.name, spec, ready)
                    last = _Pattern(likeness, marked, encoded, spec)
            group = groups.get(likeness)
            if group is None:
                pod = _whole(row)
                group = groups[likeness] = Grouped(owner, unseen, pod, [])
                views.remember(kube.PODS, (pod.namespace, pod.name), at)
            group.members.append(member)
            if views.within is not None and at >= 0 and group.unseen is None:
                kept[at] = likeness, member
        except (msgspec.ValidationError, UnicodeDecodeError, OverflowError, RecursionError) as error:
            gaps.append(undecodable(kube.PODS.id, (metadata.namespace, metadata.name), error))
    views.keep(group_pods, kept)
    return groups, gaps


def _whole(row: StoredPod) -> Pod:
    return Pod(
        metadata=_whole_metadata(row.metadata),
        spec=_whole_spec(row.spec),
        status=_whole_status(row.status),
    )


class _Pattern:
    """The encoded spec of a pod, cut where the pods of a template differ: its likes are known without decoding.

    Pods of one owner stand side by side in a list, so that nearly every pod is like the one before it.
    """

    def __init__(self, likeness: Likeness, marked: bytes, encoded: bytes, spec: _Spec) -> None:
        self.likeness = likeness
        self._marked = marked
        node = spec.node_name.encode()
        tokens = [row.name.encode() for row in spec.volumes if row.name.startswith(TOKEN_VOLUME)]
        claims = any(row.persistent_volume_claim is not None for row in spec.volumes)
        self._pieces: list[tuple[bytes, bytes]] = []
        """Texts that are the same, each with the beginning of what differs after it."""
        self._rest = encoded
        values = frozenset(_VALUES.findall(encoded)) if _ONLY_NODE in encoded else frozenset()
        self._values = values - {node}
        """What stands where a node's name would be taken out, and is none."""
        self._usable = bool(node) and len(tokens) <= 1 and not claims
        if self._usable:
            self._cut(encoded, [_NODE + node, *([_ONLY_NODE + node] if node in values else []), *tokens])
            # a name like a token's that is none may be the token of another pod
            self._usable = encoded.count(_TOKEN) == sum(begins is _TOKEN for _, begins in self._pieces)

    def _cut(self, encoded: bytes, texts: list[bytes]) -> None:
        at = 0
        while True:
            found = [(place, text) for text in texts if (place := encoded.find(text + b'"', at)) >= 0]
            if not found:
                break
            place, text = min(found)
            begins = next(form for form in (_NODE, _ONLY_NODE, _TOKEN) if text.startswith(form))
            self._pieces.append((encoded[at:place] + begins, _TOKEN if begins is _TOKEN else b""))
            at = place + len(text)
        self._rest = encoded[at:]

    def node_of(self, owner: Subject, marked: bytes, encoded: bytes) -> str | None:
        """The node of a pod that is like this one; None where it is not, or where that is not so easily told."""
        if not self._usable or owner is not self.likeness[0] or marked != self._marked:
            return None
        at = 0
        node = token = None
        for piece, begins in self._pieces:
            if not encoded.startswith(piece, at):
                return None
            at += len(piece)
            end = encoded.find(b'"', at)
            text = encoded[at:end]
            if begins:
                if token is not None and token != text:
                    return None
                token = text
            elif node is not None and node != text:
                return None
            else:
                node = text
            at = end
        if not node or b"\\" in node or node in self._values or encoded[at:] != self._rest:
            return None
        return intern(node.decode())


def controller_of(metadata: Metadata) -> OwnerReference | None:
    return _controller(metadata.owner_references)


def _controller(references: tuple[OwnerReference, ...]) -> OwnerReference | None:
    for owner in references:
        if owner.controller:
            return owner
    return None


class _Owners:
    """Top owners along controller references: Pod, ReplicaSet, Deployment; Pod, Job, CronJob; or what stands there.

    Where a link was not seen, the last owner that is known stands for the top one.
    """

    def __init__(self, views: Views) -> None:
        self._links: dict[tuple[str, str], Partial[Any]] = {
            # nothing but their owners is asked of them
            ("apps", "ReplicaSet"): views.table(kube.REPLICA_SETS, Object),
            ("batch", "Job"): views.table(kube.JOBS, Object),
        }
        self._known: dict[tuple[str, bytes], tuple[Subject, Gap | None]] = {}

    def top(self, pod: StoredMetadata) -> tuple[Subject, Gap | None]:
        references = bytes(pod.owner_references)
        known = self._known.get((pod.namespace, references))
        if known is None:
            owner = _controller(_references(references))
            if owner is None:
                return Subject("Pod", pod.name, pod.namespace), None
            known = self._known[pod.namespace, references] = self._above(owner, pod.namespace)
        return known

    def _above(self, owner: OwnerReference, namespace: str) -> tuple[Subject, Gap | None]:
        group = owner.api_version.rpartition("/")[0]
        gap = None
        table = self._links.get((group, owner.kind))
        if table is not None:
            try:
                row = table.find(namespace, owner.name)
            except Unseen as unseen:
                row, gap = None, unseen.gap
            above = controller_of(row.metadata) if row is not None else None
            if above is not None:
                return self._above(above, namespace)
        return Subject(owner.kind, owner.name, namespace, group), gap


class _Marks:
    """The labels and annotations that are judged, encoded; neighbours in a list mostly have the same."""

    def __init__(self) -> None:
        self._last: tuple[bytes, bytes] | None = None
        self._encoded = b""

    def of(self, metadata: StoredMetadata) -> bytes:
        raw = bytes(metadata.labels), bytes(metadata.annotations)
        if raw != self._last:
            labels = {key: value for key, value in _labels(raw[0]).items() if key not in VOLATILE_LABELS}
            annotations = {
                key: "" if key == MIRROR_ANNOTATION else value
                for key, value in _annotations(raw[1]).items()
                if key.startswith(_JUDGED_ANNOTATIONS) or key == MIRROR_ANNOTATION
            }
            self._encoded, self._last = _encode((labels, annotations)), raw
        return self._encoded


def _judged(encoded: bytes, spec: _Spec) -> bytes:
    """What is judged of a pod's spec, less what differs between the pods of one template."""
    # known texts are taken out of the encoded form: a pattern over it costs a hundred times as much
    for text in _volatile(spec):
        encoded = encoded.replace(text, _NOTHING)
    return encoded


def _volatile(spec: _Spec) -> Iterator[bytes]:
    if spec.node_name:
        node = spec.node_name.encode()
        yield from (_NODE + node + b'"', _ONLY_NODE + node + b'"]')
    for volume in spec.volumes:
        if volume.name.startswith(TOKEN_VOLUME):
            yield volume.name.encode()
        if volume.persistent_volume_claim is not None:
            yield f'"claimName":"{volume.persistent_volume_claim.claim_name}"'.encode()


def _member(name: str, spec: _Spec, ready: bool) -> Member:
    claims = tuple(
        volume.persistent_volume_claim.claim_name
        for volume in spec.volumes
        if volume.persistent_volume_claim is not None
    )
    return Member(name, intern(spec.node_name), ready, claims)


def _seen_ready(encoded: bytes) -> bool | None:
    """Whether a pod is ready; None for one that is neither Running nor Pending.

    Most run and are ready, which shows in the form in which they are stored: a quote within a text is written otherwise.
    """
    if encoded.startswith(_RUNS) and _READY in encoded:
        return True
    status: _Status | None = _status(encoded)
    if status is not None and status.phase not in _RUNNING:
        return None
    for condition in status.conditions if status is not None else ():
        if condition.type == "Ready":
            return condition.status == "True"
    return False
