"""What a check is: a function that judges one subject, and what it asks for, read off its parameters."""

import types
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import (
    Any,
    Concatenate,
    Generic,
    Literal,
    ParamSpec,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from msgspec import Struct

from seatrial.model.evidence import Gap, Need
from seatrial.model.finding import Judgement
from seatrial.model.item import Route
from seatrial.model.profile import Profile

S = TypeVar("S")
P = ParamSpec("P")


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The numbers of a check; a profile may change them under ``limits: {CLAIM: {name: value}}``.

    Each field is ``Annotated[type, limit("what it is", unit=..., source=...)]`` with its default.
    """


def limit(
    says: str, *, unit: str, source: str, ge: float | None = None, le: float | None = None
) -> msgspec.Meta:
    """The meaning of a limit. ``source`` says where its default comes from; ``ge`` and ``le`` bound what a profile may say."""
    return msgspec.Meta(description=says, ge=ge, le=le, extra={"unit": unit, "source": source})


class Parameter(Struct, frozen=True):
    """One parameter of a check after its subject."""

    name: str
    kind: Literal["view", "limits", "profile", "now"]
    type: Any
    or_gap: bool = False
    """The check can live without this view: it then gets the gap."""


class Check(Generic[S, P]):
    """A judge of one claim, with what it needs. Made by ``check``; never by hand."""

    def __init__(
        self, judge: Callable[Concatenate[S, P], Judgement], answers: str, via: str, route: str, version: int
    ) -> None:
        self.judge = judge
        self.answers = answers
        self.via = via
        self.route: Route = tuple(route.split("+"))
        self.version = version
        self.module = judge.__module__
        self.id = self.module.rpartition(".")[2]
        self.fix: Callable[[Any, Mapping[str, str]], Any] | None = judge.__globals__.get("fix")
        """The module's ``fix``, which stands before its check: what would mend a subject that fails."""
        hints = get_type_hints(judge, include_extras=True)
        returned = hints.pop("return", None)
        if returned is not Judgement:
            raise TypeError(f"{self.module}.{judge.__name__} must return Judgement, not {returned}")
        (_, self.subject), *rest = hints.items()
        self.parameters = tuple(_parameter(name, hint) for name, hint in rest)

    def __call__(self, subject: S, /, *args: P.args, **kwargs: P.kwargs) -> Judgement:
        return self.judge(subject, *args, **kwargs)

    @property
    def needs(self) -> tuple[Need, ...]:
        """Every question whose answer it reads, sorted."""
        found = set(self.subject.needs)
        for parameter in self.parameters:
            if parameter.kind == "view":
                found.update(parameter.type.needs)
        return tuple(sorted(found))

    @property
    def limits(self) -> type[Limits] | None:
        return next((parameter.type for parameter in self.parameters if parameter.kind == "limits"), None)

    def limited(self, changed: Mapping[str, Any]) -> Limits | None:
        """Its limits with a profile's changes. Raises msgspec.ValidationError for a name or value it does not take."""
        if self.limits is None:
            return None
        return msgspec.convert(
            {name: value for name, value in changed.items() if name != "share"}, self.limits
        )


def check(
    *, answers: str, via: str = "", route: str = "kube", version: int = 1
) -> Callable[[Callable[Concatenate[S, P], Judgement]], Check[S, P]]:
    """Makes a function a check.

    ``answers`` is the bare id of a claim; ``via`` the alternative it judges, where the claim lists any; ``route`` one
    of the claim's ``from``. The first parameter is the subject; the others are views, ``Limits``, ``Profile`` or
    ``datetime`` (the trial's now). ``version`` rises when the same world may get another answer.
    """

    def decorate(judge: Callable[Concatenate[S, P], Judgement]) -> Check[S, P]:
        return Check(judge, answers, via, route, version)

    return decorate


def _parameter(name: str, hint: Any) -> Parameter:
    or_gap = False
    if get_origin(hint) in {Union, types.UnionType}:
        kept = [arg for arg in get_args(hint) if arg is not Gap]
        or_gap = len(kept) < len(get_args(hint))
        hint = kept[0] if len(kept) == 1 else hint
    if hint is Profile:
        return Parameter(name, "profile", hint)
    if hint is datetime:
        return Parameter(name, "now", hint)
    if isinstance(hint, type) and issubclass(hint, Limits):
        return Parameter(name, "limits", hint)
    if isinstance(hint, type) and hasattr(hint, "needs") and hasattr(hint, "of"):
        return Parameter(name, "view", hint, or_gap)
    raise TypeError(f"parameter {name} is no view, Limits, Profile or datetime: {hint}")
