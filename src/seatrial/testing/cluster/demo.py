"""The demo platform on the real cluster: deployed, awaited, and recorded as the trial that ``assess --demo`` judges."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

import seatrial
from seatrial.app.trials import DEMO
from seatrial.testing.cluster.cluster import Cluster, say
from seatrial.testing.cluster.platform import CLASS, Platform

TARGET = Path(seatrial.__file__).parent / "app" / DEMO
RUNNING_WITHIN = 300.0
FIRST_RUNS = ("orders/invoice-run", "shop/price-sync", "payments/reconcile")
"""CronJobs that must have succeeded once, since they run by the minute."""

NEVER_SUCCEEDS = "analytics/warehouse-load"
OLD_ENOUGH = timedelta(seconds=95)
"""Past one interval and the longest run that the profile declares: now its failing is no question of patience."""


def deploy(cluster: Cluster) -> None:
    """Applies the platform and waits until it runs: every pod ready, every job by the minute run once."""
    began = time.monotonic()
    platform = Platform()
    cluster.provide(platform.images())
    for node, pool in (("n1", "general"), ("n2", "memory")):
        cluster.kubectl("label", "node", node, f"pool={pool}", "--overwrite")
    _make_volumes(cluster, platform.claims())
    cluster.apply(yaml.safe_dump_all(list(platform.manifests())))
    try:
        cluster.until(lambda: not _waiting(cluster), "every pod ready", RUNNING_WITHIN, every=3)
    except RuntimeError as error:
        raise RuntimeError(f"{error}: {'; '.join(_waiting(cluster)[:8])}") from error
    cluster.apply(platform.late)
    for namespace, labels in platform.late_labels().items():
        pairs = [f"{key}={value}" for key, value in labels.items()]
        cluster.kubectl("label", "namespace", namespace, *pairs, "--overwrite")
    cluster.until(
        lambda: all("lastSuccessfulTime" in _cron_job(cluster, name)["status"] for name in FIRST_RUNS),
        "the jobs by the minute",
        RUNNING_WITHIN,
        every=3,
    )
    cluster.until(lambda: _age(_cron_job(cluster, NEVER_SUCCEEDS)) > OLD_ENOUGH, NEVER_SUCCEEDS, every=3)
    pods = cluster.get("pods", "-A")["items"]
    say(
        f"{len(platform.workloads)} workloads, {len(pods)} pods, running after {time.monotonic() - began:.0f} s"
    )


def profile() -> Path:
    """The demo's own profile."""
    with resources.as_file(
        resources.files("seatrial.testing.cluster").joinpath("platforms", "seatrial.yaml")
    ) as path:
        return path


def assess(
    cluster: Cluster, *arguments: str, user: str = "admin", groups: tuple[str, ...] = ("system:masters",)
) -> subprocess.CompletedProcess[str]:
    """The command line against the cluster, as a user would run it."""
    command = [
        sys.executable,
        "-m",
        "seatrial",
        *arguments,
        "--kubeconfig",
        str(cluster.kubeconfig(user, groups)),
    ]
    return subprocess.run(cluster.inside(*command), capture_output=True, text=True, check=False)


def record(cluster: Cluster) -> None:
    """Deploys the demo and keeps its trial. Nothing in the file is made by hand."""
    deploy(cluster)
    done = assess(cluster, "assess", "-q", "--profile", str(profile()), "--save", str(TARGET))
    if done.returncode not in {0, 1, 3}:
        raise RuntimeError(done.stderr)
    say(f"recorded {TARGET.name}: {TARGET.stat().st_size} bytes")
    print(done.stdout)


def _waiting(cluster: Cluster) -> list[str]:
    """The pods that are not ready, and why as far as they say; those of jobs left aside."""
    return [
        f"{row['metadata']['namespace']}/{row['metadata']['name']}: {_why(row['status'])}"
        for row in cluster.get("pods", "-A")["items"]
        if not any(owner["kind"] == "Job" for owner in row["metadata"].get("ownerReferences", ()))
        and not any(
            one["type"] == "Ready" and one["status"] == "True" for one in row["status"].get("conditions", ())
        )
    ]


def _why(status: dict[str, Any]) -> str:
    said = [one.get("message", "") for one in status.get("conditions", ()) if one["status"] != "True"]
    states = [
        one.get("state", {}).get("waiting", {}).get("message", "")
        for one in status.get("containerStatuses", ())
    ]
    return " ".join(text for text in (*states, *said) if text)[:200]


def _cron_job(cluster: Cluster, name: str) -> Any:
    namespace, _, job = name.partition("/")
    return cluster.get("cronjob", job, "-n", namespace)


def _age(row: Any) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(row["metadata"]["creationTimestamp"])


def _make_volumes(cluster: Cluster, count: int) -> None:
    """Volumes for the claims: folders of the machine, made by hand, since no provisioner runs here."""
    rows = []
    for number in range(count):
        path = cluster.folder / "volumes" / str(number)
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o777)
        spec = {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": CLASS,
            "hostPath": {"path": str(path)},
        }
        rows.append(
            {
                "apiVersion": "v1",
                "kind": "PersistentVolume",
                "metadata": {"name": f"local-{number}"},
                "spec": spec,
            }
        )
    cluster.apply(json.dumps({"apiVersion": "v1", "kind": "List", "items": rows}))
