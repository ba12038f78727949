"""Claims of storage."""

from seatrial.wire.base import Object, Wire
from seatrial.wire.pod import Resources


class PersistentVolumeClaimSpec(Wire, frozen=True, gc=False):
    access_modes: tuple[str, ...] = ()
    storage_class_name: str | None = None
    volume_mode: str = ""
    volume_name: str = ""
    resources: Resources = Resources()


class PersistentVolumeClaimStatus(Wire, frozen=True, gc=False):
    phase: str = ""
    access_modes: tuple[str, ...] = ()


class PersistentVolumeClaim(Object, frozen=True, gc=False):
    spec: PersistentVolumeClaimSpec = PersistentVolumeClaimSpec()
    status: PersistentVolumeClaimStatus | None = None
