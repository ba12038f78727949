"""Processes of the cluster: started with a log and a pid file, so that a later run can end what an earlier one left."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

_ENDS_WITHIN = 5.0
_STARTED: dict[int, subprocess.Popen[bytes]] = {}
"""What this process started, to be waited for when it ends."""


def start(folder: Path, name: str, command: Sequence[str | Path]) -> None:
    log = (folder / f"{name}.log").open("wb")
    with log:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    _STARTED[process.pid] = process
    (folder / f"{name}.pid").write_text(str(process.pid))


def end_all(folder: Path) -> None:
    """Ends every process that a pid file under the folder names, newest first, and waits until it is gone."""
    files = sorted(folder.rglob("*.pid"), key=lambda path: path.stat().st_mtime, reverse=True)
    for file in files:
        pid = int(file.read_text() or 0)
        if pid and alive(pid):
            os.kill(pid, signal.SIGKILL)
            until_gone(pid)
        file.unlink()


def until_gone(pid: int) -> None:
    started = _STARTED.pop(pid, None)
    if started is not None:
        started.wait(_ENDS_WITHIN)
        return
    deadline = time.monotonic() + _ENDS_WITHIN
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and not yet waited for does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def end_matching(text: str, program: str) -> None:
    """Ends processes of a program whose command line holds a text: shims that outlived their containerd."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        if text in command and program in command:
            os.kill(int(entry.name), signal.SIGKILL)
            until_gone(int(entry.name))
