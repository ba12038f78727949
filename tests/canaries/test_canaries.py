"""Secrets planted wherever they happen to lie are in no byte that leaves the program.

Each place has a canary of its own, so that a hit names its place.
"""

import json
import re
import subprocess
import sys

import msgspec
import pytest
import yaml
import zstandard

from seatrial import trialfile
from seatrial.kit import World as Objects
from seatrial.testing.faults import FaultyServer, Reply
from seatrial.testing.faults.upstreams import World
from seatrial.testing.worlds import Held, hold

CANARY = re.compile(rb"(?i)canary-[a-z0-9-]+-7f3a9c")


def canary(place):
    return f"canary-{place}-7f3a9c"


POD = f"""
spec:
  serviceAccountName: web
  imagePullSecrets: [{{name: registry}}]
  containers:
  - name: web
    image: web:1
    command: [sh, -c, "login {canary("command")}"]
    args: ["--password={canary("args")}"]
    env:
    - {{name: DB_PASSWORD, value: {canary("env")}}}
    - {{name: PLAIN, value: "postgres://user:{canary("env-url")}@db/x"}}
    livenessProbe:
      httpGet: {{port: 80, path: /, httpHeaders: [{{name: Authorization, value: {canary("probe-header")}}}]}}
    lifecycle: {{preStop: {{exec: {{command: [curl, {canary("lifecycle")}]}}}}}}
  initContainers: [{{name: init, image: "i:1", env: [{{name: T, value: {canary("init-env")}}}]}}]
  volumes:
  - name: csi
    csi: {{driver: x.example, volumeAttributes: {{password: {canary("csi")}}}}}
status: {{phase: Running}}
"""

OBJECTS = f"""
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  labels: {{app: web}}
  annotations:
    example.com/token: {canary("annotation")}
    kubectl.kubernetes.io/last-applied-configuration: '{{"spec":"{canary("last-applied")}"}}'
    seccomp.security.alpha.kubernetes.io/pod: runtime/default
{POD}
---
apiVersion: v1
kind: Pod
metadata: {{name: odd, namespace: shop, annotations: {{note: {canary("odd-annotation")}}}}}
spec: {{containers: [{{name: c, image: i, ports: {canary("odd-value")}, env: [{{name: A, value: {canary("odd-env")}}}]}}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop, annotations: {{deploy-key: {canary("deployment-annotation")}}}}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}, annotations: {{vault-token: {canary("template-annotation")}}}}}
    spec: {{containers: [{{name: web, image: "web:1", env: [{{name: K, value: {canary("template-env")}}}], args: [{canary("template-args")}]}}]}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {{name: night, namespace: shop}}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    metadata: {{annotations: {{key: {canary("job-template-annotation")}}}}}
    spec: {{template: {{metadata: {{annotations: {{key: {canary("cron-pod-annotation")}}}}}, spec: {{containers: [{{name: c, image: i, args: [{canary("cron-args")}]}}]}}}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: shop, annotations: {{service.example/password: {canary("service-annotation")}}}}}
spec: {{selector: {{app: web}}, ports: [{{port: 80}}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: p, namespace: shop, annotations: {{why: {canary("policy-annotation")}}}}}
spec: {{podSelector: {{}}, policyTypes: [Ingress]}}
---
apiVersion: v1
kind: Node
metadata: {{name: node-1, annotations: {{kubeadm.alpha.kubernetes.io/token: {canary("node-annotation")}}}}}
status: {{nodeInfo: {{operatingSystem: linux}}}}
---
apiVersion: v1
kind: Namespace
metadata: {{name: shop, annotations: {{contact: {canary("namespace-annotation")}}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings, namespace: shop}}
data: {{password: {canary("config-map")}}}
---
apiVersion: v1
kind: Secret
metadata: {{name: registry, namespace: shop}}
stringData: {{password: {canary("secret")}}}
"""

PLANTED = set(re.findall(r"canary-[a-z-]+-7f3a9c", OBJECTS))


def run(*arguments, cwd, env=None):
    command = [sys.executable, "-m", "seatrial", *arguments]
    done = subprocess.run(command, capture_output=True, cwd=cwd, env=env, check=False)
    assert b"Traceback" not in done.stderr, done.stderr
    return done


def everything(folder, *done):
    """Every byte that came out: files, a trial's header and its chunks unpacked, both streams."""
    parts = [part for each in done for part in (each.stdout, each.stderr)]
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name in {"kubeconfig", "plugin", "objects.yaml"}:
            continue
        parts.append(path.read_bytes())
        if path.suffix == ".trial":
            trial = trialfile.read(path)
            parts.append(msgspec.json.encode(trial.cluster))
            for answer in trial.evidence.values():
                parts += [zstandard.ZstdDecompressor().decompress(chunk.data) for chunk in answer.chunks]
                parts.append(msgspec.json.encode(answer.gaps))
    return b"\n".join(parts)


def hits(text):
    return sorted({found.decode() for found in CANARY.findall(text)})


def kubeconfig(folder, server, user):
    config = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": user}],
    }
    path = folder / "kubeconfig"
    path.write_text(json.dumps(config))
    return str(path)


OUTPUTS = (
    "-o",
    "table",
    "-o",
    "json=out.json",
    "-o",
    "yaml=out.yaml",
    "-o",
    "html=out.html",
    "--save",
    "out.trial",
    "--timings",
)


@pytest.fixture(scope="module")
def held():
    return hold(Objects(objects=OBJECTS))


def assessed(folder, server, user, *arguments):
    access = kubeconfig(folder, server, user)
    return run("assess", "--kubeconfig", access, "--request-timeout", "5", *OUTPUTS, *arguments, cwd=folder)


def test_the_search_finds_what_is_there():
    assert hits(b"x " + canary("env").encode() + b" y") == [canary("env")]
    assert len(PLANTED) > 20


def test_nothing_of_a_clusters_secrets_leaves(held, tmp_path):
    with FaultyServer(World(held)) as server:
        url = server.url.replace("://", f"://user:{canary('url-password')}@")
        done = assessed(tmp_path, url, {"token": canary("token")})
    text = everything(tmp_path, done)

    assert done.returncode in {1, 3}, done.stderr
    assert b"Deployment" in text
    assert not hits(text)


ERRORS = {
    "status": lambda it: it.send_json({"kind": "Status", "reason": "Forbidden", "message": f"no {canary('status')}"}, 403),
    "status 500": lambda it: it.send_json({"kind": "Status", "reason": canary("reason"), "message": canary("status-500")}, 500),
    "html": lambda it: it.send(
        Reply(502, f"<p>{canary('html')}</p>".encode(), (("Content-Type", "text/html"), ("Retry-After", "0")))
    ),
    "login": lambda it: it.send(Reply(200, f"<form>{canary('login')}</form>".encode())),
    "redirect": lambda it: it.send(Reply(302, b"", (("Location", f"http://x/?code={canary('location')}"),))),
    "cut": lambda it: it.send(Reply(200, f'{{"items":[{{"a":"{canary("cut")}"'.encode())),
    "kind": lambda it: it.send_json({"kind": canary("kind"), "apiVersion": canary("api-version"), "items": []}),
    "items": lambda it: it.send_json({"kind": "PodList", "apiVersion": "v1", "items": canary("items")}),
    "header": lambda it: it.send(Reply(503, b"", (("Retry-After", "0"), ("Warning", canary("header"))))),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_nothing_of_what_a_server_says_in_its_errors_leaves(held, tmp_path, name):
    with FaultyServer(
        World(held), lambda it: ERRORS[name] if it.need or it.path == "/apis" else None
    ) as server:
        done = assessed(tmp_path, server.url, {"token": canary("token")})

    assert not hits(everything(tmp_path, done))


@pytest.mark.parametrize("name", ERRORS)
def test_nothing_of_an_error_at_the_first_request_leaves(held, tmp_path, name):
    with FaultyServer(World(held), lambda _: ERRORS[name]) as server:
        done = assessed(tmp_path, server.url, {"token": canary("token")})

    assert done.stdout or done.stderr
    assert not hits(everything(tmp_path, done))


PLUGINS = {
    "fails": f"#!/bin/sh\necho {canary('plugin-stdout')}; echo {canary('plugin-stderr')} >&2; exit 1\n",
    "babbles": f"#!/bin/sh\necho {canary('plugin-text')}\n",
    "is of another version": f"""#!/bin/sh
echo '{{"kind":"ExecCredential","apiVersion":"{canary("plugin-version")}","status":{{"token":"{canary("plugin-token")}"}}}}'
""",
    "answers": f"""#!/bin/sh
echo '{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{{"token":"{canary("plugin-token")}"}}}}'
""",
}


@pytest.mark.parametrize("name", PLUGINS)
def test_nothing_of_an_exec_plugin_leaves(held, tmp_path, name):
    plugin = tmp_path / "plugin"
    plugin.write_text(PLUGINS[name])
    plugin.chmod(0o755)
    user = {"exec": {
        "apiVersion": "client.authentication.k8s.io/v1", "command": str(plugin), "args": [canary("plugin-args")],
        "env": [{"name": "KEY", "value": canary("plugin-env")}], "interactiveMode": "Never",
    }}  # fmt: skip
    with FaultyServer(World(held)) as server:
        done = assessed(tmp_path, server.url, user)

    assert done.returncode in ({1, 3} if name == "answers" else {2})
    assert not hits(everything(tmp_path, done))


def test_nothing_of_manifests_secrets_leaves(tmp_path):
    rows = [row for row in yaml.safe_load_all(OBJECTS) if row["metadata"]["name"] != "odd"]
    (tmp_path / "objects.yaml").write_text(yaml.safe_dump_all(rows))
    done = run("assess", "--manifests", "objects.yaml", *OUTPUTS, cwd=tmp_path)

    assert done.returncode in {1, 3}, done.stderr
    assert not hits(everything(tmp_path, done))


BROKEN = {
    "syntax": f"kind: Pod\npassword: [{canary('syntax')}\n",
    "duplicate": f"kind: Pod\ntoken: {canary('first')}\ntoken: {canary('second')}\n",
    "tag": f"kind: Pod\nvalue: !!python/object {canary('tag')}\n",
    "no name": f"apiVersion: v1\nkind: Pod\nmetadata: {{annotations: {{a: {canary('no-name')}}}}}\n",
    "odd kind": f"apiVersion: v1\nkind: [{canary('kind')}]\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_nothing_of_broken_manifests_leaves(tmp_path, name):
    (tmp_path / "objects.yaml").write_text(BROKEN[name])
    done = run("assess", "--manifests", "objects.yaml", *OUTPUTS, cwd=tmp_path)

    assert not hits(everything(tmp_path, done))


def test_a_check_that_crashes_repeats_nothing(held):
    from datetime import datetime

    from seatrial.app.catalogue import installed_catalogue, installed_checks
    from seatrial.engine.judge import judge
    from seatrial.inventory.views import Views
    from seatrial.testing.proving import needs_of_claim
    from seatrial.testing.worlds import trial_of

    check = next(check for check in installed_checks() if check.id == "memory_limit")

    def crash(subject, *_):
        raise ValueError(f"{canary('crash')} in {subject.pod}")

    trial = trial_of(Held(objects=[row for row in held.objects if row["metadata"]["name"] != "odd"],
                          profile=held.profile, now=held.now, refused=[], served=[]), needs_of_claim(check))  # fmt: skip
    views = Views(trial, datetime.fromisoformat(trial.now))
    whole, check.judge = check.judge, crash
    try:
        answer = judge(check, installed_catalogue().claims[check.answers], views, lambda: 0.0)
    finally:
        check.judge = whole
    said = msgspec.json.encode([row.judgement for row in answer.judged])

    assert b"ValueError" in said
    assert b"test_canaries" in said
    assert not hits(said)
