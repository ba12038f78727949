"""``python -m seatrial.testing.cluster up|down|images|record``."""

import sys
import time

from seatrial.testing.cluster.cluster import Cluster, Unfit, say
from seatrial.testing.cluster.images import image_files
from seatrial.testing.testbed.components import binary


def main(arguments: list[str]) -> int:
    began = time.monotonic()
    cluster = Cluster()
    try:
        match arguments:
            case ["up"]:
                cluster.up()
                say(f"up in {time.monotonic() - began:.1f} s; try:")
                say(
                    " ".join(
                        cluster.inside(
                            binary("kubectl"), "--kubeconfig", cluster.kubeconfig(), "get", "pods", "-A"
                        )
                    )
                )
            case ["down"]:
                cluster.down()
                say(f"down in {time.monotonic() - began:.1f} s")
            case ["images"]:
                print(*image_files(), sep="\n")
            case ["record"]:
                from seatrial.testing.cluster.demo import record

                with cluster:
                    say(f"up in {time.monotonic() - began:.1f} s")
                    record(cluster)
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except Unfit as error:
        say(f"this machine cannot run a cluster: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
