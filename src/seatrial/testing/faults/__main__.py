"""``python -m seatrial.testing.faults [--share S] [--write FILE]``: the campaign in memory, and its table."""

import argparse
import sys
from pathlib import Path

from seatrial.app.catalogue import installed_checks
from seatrial.testing.faults.campaign import Campaign
from seatrial.testing.faults.catalogue import FAULTS
from seatrial.testing.faults.table import render


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m seatrial.testing.faults", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="how much of the campaign: 0.1 is a tenth")
    parser.add_argument("--write", type=Path, help="where the table goes")
    given = parser.parse_args()

    def told(text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}" if sys.stderr.isatty() else f"{text}\n")
        sys.stderr.flush()

    checks = installed_checks()
    result = Campaign(share=given.share).run(checks, told)
    lies = [fault for fault in FAULTS if fault.lies]
    unwitnessed = Campaign(share=given.share, counts=False, faults=lies).run(checks, told)
    text = render(result, unwitnessed)
    if given.write:
        given.write.write_text(text, "utf-8")
    else:
        sys.stdout.write(text)
    for says in (*result.false_passes, *unwitnessed.false_passes)[:20]:
        sys.stderr.write(f"FALSE PASS {says}\n")
    for says in (*result.wordless, *unwitnessed.wordless)[:20]:
        sys.stderr.write(f"WORDLESS {says}\n")
    return 1 if result.false_passes or unwitnessed.false_passes or result.wordless else 0


if __name__ == "__main__":
    sys.exit(main())
