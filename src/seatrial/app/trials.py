"""Getting the trial that a command judges: from a cluster, from manifests, from a file, or the demo."""

from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from msgspec import Struct

from seatrial import trialfile
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.collect import Progress, collect
from seatrial.app.profile import DEFAULT_PATH, TICKS, WAIVERS, load_profile, load_ticks, load_waivers
from seatrial.engine.plan import needs_of
from seatrial.model.errors import UserError
from seatrial.model.profile import Profile
from seatrial.model.trial import Trial
from seatrial.reports._page import Location

DEMO = "demo.trial"
STANDARD_INPUT = "standard input"

Locations = dict[tuple[str, str, str, str], Location]
"""Where objects stand, by group, kind, namespace and name."""


class ClusterChoice(Struct, frozen=True):
    """Which cluster to read, and as whom; as kubectl's flags of the same names."""

    kubeconfig: str | None = None
    context: str | None = None
    as_user: str | None = None
    as_groups: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    """To read where the whole cluster may not be read."""
    request_timeout: int = 60
    timeout: int | None = None
    """Seconds for all requests together."""


def choose_profile(path: str | None) -> Profile:
    """The profile at ``path``, else ``seatrial.yaml`` where the command stands, else the empty one; with ``waivers/`` beside it."""
    place = Path(path or DEFAULT_PATH)
    profile = Profile()
    if path is not None or place.is_file():
        checks = {check.answers: check.limits for check in installed_checks() if check.limits is not None}
        profile = load_profile(place, installed_catalogue(), checks)
    profile = load_waivers(place.parent / WAIVERS, profile, installed_catalogue())
    return load_ticks(place.parent / TICKS, profile, installed_catalogue())


def from_cluster(choice: ClusterChoice, profile: Profile, progress: Progress) -> Trial:
    """Reads a live cluster. Raises UserError where there is none to read."""
    return collect(connect(choice, profile, progress), needs_of(installed_checks()), profile, progress)


def connect(choice: ClusterChoice, profile: Profile, progress: Progress) -> Any:
    """The kube source of a cluster; the profile's context where no other is asked for."""
    from seatrial.sources import kube

    return kube.connect(
        kubeconfig=choice.kubeconfig,
        context=choice.context or profile.cluster.context or None,
        as_user=choice.as_user,
        as_groups=choice.as_groups,
        namespaces=choice.namespaces,
        request_timeout=choice.request_timeout,
        timeout=choice.timeout,
        progress=progress,
    )


def from_manifests(paths: Sequence[str], profile: Profile, progress: Progress) -> tuple[Trial, Locations]:
    """Reads manifests (``-`` is standard input), and says where each object stands; the trial is declared, no proof of
    a live cluster.
    """
    from seatrial.sources.manifests import ManifestsSource

    source = ManifestsSource(paths)
    trial = collect(source, needs_of(installed_checks()), profile, progress, declared=True)
    found = {key: _location(where) for key, where in source.locations.items()}
    return trial, {key: place for key, place in found.items() if place.file != STANDARD_INPUT}


def _location(where: str) -> Location:
    """``FILE:LINE``, as seen from where the command stands."""
    file, _, line = where.rpartition(":")
    path = Path(file)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return Location(str(path), int(line))


def from_file(path: str) -> Trial:
    return trialfile.read(Path(path))


def demo() -> Trial:
    """The recorded demo platform."""
    with resources.as_file(resources.files("seatrial.app").joinpath(DEMO)) as path:
        if not path.is_file():
            raise UserError("this installation has no demo trial", hint="make demo-record")
        return trialfile.read(path)
