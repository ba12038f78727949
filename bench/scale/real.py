"""The same cluster through a real kube-apiserver: objects written into etcd, read as a user would.

``python bench/scale/real.py 30000``. The server decodes, defaults and encodes every object; its CPU is not counted. The
floor is not measured here: the bytes are those of ``run.py`` but for what the server adds.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from objects import Cluster

from seatrial.testing.testbed.control_plane import ControlPlane
from seatrial.testing.testbed.etcd import key_of

BATCH = 2_000


def write(plane: ControlPlane, cluster: Cluster) -> int:
    """Every object of the cluster, as it would stand in etcd; how many there are."""
    written = 0
    for path, (kind, count, make) in cluster.kinds.items():
        api_version = path.removeprefix("/apis/").removeprefix("/api/").rpartition("/")[0]
        resource = path.rpartition("/")[2]
        for start in range(0, count, BATCH):
            values = {}
            for at in range(start, min(start + BATCH, count)):
                row = {"apiVersion": api_version, "kind": kind, **json.loads(make(at))}
                row["metadata"].pop("resourceVersion")
                values[key_of(row, resource)] = json.dumps(row).encode()
            plane.etcd.put(values)
            written += len(values)
    return written


def main() -> None:
    pods = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with ControlPlane("--etcd-compaction-interval=0") as plane, tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        written = write(plane, Cluster(pods))
        print(f"{pods:,} pods, {written:,} objects written into etcd in {time.perf_counter() - began:.1f} s")
        run = [
            sys.executable,
            str(Path(__file__).parent / "run.py"),
            "--folder",
            folder,
            "--access",
            str(plane.kubeconfig()),
        ]
        for part in ("trial", "replay"):
            done = subprocess.run([*run, "--part", part], stdout=subprocess.PIPE, text=True, check=True)
            told = json.loads(done.stdout.splitlines()[-1])
            for phase in ("collect", "judge", "save", "replay"):
                if phase in told:
                    row = told[phase]
                    print(
                        f"{phase:>8}: {row['cpu']:.2f} CPU s, {row['wall']:.1f} s, peak {row['peak']:.0f} MB"
                    )
            if part == "trial":
                print(f"          {told['objects']:,} objects, {told['received']:.0f} MB read, file {told['file']:.1f} MB, "
                      f"gaps: {told['gaps'] or 'none'}")  # fmt: skip


if __name__ == "__main__":
    main()
