"""The terminal: its width, its colours, and the line that shows progress."""

import os
import shutil
import sys

from seatrial.app.collect import Progress, progress_line
from seatrial.reports._page import Page

MOST_COLUMNS = 120
LEAST_COLUMNS = 60


def page(colour: str = "auto", *, timings: bool = False) -> Page:
    """What standard output can show. ``colour`` is auto, always or never; auto heeds ``NO_COLOR``."""
    terminal = sys.stdout.isatty()
    coloured = colour == "always" or (
        colour == "auto" and terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )
    columns = shutil.get_terminal_size((100, 40)).columns
    encoding = (sys.stdout.encoding or "ascii").lower()
    return Page(
        width=max(LEAST_COLUMNS, min(columns, MOST_COLUMNS)),
        colour=coloured,
        unicode=encoding.startswith("utf"),
        timings=timings,
    )


def progress(*, wanted: bool) -> Progress:
    return progress_line(wanted=wanted)
