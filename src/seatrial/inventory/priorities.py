"""At which priorities the workloads of a cluster run."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Self

from seatrial.inventory.lookups import PriorityClasses
from seatrial.inventory.views import Views
from seatrial.inventory.workloads import PodGroup, Workloads
from seatrial.model.evidence import Gap, Need, Unseen
from seatrial.model.finding import Subject


class PrioritiesInUse:
    """The priorities of pods, with some of the owners that have each; mirror pods and Kubernetes' own classes left out."""

    needs: ClassVar[tuple[Need, ...]] = (*PodGroup.needs, *PriorityClasses.needs)

    def __init__(self, owners: Mapping[int, frozenset[Subject]], gaps: Iterable[Gap]) -> None:
        self.owners = owners
        self.gaps = tuple(sorted(gaps))

    def all(self) -> Mapping[int, frozenset[Subject]]:
        """By priority two of its owners, or one where it has one only. Raises Unseen where pods or their classes may be missing."""
        if self.gaps:
            raise Unseen(self.gaps[0])
        return self.owners

    @classmethod
    def of(cls, views: Views) -> Self:
        workloads, classes = views.view(Workloads), views.view(PriorityClasses)
        owners: dict[int, frozenset[Subject]] = {}
        gaps = set(workloads.gaps)
        for group in workloads.known(workloads.within):
            spec = group.pod.spec
            if group.mirror or spec.priority_class_name.startswith("system-"):
                continue
            try:
                value = classes.value_of(spec)
            except Unseen as unseen:
                gaps.add(unseen.gap)
                continue
            known = owners.get(value)
            if known is None:
                owners[value] = frozenset({group.subject})
            elif len(known) == 1:
                owners[value] = known | {group.subject}
        return cls(owners, gaps)

    @classmethod
    def joined(cls, parts: Iterable[Self], views: Views) -> Self:  # noqa: ARG003  # the parts have all
        """The whole of what was made namespace by namespace."""
        owners: dict[int, frozenset[Subject]] = {}
        gaps: set[Gap] = set()
        for part in parts:
            gaps.update(part.gaps)
            for value, some in part.owners.items():
                known = owners.get(value, frozenset())
                owners[value] = known if len(known) > 1 else frozenset(sorted(known | some)[:2])
        return cls(owners, gaps)
