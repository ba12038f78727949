"""YAML text to plain values as Kubernetes reads it, with limits that hostile text cannot pass.

Kubernetes reads manifests by the rules of YAML 1.1 that its own library keeps: ``yes``, ``on`` and ``y`` are true,
``0777`` is octal, ``1:30`` is text, times are text, repeated keys are errors, keys become text. Values are built from
the parser's events in one pass without recursion, so that neither depth nor aliases can harm before they are counted.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from seatrial.model.errors import UserError

_TRUE = frozenset(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
_FALSE = frozenset(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(_TRUE, True),
    **dict.fromkeys(_FALSE, False),
    **dict.fromkeys(_NULL, None),
}
_STARTS = frozenset({yaml.MappingStartEvent, yaml.SequenceStartEvent})
_ENDS = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})
_INTEGER = re.compile(r"([-+]?)(0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+|[0-9]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = frozenset((".inf", ".Inf", ".INF", "+.inf", "-.inf", ".nan", ".NaN", ".NAN"))
_LONGEST_NUMBER = 64
_TAG = "tag:yaml.org,2002:"

Path = tuple[str | int, ...]


class Limits(Struct, frozen=True):
    """What is read at most; all far beyond what people and charts write."""

    bytes: int = 10 * 1024 * 1024
    depth: int = 100
    nodes: int = 500_000
    """Of one document, aliases counted as often as they are used."""
    documents: int = 20_000


LIMITS = Limits()


class YamlError(UserError):
    """Text that cannot be read: where, why, and what to do."""


class Document(Struct):
    """One document: its value, the line it begins on, and the lines of its larger parts."""

    value: Any
    line: int
    lines: dict[Path, int]
    """Lines of keys and items, by path; only down to ``trace`` levels."""


def documents(text: bytes, source: str, limits: Limits = LIMITS, *, trace: int = 2) -> Iterator[Document]:
    """Every document of a stream that is not empty. ``source`` names it in errors. Raises YamlError."""
    decoded = _decode(text, source, limits)
    if decoded.lstrip()[:1] in {"{", "["}:
        value = _as_json(decoded, source)
        if value is not None:
            yield Document(value, 1, {})
            return
    yield from _Builder(decoded, source, limits, trace).documents()


def load_one(text: bytes, source: str) -> Document:
    """The one document of a configuration file, with the line of every key. An empty file is an empty mapping."""
    found = list(documents(text, source, trace=20))
    if len(found) > 1:
        raise YamlError(f"{source}:{found[1].line}: a second document", hint="keep one document in this file")
    return found[0] if found else Document({}, 1, {})


def _decode(text: bytes, source: str, limits: Limits) -> str:
    if len(text) > limits.bytes:
        raise YamlError(
            f"{source} has {len(text)} bytes; {limits.bytes} are read at most", hint="split the file"
        )
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        raise YamlError(f"{source}:{line}: not UTF-8 text", hint="save the file as UTF-8") from error
    if "\0" in decoded:
        line = decoded[: decoded.index("\0")].count("\n") + 1
        raise YamlError(f"{source}:{line}: a NUL character; this is no YAML", hint="give a YAML or JSON file")
    return decoded


def _as_json(text: str, source: str) -> Any:
    """The value where the text is JSON, else None: flow YAML begins alike."""
    try:
        return msgspec.json.decode(text)
    except RecursionError as error:
        raise YamlError(f"{source}: nested too deeply", hint="give a plain manifest") from error
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


class _Frame:
    """A mapping or sequence under construction."""

    __slots__ = ("anchor", "container", "key", "keys", "merged", "path", "size")

    def __init__(self, container: Any, anchor: str | None, path: Path) -> None:
        self.container = container
        self.anchor = anchor
        self.path = path
        self.key: str | None = None
        self.keys: set[str] = set()
        self.merged: list[Any] = []
        self.size = 1


class _Builder:
    def __init__(self, text: str, source: str, limits: Limits, trace: int) -> None:
        self._text = text
        self._source = source
        self._limits = limits
        self._trace = trace
        self._line = 1
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._open: set[str] = set()
        self._lines: dict[Path, int] = {}
        self._nodes = 0

    def documents(self) -> Iterator[Document]:
        try:
            yield from self._documents()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line = self._line if mark is None else mark.line + 1
            raise self._error(f"{error.problem or 'no YAML'}", line, self._advice(line)) from error
        except yaml.YAMLError as error:
            raise self._error(f"no YAML: {error}".splitlines()[0], self._line) from error

    def _documents(self) -> Iterator[Document]:
        stack: list[_Frame] = []
        start = 1
        seen = 0
        root: list[Any] = []
        next_event: Any = yaml.CSafeLoader(self._text).get_event
        while (event := next_event()) is not None:
            kind = type(event)
            if event.start_mark is not None:
                self._line = event.start_mark.line + 1
            if kind is yaml.ScalarEvent:
                self._place(stack, root, self._scalar(event, stack), event.anchor, 1)
            elif kind in _STARTS:
                self._start(stack, event)
            elif kind in _ENDS:
                self._end(stack, root)
            elif kind is yaml.AliasEvent:
                self._alias(stack, root, str(event.anchor))
            elif kind is yaml.DocumentStartEvent:
                seen += 1
                if seen > self._limits.documents:
                    raise self._error(f"more than {self._limits.documents} documents", self._line)
                start, self._nodes, root = self._line, 0, []
                self._anchors, self._lines, self._open = {}, {}, set()
            elif kind is yaml.DocumentEndEvent and root and root[0] is not None:
                yield Document(root[0], start, self._lines)

    def _start(self, stack: list[_Frame], event: Any) -> None:
        if len(stack) >= self._limits.depth:
            raise self._error(f"nested more than {self._limits.depth} levels deep", self._line)
        if event.tag not in {None, "!", f"{_TAG}map", f"{_TAG}seq"}:
            raise self._error(f"the tag {event.tag[:60]} is not read", self._line)
        if stack and isinstance(stack[-1].container, dict) and stack[-1].key is None:
            raise self._error("a key that is no text", self._line)
        self._count(1)
        if event.anchor:
            self._open.add(event.anchor)
        path = self._path(stack)
        if len(path) <= self._trace:
            self._lines.setdefault(path, self._line)
        container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        stack.append(_Frame(container, event.anchor, path))

    def _end(self, stack: list[_Frame], root: list[Any]) -> None:
        frame = stack.pop()
        for merged in frame.merged:
            for key, value in merged.items():
                frame.container.setdefault(key, value)
        if frame.anchor:
            self._open.discard(frame.anchor)
        self._place(stack, root, frame.container, frame.anchor, frame.size)

    def _alias(self, stack: list[_Frame], root: list[Any], name: str) -> None:
        if name in self._open:
            raise self._error(f"the alias *{name} stands within itself", self._line)
        if name not in self._anchors:
            raise self._error(f"there is no anchor &{name} before this alias", self._line)
        value, size = self._anchors[name]
        self._count(size)
        self._place(stack, root, value, None, size)

    def _place(self, stack: list[_Frame], root: list[Any], value: Any, anchor: str | None, size: int) -> None:
        if anchor:
            self._anchors[anchor] = (value, size)
        if not stack:
            root.append(value)
            return
        frame = stack[-1]
        frame.size += size
        if isinstance(frame.container, list):
            frame.container.append(value)
        elif frame.key is None:
            frame.key = self._key(frame, value)
        elif frame.key == "<<":
            frame.merged += self._merged(value)
            frame.key = None
        else:
            frame.container[frame.key] = value
            frame.key = None

    def _key(self, frame: _Frame, value: Any) -> str:
        if isinstance(value, (dict, list)):
            raise self._error("a key that is no text", self._line)
        if isinstance(value, bool):
            value = "true" if value else "false"
        key = "null" if value is None else str(value)
        if key in frame.keys and key != "<<":
            raise self._error(f"the key {key[:60]!r} stands twice", self._line, "keep one of them")
        frame.keys.add(key)
        path = (*frame.path, key)
        if len(path) <= self._trace:
            self._lines[path] = self._line
        return key

    def _merged(self, value: Any) -> list[dict[str, Any]]:
        rows = value if isinstance(value, list) else [value]
        if not all(isinstance(row, dict) for row in rows):
            raise self._error("<< merges mappings only", self._line)
        self._count(sum(len(row) for row in rows))
        return rows

    def _scalar(self, event: Any, stack: list[_Frame]) -> Any:
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            self._count(0)
        text: str = event.value
        tag = event.tag
        if tag is None and event.implicit[0] and text != "<<":
            return self._plain(text)
        if tag in {None, "!"} and (not event.implicit[0] or tag == "!"):
            return text
        if tag is not None:
            return self._tagged(text, tag)
        is_key = bool(stack) and isinstance(stack[-1].container, dict) and stack[-1].key is None
        return text if is_key and text == "<<" else self._plain(text)

    def _tagged(self, text: str, tag: str) -> Any:
        if tag in {f"{_TAG}str", f"{_TAG}binary"}:
            return text
        if tag in {f"{_TAG}{name}" for name in ("int", "float", "bool", "null")}:
            return self._plain(text)
        raise self._error(f"the tag {tag[:60]} is not read", self._line)

    def _plain(self, text: str) -> Any:
        word = _WORDS.get(text, self)
        if word is not self:
            return word
        if text[0] not in "+-.0123456789":
            return text
        if text in _NO_NUMBER:
            raise self._error(f"{text} is no number that JSON has", self._line)
        plain = text.replace("_", "")
        integer = _INTEGER.fullmatch(plain)
        if integer is None and _FLOAT.fullmatch(plain) is None:
            return text
        if len(text) > _LONGEST_NUMBER:
            raise self._error(f"a number of {len(text)} digits", self._line, "put it in quotes if it is text")
        return _integer(*integer.groups()) if integer else float(plain)

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > self._limits.nodes:
            raise self._error(f"more than {self._limits.nodes} values in one document", self._line)

    def _path(self, stack: list[_Frame]) -> Path:
        if not stack:
            return ()
        frame = stack[-1]
        step: str | int = len(frame.container) if isinstance(frame.container, list) else frame.key or ""
        return (*frame.path, step)

    def _advice(self, line: int) -> str:
        rows = self._text.splitlines()
        here = rows[line - 1] if 0 < line <= len(rows) else ""
        if "{{" in self._text:
            return "this looks like a Helm template: helm template NAME CHART | seatrial assess --manifests -"
        return "indent with spaces, not tabs" if "\t" in here else "correct the file there"

    def _error(self, says: str, line: int, hint: str = "give a plain manifest") -> YamlError:
        return YamlError(f"{self._source}:{line}: {says}", hint=hint)


def _integer(sign: str, digits: str) -> int | float:
    """As Go reads it: a prefix tells the base, a leading zero means octal, and what is no octal is a fraction."""
    if digits[:2] in {"0x", "0o", "0b"}:
        number: int | float = int(digits, 0)
    elif digits[0] == "0" and len(digits) > 1:
        number = float(digits) if set(digits) & {"8", "9"} else int(digits, 8)
    else:
        number = int(digits)
    if isinstance(number, int) and number > 2**64 - 1:
        number = float(number)
    return -number if sign == "-" else number
