"""What every object of the Kubernetes API has, as the API says it.

Wire structs are frozen, outside the garbage collector (they hold no cycles) and wide: they carry the fields that
any check may ask for, whatever checks are installed. Absent, null and zero are one, as they are to Kubernetes.
Unknown fields are passed over, so that a newer server never breaks decoding.
"""

from msgspec import Struct, field


class Wire(Struct, frozen=True, gc=False, rename="camel", omit_defaults=True, kw_only=True):
    """The base of all wire structs: Kubernetes' names in JSON, Python's in code."""


class OwnerReference(Wire, frozen=True, gc=False):
    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool = False


class Metadata(Wire, frozen=True, gc=False):
    name: str = ""
    namespace: str = ""
    uid: str = ""
    generation: int = 0
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    """Values are redacted in the source unless their key is known to carry no free text."""
    owner_references: tuple[OwnerReference, ...] = ()


class Object(Wire, frozen=True, gc=False):
    """Any object: what it is, and its metadata."""

    api_version: str = ""
    kind: str = ""
    metadata: Metadata = Metadata()

    @property
    def name(self) -> str:
        return self.metadata.name

    @property
    def namespace(self) -> str:
        return self.metadata.namespace

    @property
    def labels(self) -> dict[str, str]:
        return self.metadata.labels


class Requirement(Wire, frozen=True, gc=False):
    """A row of ``matchExpressions``."""

    key: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()


class LabelSelector(Wire, frozen=True, gc=False):
    """An empty selector selects everything; a selector that is absent (None where it stands) selects nothing."""

    match_labels: dict[str, str] = {}
    match_expressions: tuple[Requirement, ...] = ()


class Condition(Wire, frozen=True, gc=False):
    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""
    observed_generation: int = 0
    last_transition_time: str | None = None


class ObjectReference(Wire, frozen=True, gc=False):
    api_version: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""


IntOrString = int | str
Quantities = dict[str, str | int | float]
"""Amounts by resource name, as written; ``semantics.quantity`` reads them. Servers answer with strings."""

Selector = dict[str, str]

__all__ = [
    "Condition", "IntOrString", "LabelSelector", "Metadata", "Object", "ObjectReference", "OwnerReference",
    "Quantities", "Requirement", "Selector", "Wire", "field",
]  # fmt: skip
