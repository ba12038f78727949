"""How alike two wordings of a line are, told from their words alone."""

import difflib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_SPARE = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "been", "by", "for", "from", "has", "have", "in", "into", "is", "it", "its", "of",
    "on", "or", "our", "that", "the", "their", "this", "to", "we", "were", "will", "with",
})  # fmt: skip
"""Words that say nothing by themselves."""

_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "ten": "10", "fifteen": "15", "thirty": "30",
    "hundred": "100",
}  # fmt: skip
_ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ed", "es", "s", "e", "y")
_LEAST_STEM = 4
_SLIPS = 0.9
"""From this share of equal characters on, two texts differ by slips of the keys."""


def words_of(text: str) -> tuple[str, ...]:
    """The words and numbers of a text in small letters, without signs."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


class Wordings:
    """Known wordings, and how alike a new one is to each: words that few of them have weigh most."""

    def __init__(self, texts: Sequence[str]) -> None:
        words = [words_of(text) for text in texts]
        self._joined = [" ".join(row) for row in words]
        self._stems = [_stems(row) for row in words]
        seen = Counter(one for stems in self._stems for one in stems)
        self._weights = {one: math.log(1 + len(texts) / count) for one, count in seen.items()}
        self._unknown = math.log(1 + len(texts))
        self._whole = [sum(map(self._weight, stems)) for stems in self._stems]

    def likeness(self, text: str) -> list[float]:
        """For each known wording a number between 0, nothing in common, and 1, the same words in any order."""
        words = words_of(text)
        stems = _stems(words)
        whole = sum(map(self._weight, stems))
        matcher = difflib.SequenceMatcher(None, "", " ".join(words), autojunk=False)
        return [
            max(self._shared(stems, whole, at), _slips(matcher, joined))
            for at, joined in enumerate(self._joined)
        ]

    def _shared(self, stems: frozenset[str], whole: float, at: int) -> float:
        """Twice the weight of what both say, by the weight of all that each says. One word alone says nothing."""
        both = stems & self._stems[at]
        if len(both) < 2:
            return 0.0
        return 2 * sum(map(self._weight, both)) / (whole + self._whole[at])

    def _weight(self, one: str) -> float:
        return self._weights.get(one, self._unknown)


def _stems(words: Sequence[str]) -> frozenset[str]:
    return frozenset(_stem(word) for word in words if word not in _SPARE)


def _stem(word: str) -> str:
    """What a word shares with its other forms, roughly: ``configured`` and ``configuration`` are one."""
    word = _NUMBERS.get(word, word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)]
    return word


def _slips(matcher: difflib.SequenceMatcher[str], known: str) -> float:
    """The share of equal characters where it is that of slips, else 0."""
    matcher.set_seq1(known)
    if matcher.real_quick_ratio() < _SLIPS or matcher.quick_ratio() < _SLIPS:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= _SLIPS else 0.0
