"""Writes every generated file: ``python -m seatrial.testing.generate``; with ``--check`` only compares."""

import importlib
import pkgutil
import sys
from pathlib import Path

import seatrial
from seatrial.testing import generate

ROOT = Path(seatrial.__file__).parent
TARGETS = {"catalogue": "catalogue/data/catalogue.json", "pages": "app/pages.json"}


def main(arguments: list[str]) -> int:
    """0 when every file is as it must be; 1 when ``--check`` finds one that is not."""
    stale = []
    for module in pkgutil.iter_modules(generate.__path__):
        if module.name == "__main__":
            continue
        document = importlib.import_module(f"{generate.__name__}.{module.name}").document()
        path = ROOT / TARGETS[module.name]
        if path.is_file() and path.read_bytes() == document:
            continue
        if "--check" in arguments:
            stale.append(TARGETS[module.name])
        else:
            path.write_bytes(document)
            print(f"wrote {TARGETS[module.name]}")
    if stale:
        print(f"not as generated: {', '.join(stale)}; run make docs", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
