"""``seatrial.yaml``, read strictly: every mistake is named with its line, the nearest valid name and the cure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from seatrial.app.suggest import nearest
from seatrial.engine.waivers import is_whole
from seatrial.kit.checking import Limits
from seatrial.model.errors import UserError
from seatrial.model.item import Catalogue
from seatrial.model.profile import READINGS, NotApplicable, Profile, TickFile, Waiver, WaiverFile
from seatrial.semantics.times import Malformed, parse_duration
from seatrial.wire.yamltext import Document, load_one

DEFAULT_PATH = "seatrial.yaml"
WAIVERS = "waivers"
"""The folder beside the profile whose ``*.yaml`` files hold more waivers."""

TICKS = "ticks.yaml"
"""The file beside the profile that holds what the team's old list calls done."""

_MOST_FILES = 1_000
API_VERSION = "seatrial/v1alpha1"
KIND = "Platform"

_AT = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]|\[\.\.\.\]")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")

T = TypeVar("T", Profile, WaiverFile, TickFile)

LimitsByClaim = Mapping[str, type[Limits] | None]


class ProfileError(UserError):
    """A profile that cannot be used."""


def load_profile(path: Path, catalogue: Catalogue, limits: LimitsByClaim) -> Profile:
    """The profile of a file. ``limits`` has the limits of each claim's check. Raises ProfileError."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ProfileError(f"{path} cannot be read: {error.strerror}", hint="--profile FILE") from error
    return parse_profile(text, str(path), catalogue, limits)


def load_waivers(folder: Path, profile: Profile, catalogue: Catalogue) -> Profile:
    """The profile with the waivers of the files in a folder, which need not be there. Raises ProfileError."""
    paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if len(paths) > _MOST_FILES:
        raise ProfileError(
            f"{folder} holds {len(paths)} files; {_MOST_FILES} are read at most", hint="put waivers together"
        )
    for path in paths:
        found = parse_waivers(_bytes(path), str(path), catalogue, profile.waivers)
        profile = msgspec.structs.replace(
            profile,
            waivers=(*profile.waivers, *found.waivers),
            not_applicable=(*profile.not_applicable, *found.not_applicable),
        )
    return profile


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ProfileError(f"{path} cannot be read: {error.strerror}", hint="make it readable") from error


def load_ticks(path: Path, profile: Profile, catalogue: Catalogue) -> Profile:
    """The profile with the items of ``ticks.yaml``, which need not be there. Raises ProfileError."""
    if not path.is_file():
        return profile
    found = _Reading(load_one(_bytes(path), str(path)), str(path), catalogue, {}).ticks()
    return msgspec.structs.replace(profile, ticks=tuple(dict.fromkeys((*profile.ticks, *found))))


def parse_waivers(
    text: bytes, source: str, catalogue: Catalogue, before: Sequence[Waiver] = ()
) -> WaiverFile:
    """The waivers, and what is declared not applicable, of one file of ``waivers/``; ``before`` are those of the profile and of other files. Raises ProfileError."""
    return _Reading(load_one(text, source), source, catalogue, {}).waivers(before)


def parse_profile(text: bytes, source: str, catalogue: Catalogue, limits: LimitsByClaim) -> Profile:
    """As ``load_profile``, of text; ``source`` names it in errors."""
    document = load_one(text, source)
    reading = _Reading(document, source, catalogue, limits)
    return reading.profile()


class _Reading:
    def __init__(self, document: Document, source: str, catalogue: Catalogue, limits: LimitsByClaim) -> None:
        self._document = document
        self._source = source
        self._items = {item.id: item for item in catalogue.items}
        self._claims = catalogue.claims
        self._limits = limits
        self._struct: Any = Profile

    def waivers(self, before: Sequence[Waiver]) -> WaiverFile:
        found = self._read(WaiverFile, "Waivers", "a file of waivers")
        for problem in self._waivers(found.waivers, before):
            raise problem
        for problem in self._not_applicables(found.not_applicable):
            raise problem
        return found

    def ticks(self) -> tuple[str, ...]:
        found = self._read(TickFile, "Ticks", "a file of ticks")
        for problem in self._ticks("items", found.items):
            raise problem
        return found.items

    def _ticks(self, key: str, ids: Sequence[str]) -> Iterator[ProfileError]:
        for index, id in enumerate(ids):
            wrong = self._item((key, index), id)
            if wrong:
                yield wrong

    def _read(self, type: type[T], kind: str, what: str) -> T:
        value = self._document.value
        self._struct = type
        if not isinstance(value, dict):
            raise self._error((), f"{what} is a mapping", f"begin with apiVersion: {API_VERSION}")
        if value.get("apiVersion") != API_VERSION:
            raise self._error(
                ("apiVersion",), f"apiVersion must be {API_VERSION}", f"apiVersion: {API_VERSION}"
            )
        if value.get("kind") != kind:
            raise self._error(("kind",), f"kind must be {kind}", f"kind: {kind}")
        self._refuse_unquoted(value)
        try:
            found = msgspec.convert(value, type)
        except msgspec.ValidationError as error:
            raise self._converted(str(error)) from error
        for path, word in _unanswered(value):
            raise self._error(path, f"{_dotted(path)} is empty", f"say the {word}: every exception has one")
        return found

    def profile(self) -> Profile:
        profile = self._read(Profile, KIND, "a profile")
        for problem in self._problems(profile):
            raise problem
        return profile

    def _refuse_unquoted(self, value: dict[str, Any]) -> None:
        """Ids that YAML reads as numbers lose their zeros: 30.10 would become 30.1."""
        for part in ("notApplicable", "waivers"):
            for index, row in enumerate(value.get(part) or ()):
                if isinstance(row, dict) and isinstance(row.get("item"), (int, float)):
                    raise self._error(
                        (part, index, "item"),
                        f"item {row['item']} is a number to YAML",
                        'put the id in quotes: "30.10"',
                    )
                if isinstance(row, dict) and not isinstance(row.get("expires", ""), str):
                    raise self._error((part, index, "expires"), "expires is no date", 'expires: "2027-01-31"')
        for row in value.get("owners") or ():
            if not isinstance(row, str):
                raise self._error(
                    ("owners",), f"section {row} is a number to YAML", f'put it in quotes: "{row}"'
                )

    def _converted(self, said: str) -> ProfileError:
        match = _AT.search(said)
        path = _path(match[1] if match else "")
        says = _AT.sub("", said)
        unknown = _UNKNOWN.fullmatch(says)
        if unknown is None:
            return self._error(
                path, f"{_dotted(path)}: {says}", "docs/reference/profile.md describes every key"
            )
        wrong = unknown[1]
        valid = _fields_at(path, self._struct)
        if wrong in {"true", "false"}:
            return self._error(path, f"the key {wrong} was on, off, yes or no", "put such a key in quotes")
        where = (*path, wrong)
        near = nearest(wrong, valid)
        return self._error(
            self._existing(where), f"there is no key {wrong!r} in {_dotted(path) or 'the profile'}{near}",
            f"valid are {', '.join(sorted(valid))}" if valid else "docs/reference/profile.md describes every key",
        )  # fmt: skip

    def _existing(self, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
        """The path, with the item in which an unknown key was found where the message leaves the index out."""
        if path in self._document.lines or len(path) < 2:
            return path
        return next((known for known in self._document.lines if known and known[-1] == path[-1]), path[:-1])

    def _problems(self, profile: Profile) -> Iterator[ProfileError]:
        yield from self._waivers(profile.waivers, ())
        yield from self._ticks("ticks", profile.ticks)
        yield from self._not_applicables(profile.not_applicable)
        for index, accept in enumerate(profile.accepts):
            if accept.reading not in READINGS:
                yield self._error(
                    ("accepts", index, "reading"),
                    f"there is no reading {accept.reading!r}{nearest(accept.reading, READINGS)}",
                    f"valid are {', '.join(sorted(READINGS))}",
                )
        for index, task in enumerate(profile.declares.scheduled_tasks):
            try:
                parse_duration(task.max_run_time)
            except Malformed as error:
                yield self._error(
                    ("declares", "scheduledTasks", index, "maxRunTime"), str(error), "maxRunTime: 90m"
                )
        if not _is_date(profile.go_live.date or "2027-01-31"):
            path = ("goLive", "date")
            yield self._error(path, f"{profile.go_live.date!r} is no date", 'date: "2027-01-31"')
        yield from self._changed_limits(profile)
        sections = {item.section for item in self._items.values()}
        for section in profile.owners:
            if section not in sections:
                yield self._error(
                    ("owners", section), f"there is no section {section!r}{nearest(section, sections)}",
                    "sections are 1 to 30, S1, S2, P1, P2 and Z",
                )  # fmt: skip

    def _item(self, path: tuple[str | int, ...], id: str) -> ProfileError | None:
        if id in self._items:
            return None
        return self._error(path, f"there is no item {id!r}{nearest(id, self._items)}", "seatrial list items")

    def _waivers(self, waivers: Sequence[Waiver], before: Sequence[Waiver]) -> Iterator[ProfileError]:
        seen = {waiver.item for waiver in before if is_whole(waiver)}
        for index, waiver in enumerate(waivers):
            path = ("waivers", index, "item")
            wrong = self._item(path, waiver.item)
            if wrong:
                yield wrong
                continue
            if not self._items[waiver.item].waivable:
                yield self._error(path, f"item {waiver.item} cannot be waived", "mend it instead")
            claims = [use.claim.id for use in self._items[waiver.item].uses]
            if waiver.claim and waiver.claim not in claims:
                yield self._error(
                    ("waivers", index, "claim"),
                    f"item {waiver.item} has no claim {waiver.claim!r}{nearest(waiver.claim, claims)}",
                    f"it has {', '.join(claims)}",
                )
            if is_whole(waiver):
                if waiver.item in seen:
                    yield self._error(path, f"item {waiver.item} is waived twice", "keep one of the waivers")
                seen.add(waiver.item)
            if not _is_date(waiver.expires):
                yield self._error(
                    ("waivers", index, "expires"), f"{waiver.expires!r} is no date", 'expires: "2027-01-31"'
                )

    def _not_applicables(self, rows: Sequence[NotApplicable]) -> Iterator[ProfileError]:
        for index, row in enumerate(rows):
            wrong = self._item(("notApplicable", index, "item"), row.item)
            if wrong:
                yield wrong
                continue
            valid = self._items[row.item].not_applicable
            if row.condition not in valid:
                yield self._error(
                    ("notApplicable", index, "condition"),
                    f"item {row.item} has no condition {row.condition!r}{nearest(row.condition, valid)}",
                    f"valid are {', '.join(valid)}" if valid else "this item always applies",
                )

    def _changed_limits(self, profile: Profile) -> Iterator[ProfileError]:
        for claim, changed in profile.limits.items():
            path = ("limits", claim)
            if claim not in self._claims:
                yield self._error(
                    path, f"there is no claim {claim!r}{nearest(claim, self._claims)}", "seatrial list claims"
                )
                continue
            share = changed.get("share")
            if share is not None and not (
                isinstance(share, (int, float)) and not isinstance(share, bool) and 0 < share <= 1
            ):
                yield self._error((*path, "share"), f"share {share!r} is not within 0 and 1", "share: 0.9")
            known = self._limits.get(claim)
            others = {name: value for name, value in changed.items() if name != "share"}
            valid = [] if known is None else list(known.__struct_fields__)
            for name in others:
                if name not in valid:
                    yield self._error(
                        (*path, name),
                        f"claim {claim} has no limit {name!r}{nearest(name, ['share', *valid])}",
                        f"valid are {', '.join(['share', *valid])}",
                    )
                    return
            try:
                if known is not None:
                    msgspec.convert(others, known)
            except msgspec.ValidationError as error:
                yield self._error(path, f"limits of {claim}: {error}", f"seatrial explain {claim}")

    def _error(self, path: tuple[str | int, ...], says: str, hint: str) -> ProfileError:
        line = next(
            (
                self._document.lines[path[:end]]
                for end in range(len(path), -1, -1)
                if path[:end] in self._document.lines
            ),
            self._document.line,
        )
        return ProfileError(f"{self._source}:{line}: {says}", hint=hint)


def _unanswered(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Each ``owner`` and ``reason`` that is there and says nothing."""
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in rows:
        if key in {"owner", "reason"} and isinstance(inner, str) and not inner.strip():
            yield (*path, key), key
        yield from _unanswered(inner, (*path, key))


def _path(text: str) -> tuple[str | int, ...]:
    return tuple(int(match[2]) if match[2] else match[1] or "..." for match in _STEP.finditer(text))


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in path)


def _fields_at(path: tuple[str | int, ...], struct: Any) -> list[str]:
    """The keys that are valid at a place of the profile, read off its structs."""
    for step in path:
        if isinstance(step, int):
            continue
        field = next((row for row in msgspec.structs.fields(struct) if row.encode_name == step), None)
        if field is None:
            return []
        struct = _struct_in(field.type)
        if struct is None:
            return []
    return [row.encode_name for row in msgspec.structs.fields(struct)]


def _struct_in(hint: Any) -> Any:
    if hasattr(hint, "__struct_fields__"):
        return hint
    return next(
        (found for arg in getattr(hint, "__args__", ()) if (found := _struct_in(arg)) is not None), None
    )


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
