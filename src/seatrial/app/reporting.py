"""Reports in the formats that are installed, to files or to standard output."""

import importlib
import os
import pkgutil
import stat
import tempfile
from functools import cache
from pathlib import Path

from msgspec import structs

import seatrial.reports
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.explaining import pages
from seatrial.app.suggest import nearest
from seatrial.engine.assess import Assessment
from seatrial.model.errors import UserError
from seatrial.reports._page import Library, Page


def formats() -> tuple[str, ...]:
    """The names that ``-o`` takes."""
    found = (module.name for module in pkgutil.iter_modules(seatrial.reports.__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def parse_output(text: str) -> tuple[str, Path | None]:
    """``FORMAT`` or ``FORMAT=FILE``. Raises UserError for a format that is not there."""
    name, equals, file = text.partition("=")
    if name not in formats():
        raise UserError(
            f"there is no format {name!r}{nearest(name, formats())}", hint=f"-o {'|'.join(formats())}[=FILE]"
        )
    if equals and not file:
        raise UserError(f"-o {text} names no file", hint=f"-o {name}=FILE")
    return name, Path(file) if file else None


def render(assessment: Assessment, name: str, page: Page) -> str:
    """The report as text; the installed catalogue and the checks' pages are there to be quoted."""
    page = structs.replace(page, library=library())
    written: str = importlib.import_module(f"seatrial.reports.{name}").write(assessment, page)
    return written


@cache
def library() -> Library:
    return Library(
        items={item.id: item for item in installed_catalogue().items},
        pages=pages(),
        needs={check.id: tuple(check.needs) for check in installed_checks()},
    )


def write_file(path: Path, text: str) -> None:
    """Writes a file whole or not at all. Raises UserError where it cannot be written."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            Path(temporary).chmod(_mode(path))
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}", hint="choose another file") from error


def _mode(path: Path) -> int:
    """The rights of the file that is replaced, or those that a new one gets from any program."""
    if path.is_file():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask
