"""The evidence of a trial, decoded once: tables of structs, views built on them, and where each row stands."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Protocol, Self, TypeVar, cast

from seatrial.model.evidence import Cause, Chunk, Citation, Evidence, Gap, Key, Need, Partial, Unseen
from seatrial.model.profile import Profile
from seatrial.model.trial import Group, Trial
from seatrial.needs import kube
from seatrial.wire.base import Object
from seatrial.wire.chunks import CHUNK_RECORDS, as_struct, key_of, unpack

T = TypeVar("T", bound=Object)
W = TypeVar("W", bound="View")
X = TypeVar("X")


GROUPS = "groups"
"""What the groups of discovery are kept as."""


class View(Protocol):
    """A topic that checks look things up in. ``needs`` are the questions it reads the answers of."""

    needs: ClassVar[tuple[Need, ...]]

    @classmethod
    def of(cls, views: "Views") -> Self: ...


class Views:
    """Everything that the checks of one trial may look at. Tables and views are made on first use, then kept."""

    def __init__(self, trial: Trial, now: datetime) -> None:
        self.trial = trial
        self.now = now
        self._tables: dict[str, Partial[Any]] = {}
        self._order: dict[str, dict[Key, int]] = {}
        self._made: dict[Hashable, Any] = {}
        self._served: dict[str, bool] = {}

    within: str | None = None
    """The namespace that tables are limited to, in a ``LocalViews``."""

    @property
    def profile(self) -> Profile:
        return self.trial.profile

    def table(self, need: Need, type: type[T]) -> Partial[T]:
        """Every object of a need. A need that was not asked in this trial is one gap: not recorded."""
        known = self._tables.get(need.id)
        if known is None:
            known = self._tables[need.id] = self._decode(need, type)
        return cast("Partial[T]", known)

    def view(self, type: type[W]) -> W:
        made = self._made.get(type)
        if made is None:
            made = self._made[type] = type.of(self)
        return cast("W", made)

    def once(self, key: Hashable, make: Callable[[], X]) -> X:
        """What ``make`` gives, made on first use of the key and then kept."""
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = make()
        return cast("X", made)

    def before(self, type: type[W]) -> W | None:  # noqa: ARG002  # a trial that does not change has no before
        """A view as it was before an object changed: what did not change of it may be taken over."""
        return None

    def kept(self, of: Hashable) -> Mapping[int, Any]:  # noqa: ARG002
        """What was worked out of each record, by its place, before an object changed; nothing where none can have."""
        return {}

    def keep(self, of: Hashable, rows: Mapping[int, Any]) -> None:
        """Keeps what was worked out of each record, where objects can change."""

    def forget(self, need: Need) -> None:
        """Drops what was made of the answer of a need: the views that read it, and everything that is no view."""
        self._made = {
            key: made
            for key, made in self._made.items()
            if (isinstance(key, type) and need not in getattr(key, "needs", ())) or key == GROUPS
        }

    def gap(self, need: Need) -> Gap | None:
        """The gap that hides a whole answer, if there is one."""
        evidence = self.trial.evidence.get(need.id)
        if evidence is None:
            return not_recorded(need)
        return next((gap for gap in evidence.gaps if gap.namespace is None), None)

    def cite(self, need: Need, key: Key, pointer: str = "") -> Citation | None:
        """Where a row stands in the stored evidence; None for a row that is not there."""
        evidence = self.trial.evidence.get(need.id)
        order = self._order.get(need.id)
        if evidence is None or order is None or key not in order:
            return None
        at = order[key]
        return Citation(
            digest=evidence.chunks[at // CHUNK_RECORDS].digest, pointer=f"/{at % CHUNK_RECORDS}{pointer}"
        )

    def served(self, name: str) -> bool:
        """Whether an API group (``keda.sh``) or a resource of it (``keda.sh/scaledjobs``) is served.

        Raises Unseen where discovery did not answer, or where the group is stale and the resource unproved.
        """
        if name in self._served:
            return self._served[name]
        self._served[name] = served = self._serves(name)
        return served

    def _serves(self, name: str) -> bool:
        group, _, resource = name.partition("/")
        groups = self.once(GROUPS, self._groups)
        found: tuple[Group, ...] = tuple(row for row in groups.known(group))
        if any(not resource or resource in row.resources for row in found):
            return True
        stale = next((row for row in found if row.stale), None)
        if stale is not None:
            raise Unseen(
                Gap(
                    kube.DISCOVERY.id,
                    Cause.STALE,
                    f"the server could not ask the API service behind {group}",
                    f"kubectl get apiservice {stale.version}.{group}",
                )
            )
        groups.all(group)
        return False

    def answers(self, group: str) -> bool:
        """Whether an API group is served and the server behind it answers. Raises Unseen where discovery did not."""
        groups = self.once(GROUPS, self._groups)
        found: tuple[Group, ...] = tuple(groups.known(group))
        if not found:
            groups.all(group)
        return any(not row.stale for row in found)

    def _groups(self) -> Partial[Group]:
        evidence = self.trial.evidence.get(kube.DISCOVERY.id)
        if evidence is None:
            return Partial({}, [not_recorded(kube.DISCOVERY)])
        rows: dict[Key, Group] = {}
        gaps = list(evidence.gaps)
        for chunk in evidence.chunks:
            try:
                for group in unpack(chunk, Group):
                    rows[group.group, group.version] = group
            except ValueError as error:
                gaps.append(_damaged(kube.DISCOVERY, error))
        return Partial(rows, gaps)

    def scan(self, need: Need, type: type[X], gaps: list[Gap]) -> Iterator[tuple[int, X]]:
        """Every record of an answer with its place, chunk by chunk, kept by nobody; what is missing goes to ``gaps``.

        For the one kind that is too numerous for a table. ``remember`` makes a record's place known to ``cite``.
        """
        evidence = self.trial.evidence.get(need.id)
        missing = _missing(need, evidence)
        if evidence is None or missing is not None:
            gaps += [missing] if missing is not None else []
            return
        gaps += evidence.gaps
        for at in range(len(evidence.chunks)):
            try:
                yield from self.records(need, type, at)
            except ValueError as error:
                gaps.append(_damaged(need, error))

    def records(self, need: Need, type: type[X], at: int) -> Iterator[tuple[int, X]]:
        """The records of one chunk of an answer, with their places. Raises ValueError where it is damaged."""
        chunk = self.trial.evidence[need.id].chunks[at]
        return enumerate(unpack(chunk, type), at * CHUNK_RECORDS)

    def remember(self, need: Need, key: Key, at: int) -> None:
        """The place of a record that ``scan`` gave."""
        self._order.setdefault(need.id, {})[key] = at

    def _decode(self, need: Need, type: type[T]) -> Partial[T]:
        evidence = self.trial.evidence.get(need.id)
        missing = _missing(need, evidence)
        if evidence is None or missing is not None:
            return Partial({}, [missing] if missing is not None else [])
        rows: dict[Key, T] = {}
        order: dict[Key, int] = {}
        gaps = list(evidence.gaps)
        for at, chunk in enumerate(evidence.chunks):
            try:
                records = _records(chunk, type)
            except ValueError as error:
                gaps.append(_damaged(need, error))
                continue
            for index, record in enumerate(records, at * CHUNK_RECORDS):
                key = key_of(record)
                order[key] = index
                try:
                    rows[key] = record if isinstance(record, type) else as_struct(record, type, need.id)
                except Unseen as unseen:
                    gaps.append(unseen.gap)
        self._order[need.id] = order
        return Partial(rows, gaps)


def _records(chunk: Chunk, type: type[T]) -> list[Any]:
    """The records of a chunk as structs; as JSON objects where one of them is not of the struct's shape."""
    try:
        return unpack(chunk, type)
    except ValueError:
        return unpack(chunk, dict[str, Any])


def _missing(need: Need, evidence: Evidence | None) -> Gap | None:
    if evidence is None:
        return not_recorded(need)
    if evidence.schema != need.schema:
        return not_recorded(need, f"recorded as {evidence.schema}, read as {need.schema}")
    return None


def not_recorded(need: Need, detail: str = "") -> Gap:
    return Gap(
        need.id,
        Cause.NOT_RECORDED,
        detail or "this trial did not ask for it",
        "run a new trial: seatrial assess --save",
    )


def _damaged(need: Need, error: ValueError) -> Gap:
    return Gap(need.id, Cause.MALFORMED, str(error), "record the trial again")
