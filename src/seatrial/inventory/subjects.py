"""What a subject is: something the engine selects, one of which a check judges."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from seatrial.inventory.views import Views
from seatrial.model.evidence import Gap, Key, Need, Partial
from seatrial.model.finding import Subject
from seatrial.model.item import Among
from seatrial.needs import kube
from seatrial.wire.base import Object

S_co = TypeVar("S_co", covariant=True)
O = TypeVar("O", bound=Object)  # noqa: E741  # an object of the API


class Selection(Generic[S_co]):
    """The subjects of a claim. ``gaps`` make the list open; ``apart`` counts what was left out, by reason."""

    def __init__(
        self, subjects: Sequence[S_co], gaps: Iterable[Gap] = (), apart: dict[str, int] | None = None
    ) -> None:
        self.subjects = tuple(subjects)
        self.gaps = tuple(gaps)
        self.apart = apart or {}


class Judged(Protocol):
    """What the engine asks of a kind of subject. A check's first parameter names one."""

    over: ClassVar[str]
    """As the catalogue's ``over`` says it."""
    needs: ClassVar[tuple[Need, ...]]
    placed: ClassVar[bool]
    """Whether each stands in a namespace, or is one."""

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]: ...

    @property
    def subject(self) -> Subject: ...

    @property
    def members(self) -> tuple[str, ...]:
        """The names of what is counted: pods mostly; one name for a single object."""

    @property
    def variant(self) -> str:
        """Tells subjects of the same owner apart that are judged apart; empty where there is one."""

    @property
    def origin(self) -> tuple[Need, Key, str] | None:
        """The need, the row and the pointer that the subject was read from; None for a declared one."""


def in_scope(views: Views, among: Among, namespace: str) -> bool:
    """Whether objects of this namespace belong to the group that a claim speaks of."""
    if among is Among.ALL:
        return True
    return views.profile.is_platform(namespace) is (among is Among.PLATFORM)


def gaps_in_scope(views: Views, among: Among, table: Partial[Any]) -> list[Gap]:
    """The gaps of a table that may hide a subject of that group."""
    return [gap for gap in table.gaps if gap.namespace is None or in_scope(views, among, gap.namespace)]


class ObjectSubject(Generic[O]):
    """An object of the API that is judged as it stands. Subclasses name its need, struct and ``over``."""

    need: ClassVar[Need]
    struct: ClassVar[type[Any]]
    over: ClassVar[str]
    needs: ClassVar[tuple[Need, ...]] = ()
    placed: ClassVar[bool] = False
    variant: str = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.needs = (cls.need,)
        cls.placed = cls.need.namespaced or cls.need == kube.NAMESPACES

    def __init__(self, object: O) -> None:
        self.object: O = object

    @classmethod
    def select(cls, views: Views, among: Among) -> Selection[Self]:
        table = views.table(cls.need, cls.struct)
        chosen: list[Self] = []
        apart = 0
        for row in table.known():
            if cls.need.namespaced and not in_scope(views, among, row.namespace):
                apart += 1
                continue
            chosen.append(cls(row))
        gaps = gaps_in_scope(views, among, table) if cls.need.namespaced else table.gaps
        return Selection(chosen, gaps, {"in other namespaces": apart} if apart else None)

    @property
    def subject(self) -> Subject:
        return Subject(
            kind=self.need.kind,
            name=self.object.name,
            namespace=self.object.namespace,
            group=self.need.group,
        )

    @property
    def name(self) -> str:
        return self.object.name

    @property
    def namespace(self) -> str:
        return self.object.namespace

    @property
    def members(self) -> tuple[str, ...]:
        return (self.object.name,)

    @property
    def origin(self) -> tuple[Need, Key, str] | None:
        return self.need, (self.object.namespace, self.object.name), ""
