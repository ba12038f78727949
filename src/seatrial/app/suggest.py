"""The nearest valid name for a mistyped one."""

import difflib
from collections.abc import Iterable


def nearest(wrong: str, valid: Iterable[str]) -> str:
    """``; did you mean 'assess'?`` where a valid name is near, else nothing."""
    found = difflib.get_close_matches(wrong, list(valid), n=1, cutoff=0.6)
    return f"; did you mean {found[0]!r}?" if found else ""
