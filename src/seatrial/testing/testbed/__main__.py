"""``python -m seatrial.testing.testbed build [NAME...]``: builds components; ``ambient``: what an empty server holds."""

import json
import sys

from seatrial.testing.testbed.components import CORE, Missing, binary


def main(arguments: list[str]) -> int:
    match arguments:
        case ["build", *names]:
            try:
                for name in names or CORE:
                    print(binary(name))
            except Missing as missing:
                print(f"error: {missing}", file=sys.stderr)
                return 1
            return 0
        case ["ambient"]:
            from seatrial.testing.testbed.control_plane import ControlPlane
            from seatrial.testing.testbed.state_world import ambient

            with ControlPlane() as control_plane:
                rows = [json.dumps(row, sort_keys=True) for row in ambient(control_plane)]
            print("[\n " + ",\n ".join(rows) + "\n]")
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
