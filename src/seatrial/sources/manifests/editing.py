"""Patches written into YAML and JSON text: what a patch does not change stays, byte for byte, comments and all.

The text is composed into nodes that know where they stand; a patch becomes the fewest insertions and replacements. What
comes out is read again: where it is not the patched object, nothing is offered.
"""

import json
from collections.abc import Iterator
from typing import Any

import yaml
from msgspec import Struct

from seatrial.semantics.strategic import BY_NAME, merge
from seatrial.wire.yamltext import YamlError, documents

Json = dict[str, Any]


class Unplaced(Exception):
    """A patch that cannot be written at that place. Says why."""


class _Edit(Struct, frozen=True, order=True):
    start: int
    end: int
    text: str


def edit(text: str, source: str, changes: list[tuple[int, tuple[int, ...], Json]]) -> str:
    """The text with patches applied: each to a document (by number, empty ones not counted) and an item of its Lists.

    Raises Unplaced where one cannot be written, or would change anything else.
    """
    before = [row.value for row in documents(text.encode(), source)]
    nodes = [node for node in _compose(text) if not _is_null(node)]
    if len(nodes) != len(before):
        raise Unplaced("its documents cannot be told apart")
    newline = "\r\n" if "\r\n" in text else "\n"
    edits: list[_Edit] = []
    expected = list(before)
    for number, within, patch in changes:
        node, shared = nodes[number], _shared(nodes[number])
        for index in within:
            node = _item(node, index)
        edits += _mapping(_Place(text, newline, shared), node, patch)
        expected[number] = _merged(expected[number], within, patch)
    written = _apply(text, edits)
    try:
        after = [row.value for row in documents(written.encode(), source)]
    except YamlError as error:
        raise Unplaced(f"the patched text could not be read: {error.message}") from error
    if after != expected:
        raise Unplaced("the patch cannot be written there without changing something else")
    return written


class _Place(Struct):
    text: str
    newline: str
    shared: set[int]


def _compose(text: str) -> Iterator[Any]:
    # pure marks of libyaml; no object is made of anything
    yield from yaml.compose_all(text, Loader=yaml.CSafeLoader)


def _is_null(node: Any) -> bool:
    return node is None or node.tag == "tag:yaml.org,2002:null"


def _shared(root: Any) -> set[int]:
    """Nodes that stand in several places, by anchors: what changes one would change all."""
    seen: set[int] = set()
    twice: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            twice.add(id(node))
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            waiting += [inner for pair in node.value for inner in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    return twice


def _item(node: Any, index: int) -> Any:
    items = next((value for key, value in node.value if key.value == "items"), None)
    if not isinstance(items, yaml.SequenceNode) or index >= len(items.value):
        raise Unplaced("the list's items are not where they were")
    return items.value[index]


def _merged(value: Any, within: tuple[int, ...], patch: Json) -> Any:
    if not within:
        return merge(value, patch)
    items = list(value["items"])
    items[within[0]] = _merged(items[within[0]], within[1:], patch)
    return {**value, "items": items}


def _mapping(place: _Place, node: Any, patch: Json) -> Iterator[_Edit]:
    if id(node) in place.shared:
        raise Unplaced("an anchor makes it stand in several places: write it out there")
    if not isinstance(node, yaml.MappingNode):
        raise Unplaced("it is no mapping there")
    keys = {key.value: (key, value) for key, value in node.value}
    if "<<" in keys:
        raise Unplaced("it merges an anchor there: write it out")
    added: Json = {}
    for name, change in patch.items():
        if name not in keys:
            if change is not None:
                added[name] = without_nulls(change)
            continue
        key, value = keys[name]
        if change is None:
            yield _removal(place, node, key, value)
        elif (
            isinstance(change, dict)
            and isinstance(value, yaml.MappingNode)
            and (value.value or not value.flow_style)
        ):
            yield from _mapping(place, value, change)
        elif name in BY_NAME and isinstance(value, yaml.SequenceNode):
            yield from _by_name(place, value, change)
        else:
            yield _replacement(place, key, value, without_nulls(change))
    if added:
        yield _addition(place, node, added)


def _by_name(place: _Place, node: Any, changes: list[Json]) -> Iterator[_Edit]:
    for change in changes:
        for row in node.value:
            names = (
                [value.value for key, value in row.value if key.value == "name"]
                if isinstance(row, yaml.MappingNode)
                else []
            )
            if names == [change["name"]]:
                yield from _mapping(
                    place, row, {key: value for key, value in change.items() if key != "name"}
                )
                break
        else:
            raise Unplaced(f"there is no {change['name']!r} in that list")


def _replacement(place: _Place, key: Any, value: Any, change: Any) -> _Edit:
    if id(value) in place.shared:
        raise Unplaced("an anchor makes it stand in several places: write it out there")
    start, end = value.start_mark.index, value.end_mark.index
    flow = _flow(change, json_like=_is_json(place.text))
    if isinstance(value, yaml.ScalarNode):
        if start == end or place.text[key.end_mark.index : start].count(
            "\n"
        ):  # an empty value has no place of its own
            if value.value or value.style:
                raise Unplaced("its value begins on another line")
            colon = place.text.index(":", key.end_mark.index) + 1
            return _Edit(colon, colon, f" {flow}")
        if value.style in {"|", ">"}:
            raise Unplaced("its value is a text of several lines")
        return _Edit(start, end, flow)
    if value.flow_style:
        return _Edit(start, end, flow)
    raise Unplaced("a list of several lines stands there: replace it by hand")


def _removal(place: _Place, node: Any, key: Any, value: Any) -> _Edit:
    start, end = key.start_mark.index, _end(value)
    if node.flow_style:
        at = [id(pair[0]) for pair in node.value].index(id(key))
        if at + 1 < len(node.value):
            return _Edit(start, node.value[at + 1][0].start_mark.index, "")
        if at:
            return _Edit(_end(node.value[at - 1][1]), end, "")
        return _Edit(start, end, "")
    if not _is_simple(value) or len(node.value) == 1:
        raise Unplaced("it takes several lines: take it out by hand")
    line = place.text.rfind("\n", 0, start) + 1
    if place.text[line:start].strip():
        raise Unplaced("it is the first key of a list's item: take it out by hand")
    after = place.text.find("\n", end)
    return _Edit(line, len(place.text) if after < 0 else after + 1, "")


def _addition(place: _Place, node: Any, added: Json) -> _Edit:
    """New keys: in flow style before the end, else on lines of their own after the last key whose value is on one line."""
    if node.flow_style:
        inner = ", ".join(
            f"{_word(key, _is_json(place.text))}: {_flow(value, _is_json(place.text))}"
            for key, value in added.items()
        )
        at = _end(node.value[-1][1]) if node.value else node.end_mark.index - 1
        if node.value and _is_null(node.value[-1][1]):
            at = node.end_mark.index - 1
        return _Edit(at, at, f", {inner}" if node.value else inner)
    column = node.value[0][0].start_mark.column
    lines = [line for key, value in added.items() for line in _block(key, value)]
    pad = " " * column
    simple = [value for _, value in node.value if _is_simple(value) and not _is_null(value)]
    if not simple:
        start = node.value[0][0].start_mark.index
        return _Edit(start, start, "".join(f"{line}{place.newline}{pad}" for line in lines))
    end = place.text.find("\n", _end(simple[-1]))
    if end < 0:
        return _Edit(
            len(place.text), len(place.text), "".join(f"{place.newline}{pad}{line}" for line in lines)
        )
    return _Edit(end + 1, end + 1, "".join(f"{pad}{line}{place.newline}" for line in lines))


def _is_simple(value: Any) -> bool:
    """Whether a value stands on the line of its key."""
    if isinstance(value, yaml.ScalarNode):
        return value.style not in {"|", ">"} and value.start_mark.line == value.end_mark.line
    return bool(value.flow_style) and value.start_mark.line == value.end_mark.line


def _end(value: Any) -> int:
    end: int = value.end_mark.index
    return end


def _block(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value:
        yield f"{_word(key, json_like=False)}:"
        for name, inner in value.items():
            yield from (f"  {line}" for line in _block(name, inner))
    else:
        yield f"{_word(key, json_like=False)}: {_flow(value, json_like=False)}"


def _flow(value: Any, json_like: bool) -> str:
    if json_like:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{_word(key, json_like)}: {_flow(inner, json_like)}" for key, inner in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(_flow(inner, json_like) for inner in value) + "]"
    return _word(value, json_like)


def _word(value: Any, json_like: bool) -> str:
    if json_like:
        return json.dumps(value, ensure_ascii=False)
    dumped: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**9)
    word = dumped.removesuffix("\n").removesuffix("\n...")
    # within braces some plain words would end
    return json.dumps(value) if isinstance(value, str) and set(word) & set(",[]{}#\n") else word


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in {"{", "["} and '"' in text.lstrip()[:200]


def _apply(text: str, edits: list[_Edit]) -> str:
    """Every edit, those at one place in their order; overlapping ones contradict one another."""
    found: list[str] = []
    at = 0
    for row in sorted(edits, key=lambda row: (row.start, row.end)):
        if row.start < at:
            raise Unplaced("two changes meet in one place")
        found += (text[at : row.start], row.text)
        at = row.end
    return "".join([*found, text[at:]])


def without_nulls(value: Any) -> Any:
    """A patch's value as it is written where nothing stands yet."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return value
