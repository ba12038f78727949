"""From questions to a trial: every need asked once, over a few threads, then one point in time for all of it."""

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib import metadata
from typing import Protocol

from seatrial.model.errors import UserError
from seatrial.model.evidence import Evidence, Need
from seatrial.model.profile import Profile
from seatrial.model.trial import Cluster, Trial
from seatrial.needs import kube

THREADS = 4
"""Requests in flight at most: decoding is bound by the interpreter, and the API server is not ours alone."""

Progress = Callable[[str], None]


class Source(Protocol):
    """What answers needs. ``ask`` never raises for what a system does: that becomes gaps in the evidence."""

    name: str

    def cluster(self) -> Cluster: ...

    def ask(self, need: Need) -> Evidence: ...

    def skew(self) -> int:
        """Seconds that the system's clock is ahead of this one; 0 where it has none."""


def collect(
    source: Source, needs: Sequence[Need], profile: Profile, progress: Progress, *, declared: bool = False
) -> Trial:
    """Asks every need and freezes the answers. Raises UserError where it is not the cluster of the profile."""
    cluster = source.cluster()
    refuse_other_cluster(profile, cluster)
    first = [need for need in needs if need == kube.DISCOVERY]
    rest = [need for need in needs if need != kube.DISCOVERY]
    evidence = {need.id: source.ask(need) for need in first}
    with ThreadPoolExecutor(THREADS, thread_name_prefix="collect") as pool:
        futures = {need.id: pool.submit(source.ask, need) for need in rest}
        try:
            for done, (id, future) in enumerate(futures.items(), 1):
                evidence[id] = future.result()
                progress(f"read {done} of {len(rest)} lists")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return Trial(
        now=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        cluster=cluster,
        profile=profile,
        evidence=dict(sorted(evidence.items())),
        sources=("kube", "profile"),
        declared=declared,
        name=profile.name,
        recorder=metadata.version("seatrial"),
        skew=source.skew(),
    )


def refuse_other_cluster(profile: Profile, cluster: Cluster) -> None:
    """A profile that names a cluster speaks of no other one."""
    wanted = profile.cluster.uid
    if wanted and cluster.uid and wanted != cluster.uid:
        raise UserError(
            f"this is cluster {cluster.uid}, but the profile is for {wanted}",
            hint="choose the right context with --context, or correct cluster.uid in the profile",
        )


def quiet(text: str) -> None:
    """Shows no progress."""


def progress_line(*, wanted: bool) -> Progress:
    """A line on stderr that rewrites itself; nothing where stderr is no terminal."""
    if not wanted or not sys.stderr.isatty():
        return quiet

    def show(text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}" if text else "\r\x1b[K")
        sys.stderr.flush()

    return show
