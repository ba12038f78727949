"""One whole trial of 1,000 to 150,000 pods: time, memory, and how far above the decode floor.

Each step runs in fresh processes: a server, the trial, and the *decode floor*: the same bytes decoded by msgspec into
the same structs, with the collector off, and nothing else. CPU is that of the trial's process alone.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
STEPS = (1_000, 10_000, 50_000, 150_000)
RATIO, PEAK, GROWTH, TRIAL = 3.0, 700, 1.2, 60
"""What a step should keep to: CPU over the floor, MB at the peak, CPU per pod over the step before, MB of trial file."""


def cpu() -> float:
    return time.process_time()


def peak() -> float:
    """The most memory that the process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def kubeconfig(port: int, folder: Path) -> str:
    path = folder / "kubeconfig"
    path.write_text(json.dumps({
        "current-context": "scale",
        "contexts": [{"name": "scale", "context": {"cluster": "scale", "user": "scale"}}],
        "clusters": [{"name": "scale", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "scale", "user": {"token": "none"}}],
    }))  # fmt: skip
    return str(path)


def trial(access: str, folder: Path) -> dict[str, object]:
    """The trial as the command makes it, phase by phase."""
    from seatrial import trialfile
    from seatrial.app.catalogue import installed_catalogue, installed_checks
    from seatrial.app.collect import quiet
    from seatrial.app.memory import for_many_objects
    from seatrial.app.trials import ClusterChoice, from_cluster
    from seatrial.engine.assess import assess
    from seatrial.model.profile import Profile

    told: dict[str, object] = {"start": {"peak": peak()}}
    path = folder / "scale.trial"
    catalogue, checks = installed_catalogue(), installed_checks()
    with for_many_objects():
        began, clock = cpu(), time.perf_counter()
        found = from_cluster(ClusterChoice(kubeconfig=access), Profile(name="scale"), quiet)
        told["collect"] = {"cpu": cpu() - began, "wall": time.perf_counter() - clock, "peak": peak()}
        began, clock = cpu(), time.perf_counter()
        verdicts = assess(found, catalogue, checks, "go-live", time.perf_counter)
        told["judge"] = {"cpu": cpu() - began, "wall": time.perf_counter() - clock, "peak": peak()}
        began, clock = cpu(), time.perf_counter()
        trialfile.write(found, path)
        told["save"] = {"cpu": cpu() - began, "wall": time.perf_counter() - clock, "peak": peak()}
    gaps = [gap.detail for row in found.evidence.values() for gap in row.gaps if gap.cause != "not served"]
    return told | {
        "gaps": gaps[:3],
        "received": sum(row.received for row in found.evidence.values()) / 1e6,
        "objects": sum(row.count for row in found.evidence.values()),
        "file": path.stat().st_size / 1e6,
        "findings": sum(len(claim.findings) for item in verdicts.items for claim in item.claims),
    }


def replay(folder: Path) -> dict[str, object]:
    from seatrial import trialfile
    from seatrial.app.catalogue import installed_catalogue, installed_checks
    from seatrial.app.memory import for_many_objects
    from seatrial.engine.assess import assess

    began, clock = cpu(), time.perf_counter()
    with for_many_objects():
        found = trialfile.read(folder / "scale.trial")
        assess(found, installed_catalogue(), installed_checks(), "go-live", time.perf_counter)
    return {"replay": {"cpu": cpu() - began, "wall": time.perf_counter() - clock, "peak": peak()}}


def change(folder: Path) -> dict[str, object]:
    """One pod changed in a judged trial: the CPU of bringing every verdict up to date, the middle of five pods."""
    import msgspec

    from seatrial import trialfile
    from seatrial.app.catalogue import installed_catalogue, installed_checks
    from seatrial.app.memory import for_many_objects
    from seatrial.engine.standing import Standing
    from seatrial.needs import kube
    from seatrial.wire.chunks import key_of, unpack
    from seatrial.wire.pod import Pod

    spent = []
    with for_many_objects():
        found = trialfile.read(folder / "scale.trial")
        standing = Standing(found, installed_catalogue(), installed_checks(), "go-live", time.perf_counter)
        chunks = found.evidence[kube.PODS.id].chunks
        for at in range(5):
            pod = unpack(chunks[at * len(chunks) // 5], Pod)[at]
            other = msgspec.structs.replace(pod.spec.containers[0], image=f"registry.example/other:{at}")
            spec = msgspec.structs.replace(pod.spec, containers=(other, *pod.spec.containers[1:]))
            began = cpu()
            standing.change(kube.PODS, key_of(pod), msgspec.structs.replace(pod, spec=spec))
            spent.append(cpu() - began)
    return {"change": {"cpu": sorted(spent)[2], "peak": peak()}}


def floor(access: str) -> dict[str, object]:
    """Typed decoding of every list that a trial asks for: nothing is kept but the structs, as a reader would."""
    import gc

    import msgspec

    from seatrial import wire
    from seatrial.app.catalogue import installed_checks
    from seatrial.engine.plan import needs_of
    from seatrial.wire.chunks import STORED_AS

    structs = {}
    for name in ("cluster", "network", "pod", "policy", "storage", "workload"):
        module = __import__(f"{wire.__name__}.{name}", fromlist=["*"])
        structs |= {kind: value for kind, value in vars(module).items() if isinstance(value, type)}
    server = json.loads(Path(access).read_text())["clusters"][0]["cluster"]["server"]
    gc.disable()
    spent, kept = 0.0, []
    for need in needs_of(installed_checks()):
        struct = STORED_AS.get(need.schema) or structs.get(need.kind)
        if struct is None:
            continue
        group = f"apis/{need.group}" if need.group else "api"
        meta = msgspec.defstruct("Meta", [("next", str, msgspec.field(default="", name="continue"))])
        rows = msgspec.defstruct("Rows", [("items", list[struct]), ("metadata", meta)])
        decode = msgspec.json.Decoder(rows).decode
        token = ""
        while True:
            more = f"&continue={token}" if token else ""
            try:
                with urllib.request.urlopen(  # noqa: S310  # this machine only
                    f"{server}/{group}/{need.versions[0]}/{need.resource}?limit=500{more}"
                ) as got:
                    body = got.read()
            except urllib.error.HTTPError:
                break
            began = cpu()
            found = decode(body)
            spent += cpu() - began
            kept.append(found.items)
            token = found.metadata.next
            if not token:
                break
    return {"floor": {"cpu": spent, "peak": peak()}}


def measure(pods: int) -> dict[str, object]:
    """A step, each part in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        server = subprocess.Popen(
            [sys.executable, str(HERE / "server.py"), str(pods)], stdout=subprocess.PIPE, text=True
        )
        try:
            access = kubeconfig(int(server.stdout.readline()), Path(name))
            told: dict[str, object] = {"pods": pods}
            for part in ("trial", "replay", "change", "floor"):
                command = [
                    sys.executable,
                    str(Path(__file__)),
                    "--part",
                    part,
                    "--access",
                    access,
                    "--folder",
                    name,
                ]
                done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
                told |= json.loads(done.stdout.splitlines()[-1])
        finally:
            server.kill()
            server.wait()
    return told


def total(told: dict[str, object]) -> float:
    return sum(told[part]["cpu"] for part in ("collect", "judge", "save"))


def show(steps: list[dict[str, object]], *, markdown: bool) -> None:
    heads = [
        "pods",
        "objects",
        "MB read",
        "collect",
        "judge",
        "save",
        "whole",
        "floor",
        "ratio",
        "peak MB",
        "replay",
        "file MB",
        "change ms",
        "growth",
    ]
    rows = []
    before = None
    for told in steps:
        each = total(told) / told["pods"]
        rows.append([
            f"{told['pods']:,}", f"{told['objects']:,}", f"{told['received']:.0f}",
            *(f"{told[part]['cpu']:.2f}" for part in ("collect", "judge", "save")),
            f"{total(told):.2f}", f"{told['floor']['cpu']:.2f}", f"{total(told) / told['floor']['cpu']:.1f}",
            f"{max(told[part]['peak'] for part in ('collect', 'judge', 'save')):.0f}",
            f"{told['replay']['cpu']:.2f}", f"{told['file']:.1f}", f"{told['change']['cpu'] * 1000:.0f}", f"{each / before:.2f}" if before else "",
        ])  # fmt: skip
        before = each
    if markdown:
        print("| " + " | ".join(heads) + " |\n|" + "--:|" * len(heads))
        for row in rows:
            print("| " + " | ".join(row) + " |")
        return
    widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
    for row in (heads, *rows):
        print("  ".join(f"{text:>{width}}" for text, width in zip(row, widths, strict=True)))
    print("CPU seconds, of the trial's process alone; wall of the last step: "
          f"{sum(steps[-1][part]['wall'] for part in ('collect', 'judge', 'save')):.1f} s")  # fmt: skip
    print(
        f"targets at 150,000 pods: ratio {RATIO}, peak {PEAK} MB, growth {GROWTH}, file {TRIAL} MB, replay below collect"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", default=",".join(map(str, STEPS)), help="how many pods, step by step")
    parser.add_argument("--markdown", action="store_true", help="a table for docs/explanation/scale.md")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--access", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        folder = Path(given.folder)
        parts = {
            "trial": lambda: trial(given.access, folder),
            "replay": lambda: replay(folder),
            "change": lambda: change(folder),
            "floor": lambda: floor(given.access),
        }
        print(json.dumps(parts[given.part]()))
        return
    steps = []
    for pods in map(int, given.steps.split(",")):
        steps.append(measure(pods))
        if steps[-1]["gaps"]:
            print("not read:", steps[-1]["gaps"], file=sys.stderr)
    show(steps, markdown=given.markdown)


if __name__ == "__main__":
    os.environ.pop("KUBECONFIG", None)
    main()
