"""Encoded objects that differ from one another in a few known texts only, told without decoding them."""

from collections.abc import Sequence

_AFTER_A_VALUE = frozenset(b",}]")


class Alike:
    """The encoded form of an object, cut where its likes have other texts: a node's name, a token's volume.

    ``texts`` are values that stand in quotes in it; ``encoded`` is compact JSON. A form that may spell a text in
    another way, or has one as a key, is not ``usable``; one that lacks a text has no likes, but can be filled.
    """

    __slots__ = ("_complete", "_firsts", "_parts", "_slots", "usable")

    def __init__(self, encoded: bytes, texts: Sequence[bytes]) -> None:
        self._parts: list[bytes] = [encoded]
        self._slots: list[tuple[int, int]] = []
        """Where in the parts a text stands, and which."""
        self._firsts: list[tuple[int, int, tuple[int, ...]]] = []
        """Each text's first place, in order: which, the bytes before it that are the same, and the texts before it."""
        self.usable = b"\\u" not in encoded and all(map(_is_plain, texts)) and self._cut(texts)
        self._complete = self.usable and len(self._firsts) == len(texts)

    def _cut(self, texts: Sequence[bytes]) -> bool:
        for which, text in enumerate(texts):
            parts: list[bytes] = []
            slots: list[tuple[int, int]] = []
            known = dict(self._slots)
            for at, part in enumerate(self._parts):
                if at in known:
                    slots.append((len(parts), known[at]))
                    parts.append(part)
                    continue
                before, *after = part.split(b'"' + text + b'"')
                for piece in after:
                    if before.endswith(b"\\") or not piece or piece[0] not in _AFTER_A_VALUE:
                        return False
                    slots.append((len(parts) + 1, which))
                    parts += (before + b'"', text)
                    before = b'"' + piece
                parts.append(before)
            self._parts, self._slots = parts, slots
        before_it: list[int] = []
        same = 0
        for place, which in self._slots:
            same += len(self._parts[place - 1])
            if which not in before_it:
                self._firsts.append((which, same, tuple(before_it)))
                if len(self._firsts) == len(texts):
                    break
            before_it.append(which)
        return True

    def texts(self, encoded: bytes) -> list[bytes] | None:
        """The texts of another encoded object, if it is this one but for them; else None."""
        if not self._complete:
            return None
        found = [b""] * len(self._firsts)
        for which, at, before in self._firsts:
            for other in before:
                at += len(found[other])  # noqa: PLW2901  # bytes of it
            text = encoded[at : encoded.find(b'"', at)]
            if not _is_plain(text):
                return None
            found[which] = text
        return found if self.filled(found) == encoded else None

    def filled(self, texts: Sequence[bytes]) -> bytes:
        """The encoded form with other texts."""
        parts = self._parts.copy()
        for place, which in self._slots:
            parts[place] = texts[which]
        return b"".join(parts)


def _is_plain(text: bytes) -> bool:
    """Whether a text is encoded as itself, as names of Kubernetes' objects are."""
    return text.replace(b"-", b"").replace(b".", b"").isalnum()
