"""Hostile input through every front door: one clear line and exit code 2 (a gap, where a server says it), in little memory.

Each runs in a process of its own, whose memory is measured; the time limit is a guard against running for ever.
"""

import json
import os
import subprocess
import sys
import zlib

import pytest
import zstandard

from seatrial.trialfile.format import MAGIC

MOST_MEMORY = 300
"""MB; the bare program judges the demo in about 90."""

GUARD = 60
"""Seconds. The corpus ends in under two on an idle machine; this one may be busy."""

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {k: v}\n" + "".join(
    f"m{at}: &m{at} {{<<: [*{'a' if at == 0 else f'm{at - 1}'}, *a]}}\n" for at in range(30)
)

TEXTS = {
    "billion laughs": BOMB,
    "merge bomb": MERGES,
    "200,000 nested lists": "a: " + "[" * 200_000,
    "20,000 nested maps": "".join(" " * at + "a:\n" for at in range(2_000)),
    "200,000 digits": "a: " + "9" * 200_000,
    "hexadecimal of 200,000 digits": "a: 0x" + "f" * 200_000,
    "duplicate keys": "a: 1\na: 2\n",
    "python tag": "a: !!python/object/apply:os.system [echo]\n",
    "recursive alias": "a: &a [*a]\n",
    "100,000 documents": "---\na: 1\n" * 100_000,
    "one line of 12 MB": "a: " + "x" * 12_000_000,
    "NUL": "a: \0",
    "tab": "a:\n\t- b\n",
    "unclosed": "a: [1, 2",
    "Helm template": "a: {{ .Values.b }}\n{{- if }}\n",
    "a list at the top": "- a\n- b\n",
    "a number at the top": "7\n",
    "a lone surrogate": 'a: "\\ud800"\n',
    "not a number": "a: .nan\nb: 1e999\n",
}
BYTES = {
    "UTF-16": "a: b\n".encode("utf-16"),
    "UTF-32": "a: b\n".encode("utf-32"),
    "invalid UTF-8": b"a: \xff\xfe\xfd\n",
    "a byte order mark and nothing": b"\xef\xbb\xbf",
    "a compressed file": zlib.compress(b"a: b\n" * 1000),
}
CORPUS = {name: text.encode() for name, text in TEXTS.items()} | BYTES


MEASURED = f"""
import resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
try:
    code = subprocess.run(sys.argv[2:], timeout={GUARD}).returncode
except subprocess.TimeoutExpired:
    code = -9
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
open(sys.argv[1], "w").write(f"{{code}} {{peak}}")
"""
"""Runs a command and tells its exit code and peak of memory: measured from here, the peak would be that of the tests."""


def run(folder, *arguments, env=None):
    """Exit code, both streams, and the peak of memory in MB."""
    told = folder / "told"
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(told), sys.executable, "-m", "seatrial", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, **(env or {})},
        check=False,
    )
    code, peak = told.read_text().split()
    return (
        int(code),
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
        float(peak),
    )


def refused(found, *, names):
    code, out, err, memory = found
    lines = [line for line in err.splitlines() if line.strip()]

    assert code == 2, (code, err[-500:])
    assert "Traceback" not in err
    assert lines[0].startswith("seatrial: ") or lines[0].startswith("error"), lines[0]
    assert names in err
    assert all(len(line) < 500 for line in lines)
    assert not out
    assert memory < MOST_MEMORY


@pytest.mark.parametrize("name", CORPUS)
def test_manifests(tmp_path, name):
    (tmp_path / "bad.yaml").write_bytes(CORPUS[name])
    code, _, err, memory = run(tmp_path, "assess", "--manifests", "bad.yaml")

    assert code == 2, (code, err[-300:])
    assert "Traceback" not in err
    assert "bad.yaml" in err or "no manifest" in err
    assert memory < MOST_MEMORY


@pytest.mark.parametrize("name", CORPUS)
def test_profile(tmp_path, name):
    (tmp_path / "bad.yaml").write_bytes(CORPUS[name])
    code, out, err, memory = run(tmp_path, "assess", "--profile", "bad.yaml", "--manifests", "-")

    assert code == 2, (code, err[-300:])
    assert "Traceback" not in err
    assert "bad.yaml" in err
    assert not out
    assert memory < MOST_MEMORY


@pytest.mark.parametrize("name", CORPUS)
def test_kubeconfig(tmp_path, name):
    (tmp_path / "bad.yaml").write_bytes(CORPUS[name])
    code, out, err, memory = run(tmp_path, "assess", "--kubeconfig", "bad.yaml")

    assert code == 2, (code, err[-300:])
    assert "Traceback" not in err
    assert "bad.yaml" in err or "no context is chosen" in err
    assert not out
    assert memory < MOST_MEMORY


def trial_file(header, chunks=b""):
    plain = header if isinstance(header, bytes) else json.dumps(header).encode()
    return MAGIC + len(plain).to_bytes(8, "big") + plain + chunks


def with_chunk(data, *, length=None, count=1, digest="0" * 64):
    row = {"digest": digest, "count": count, "length": len(data) if length is None else length}
    evidence = {
        "need": "kube/list/core/pods",
        "schema": "core/v1/Pod@1",
        "collected_at": "2026-01-01T00:00:00Z",
        "chunks": [row],
    }
    trial = {"now": "2026-01-01T00:00:00Z", "cluster": {}, "profile": {}, "evidence": {}, "sources": ["kube"]}
    return trial_file({"trial": trial, "evidence": [evidence]}, data)


TRIALS = {
    "empty": b"",
    "another file": b"PK\3\4" + b"x" * 1000,
    "a header of 2**63 bytes": MAGIC + (2**63).to_bytes(8, "big"),
    "a header of 60 MB of brackets": trial_file(b"[" * 60_000_000),
    "a header that is no trial": trial_file({"trial": 7, "evidence": []}),
    "200,000 nested lists": trial_file(b'{"trial":' + b"[" * 200_000),
    "a chunk of a terabyte": with_chunk(b"x", length=2**40),
    "a chunk that is not there": with_chunk(b"", length=1000),
    "a zstd bomb": with_chunk(zstandard.ZstdCompressor().compress(b"\0" * 1_000_000_000)),
    "a chunk of something else": with_chunk(b"not zstd"),
    "a chunk that lies about its digest": with_chunk(zstandard.ZstdCompressor().compress(b"[{}]")),
    "a negative count": with_chunk(zstandard.ZstdCompressor().compress(b"[]"), count=-1),
}


@pytest.mark.parametrize("name", TRIALS)
def test_trial_file(tmp_path, name):
    (tmp_path / "bad.trial").write_bytes(TRIALS[name])
    refused(run(tmp_path, "assess", "--replay", "bad.trial"), names="bad.trial")


def test_folders_of_odd_files(tmp_path):
    """Links that lead out or in a circle, pipes, devices and names that are no text are passed over or refused."""
    folder = tmp_path / "manifests"
    folder.mkdir()
    os.mkfifo(folder / "pipe.yaml")
    (folder / "loop").symlink_to(folder)
    (folder / "out.yaml").symlink_to("/etc/passwd")
    (folder / "zero.yaml").symlink_to("/dev/zero")
    (folder / os.fsdecode(b"\xff\xfe.yaml")).write_text("kind: [")
    (folder / "new\nline.yaml").write_text("kind: [")
    code, _, err, memory = run(tmp_path, "assess", "--manifests", "manifests")

    assert code == 2, (code, err[-300:])
    assert "Traceback" not in err
    assert "root:" not in err
    assert memory < MOST_MEMORY


NAMES = (
    "\x1b]8;;http://x\x07click\x1b[31m",
    "a\u202eb",
    "a\u2066b",
    "::error::x",
    "##[group]",
    "a\nb",
    "<img src=x>",
    "=1+1",
    "a|b`c",
    "\x9b31m",
)


@pytest.mark.parametrize("form", ["table", "json", "yaml", "html"])
def test_names_inject_into_no_output(tmp_path, form):
    """Labels, annotations, owners, images and reasons may hold what a terminal, a page or a CI log would act on."""
    pods = [
        {"apiVersion": "v1", "kind": "Pod",
         "metadata": {"name": f"p{at}{name}", "namespace": "shop", "labels": {"a": name}, "annotations": {"b": name}},
         "spec": {"containers": [{"name": f"c{name}", "image": name}], "priorityClassName": name}}
        for at, name in enumerate(NAMES)
    ]  # fmt: skip
    (tmp_path / "pods.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}))
    (tmp_path / "seatrial.yaml").write_text(json.dumps({
        "apiVersion": "seatrial/v1alpha1", "kind": "Platform", "name": NAMES[0],
        "accepts": [{"reading": "psa-labels", "owner": NAMES[1], "reason": NAMES[4]}],
    }))  # fmt: skip
    code, out, err, _ = run(
        tmp_path, "assess", "--manifests", "pods.json", "-o", form, env={"COLUMNS": "200"}
    )

    assert "Traceback" not in err
    assert code in {1, 2, 3}
    for text in (out, err):
        assert not any(sign in text for sign in ("\x1b", "\x9b", "\x07", "\u202e", "\u2066"))
        assert "<img" not in text or form != "html"
        assert not any(line.startswith(("::", "##[")) for line in text.splitlines())
