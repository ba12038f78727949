"""The checks' pages, from their docstrings."""

import inspect
import json

from seatrial.app.catalogue import installed_checks, installed_modules


def document() -> bytes:
    """What ``pages.json`` must hold."""
    by_module = {module.__name__: module for module in installed_modules()}
    pages = {
        check.id: inspect.cleandoc(by_module[check.module].__doc__ or "") + "\n"
        for check in installed_checks()
    }
    return json.dumps(pages, ensure_ascii=False, indent=1, sort_keys=True).encode()
