"""The ids of all checks and their versions: an id, once given, stays, since findings and limits are known by it."""

from seatrial.app.catalogue import installed_checks


def document() -> bytes:
    """What ``checks.lock`` must hold: a line ``id version`` for each check."""
    return "".join(f"{check.id} {check.version}\n" for check in installed_checks()).encode()
