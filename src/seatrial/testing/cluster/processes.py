"""Processes of the cluster: started with a log and a note of who they are, so that a later run ends what this one left."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

_ENDS_WITHIN = 5.0
_STARTED: dict[int, subprocess.Popen[bytes]] = {}
"""What this process started, to be waited for when it ends."""


def start(folder: Path, name: str, command: Sequence[str | Path]) -> None:
    """Starts a process of its own session; its output goes to ``NAME.log``, its identity to ``NAME.pid``."""
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    _STARTED[process.pid] = process
    (folder / f"{name}.pid").write_text(f"{process.pid} {_began(process.pid)}")


def pid(folder: Path, name: str) -> int:
    """The process that ``start`` began under this name."""
    return int((folder / f"{name}.pid").read_text().split()[0])


def end_all(folder: Path) -> None:
    """Ends every process that was started under the folder, newest first, and waits until it is gone.

    Numbers are given again, after a reboot at the latest: a process is only ended if it began when the noted one did.
    """
    files = sorted(folder.rglob("*.pid"), key=lambda path: path.stat().st_mtime, reverse=True)
    for file in files:
        number, _, began = file.read_text().partition(" ")
        if began and _began(int(number)) == began:
            end([int(number)])
        file.unlink()


def end(pids: Iterable[int]) -> None:
    """Kills processes, then waits until none of them runs."""
    doomed = list(pids)
    for number in doomed:
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            continue
    deadline = time.monotonic() + _ENDS_WITHIN
    while any(_runs(number) for number in doomed) and time.monotonic() < deadline:
        time.sleep(0.02)


def end_naming(folder: Path) -> None:
    """Ends every process whose command line names a place below the folder, also what one of them begins meanwhile.

    Not all were started by ``start``: a shim has its runc, a run that was killed has its kubectl or ctr.
    """
    deadline = time.monotonic() + _ENDS_WITHIN
    while (found := matching(f"{folder}/")) and time.monotonic() < deadline:
        end(found)


def matching(text: str) -> list[int]:
    """Other processes whose command line holds a text."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:  # it ended meanwhile
            continue
        if text in command:
            found.append(int(entry.name))
    return found


def _runs(number: int) -> bool:
    """Whether a process runs; one that is dead and not yet buried does not."""
    child = _STARTED.get(number)
    if child is not None and child.poll() is not None:
        return False
    fields = _fields(number)
    return bool(fields) and fields[0] != "Z"


def _began(number: int) -> str:
    """When a process began, in clock ticks since the machine did; empty if there is none."""
    fields = _fields(number)
    return fields[19] if fields else ""


def _fields(number: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name: the state is the first, the start time the twentieth."""
    try:
        text = Path(f"/proc/{number}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()
