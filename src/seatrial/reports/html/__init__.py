"""One HTML page that stands alone: no script, nothing fetched, folded on screen, opened on paper."""

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from seatrial.engine.assess import Assessment
from seatrial.reports._kubectl import LONGEST_COMMAND
from seatrial.reports._page import Page, plain, shorten
from seatrial.reports.html.claims import Bounds
from seatrial.reports.html.view import view

LARGEST = 400_000
"""Bytes of a page: mail and chat take it, and a phone opens it."""

_STEPS = (
    Bounds(20, 20, 20),
    Bounds(20, 10, 10),
    Bounds(20, 3, 3),
    Bounds(20, 1, 1),
    Bounds(10, 0, 1),
    Bounds(5, 0, 1),
    Bounds(2, 0, 0),
    Bounds(0, 0, 0),
)
"""How much is shown, most first; the totals are exact in each."""


def write(assessment: Assessment, page: Page) -> str:
    """The page, with as many objects as ``LARGEST`` leaves room for. The same trial gives the same bytes."""
    environment = _environment()
    style = environment.get_template("page.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = environment.get_template("page.html")
    text = ""
    for bounds in _STEPS:
        text = template.render(page=view(assessment, page, bounds), style_digest=digest)
        if len(text.encode("utf-8", "replace")) <= LARGEST:
            break
    return text


@cache
def _environment() -> Environment:
    """Every value is escaped, and what would not show, or would turn the direction of writing, is made visible."""
    environment = Environment(
        loader=PackageLoader("seatrial.reports.html", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    environment.filters["visible"] = _safe
    return environment


def _visible(value: Any) -> Any:
    return _safe(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _safe(text: str) -> str:
    return shorten(plain(text), LONGEST_COMMAND)
