"""Writes every generated file: ``python -m seatrial.testing.generate``; with ``--check`` only compares."""

import sys
from pathlib import Path

import seatrial
from seatrial.app import rights
from seatrial.testing.generate import catalogue, lock, pages, reference

PACKAGE = Path(seatrial.__file__).parent
CHECKOUT = PACKAGE.parent.parent
JUDGE = "serviceaccount:seatrial:seatrial"
"""Who judges from within a cluster, in the examples under ``deploy``."""


def targets() -> dict[Path, bytes]:
    """Every generated file, and what it must hold."""
    found = {
        PACKAGE / "catalogue" / "data" / "catalogue.json": catalogue.document(),
        PACKAGE / "app" / "pages.json": pages.document(),
        CHECKOUT / "checks.lock": lock.document(),
        CHECKOUT / "deploy" / "argo-cd" / "role.yaml": rights.cluster_role([JUDGE]).encode(),
    }
    return found | {
        CHECKOUT / "docs" / "reference" / name: text for name, text in reference.documents().items()
    }


def main(arguments: list[str]) -> int:
    """0 when every file is as it must be; 1 when ``--check`` finds one that is not."""
    stale = []
    for path, text in targets().items():
        if path.is_file() and path.read_bytes() == text:
            continue
        if "--check" in arguments:
            stale.append(str(path.relative_to(CHECKOUT)))
        else:
            path.write_bytes(text)
            print(f"wrote {path.relative_to(CHECKOUT)}")
    if stale:
        print(f"not as generated: {', '.join(stale)}; run make docs", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
