"""Manifests: CPU at the margin for each Deployment, and for mixed objects, over the YAML parser's own time."""

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "scale"))

DEPLOYMENT, MIXED, MEMORY = 0.7, 1.1, 150
"""Milliseconds of CPU for each Deployment, for each of mixed objects, and MB for a thousand Deployments."""


def manifest(at: int, kind: str) -> str:
    import yaml
    from objects import Cluster

    cluster = Cluster(1_000_000)
    makers = {"Deployment": cluster.deployment, "Service": cluster.service, "PodDisruptionBudget": cluster.budget,
              "NetworkPolicy": cluster.policy, "StatefulSet": cluster.stateful_set, "ServiceAccount": cluster.account}  # fmt: skip
    row = json.loads(makers[kind](at + 1))
    row["metadata"] = {
        key: row["metadata"][key] for key in ("name", "namespace", "labels") if key in row["metadata"]
    }
    row.pop("status", None)
    groups = {
        "Deployment": "apps/v1",
        "StatefulSet": "apps/v1",
        "PodDisruptionBudget": "policy/v1",
        "NetworkPolicy": "networking.k8s.io/v1",
    }
    return yaml.dump(
        {"apiVersion": groups.get(kind, "v1"), "kind": kind, **row}, Dumper=yaml.CSafeDumper, sort_keys=False
    )


def spent(part: str, path: Path) -> tuple[float, float]:
    """CPU seconds and peak MB of a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, __file__, part, str(path)], check=False, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss * 1024 / 1e6


def child(part: str, path: Path) -> None:
    if part == "floor":
        import yaml

        for _ in yaml.parse(path.read_text(), Loader=yaml.CSafeLoader):
            pass
        return
    from seatrial.cli.main import main

    sys.argv = ["seatrial", "assess", "--manifests", str(path), "-o", "json"]
    main()


def measure(name: str, kinds: tuple[str, ...], budget: float) -> None:
    few, many = 500, 1_500
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for count in (few, 1_000, many):
            paths[count] = Path(folder) / f"{count}.yaml"
            paths[count].write_text("---\n".join(manifest(at, kinds[at % len(kinds)]) for at in range(count)))
        ours = {
            count: min(run(path) for _ in range(3))
            for count, path in paths.items()
            for run in [lambda row: spent("ours", row)]
        }
        floor = {count: min(spent("floor", path) for _ in range(3)) for count, path in paths.items()}
    margin = (ours[many][0] - ours[few][0]) / (many - few) * 1000
    least = (floor[many][0] - floor[few][0]) / (many - few) * 1000
    print(f"{name}: {margin:.2f} ms each at the margin (budget {budget}), {margin / least:.1f} times the parser's events; "
          f"1,000 of them {ours[1_000][0]:.2f} s, {ours[1_000][1]:.0f} MB (budget {MEMORY})")  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) > 2:
        child(sys.argv[1], Path(sys.argv[2]))
    else:
        measure("Deployments", ("Deployment",), DEPLOYMENT)
        measure(
            "mixed objects",
            (
                "Deployment",
                "Service",
                "PodDisruptionBudget",
                "NetworkPolicy",
                "StatefulSet",
                "ServiceAccount",
            ),
            MIXED,
        )
