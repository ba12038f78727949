"""Bad input gets one clear line and the next step, exit code 2, nothing on standard output, nothing written."""

import json
import subprocess
import sys

import pytest

from seatrial.cli.main import main

KUBECONFIG = {
    "current-context": "prod",
    "contexts": [{"name": "prod", "context": {"cluster": "c", "user": "u"}}],
    "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
    "users": [{"name": "u", "user": {"token": "secret-token"}}],
}


def config(folder, **user):
    path = folder / "kubeconfig"
    path.write_text(
        json.dumps({**KUBECONFIG, "users": [{"name": "u", "user": user or {"token": "secret-token"}}]})
    )
    return str(path)


def plugin(command, **more):
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": command,
            "interactiveMode": "Never",
            **more,
        }
    }


def profile(folder, text):
    path = folder / "seatrial.yaml"
    path.write_text("apiVersion: seatrial/v1alpha1\nkind: Platform\n" + text)
    return str(path)


CASES = {
    "an unknown command": (["asses"], "no command 'asses'; did you mean 'assess'?"),
    "an unknown option": (["assess", "--contxt", "x"], "--contxt"),
    "an unknown item": (["explain", "3.77"], "did you mean '3.7'"),
    "an unknown claim": (["explain", "memory-limits"], "did you mean 'memory-limit'"),
    "an unknown format": (["assess", "--demo", "-o", "jsn"], "did you mean 'json'"),
    "two reports on one output": (
        ["assess", "--demo", "-o", "json", "-o", "table"],
        "cannot share standard output",
    ),
    "a gate that selects nothing": (["assess", "--demo", "--gate", "33.*"], "selects no item"),
    "a gate misspelt": (["assess", "--demo", "--gate", "golive"], "did you mean 'go-live'"),
    "two things to judge": (["assess", "--demo", "--manifests", "x"], "ask for different things"),
    "a folder to save in that is not there": (
        ["assess", "--demo", "--save", "no/where.trial"],
        "cannot be written",
    ),
    "a trial that is not there": (["assess", "--replay", "no.trial"], "no.trial cannot be read"),
    "manifests that are not there": (["assess", "--manifests", "nowhere"], "no file or folder nowhere"),
    "a profile that is not there": (
        ["assess", "--manifests", ".", "--profile", "no.yaml"],
        "no.yaml cannot be read",
    ),
}


def complain(capsys, arguments):
    code = main(arguments)
    captured = capsys.readouterr()

    assert code == 2
    assert not captured.out
    assert captured.err.startswith("error: ")
    assert "  try: " in captured.err
    assert "Traceback" not in captured.err
    assert len(captured.err.splitlines()) <= 3
    return captured.err


@pytest.mark.parametrize(("arguments", "says"), CASES.values(), ids=CASES)
def test_a_mistake_is_named_with_the_next_step(capsys, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)

    assert says in complain(capsys, arguments)
    assert not list(tmp_path.iterdir())


PROFILES = {
    "a key misspelt": ("acepts: []", ":3: there is no key 'acepts' in the profile; did you mean 'accepts'?"),
    "a key deep inside": (
        "declares:\n  nodeServices:\n  - {name: a, namespace: b, daemonset: c, owner: o, reason: r}",
        "there is no key 'daemonset'",
    ),
    "an id that yaml reads as a number": (
        "waivers:\n- {item: 30.10, owner: o, reason: r, expires: '2027-01-01'}", ":4: item 30.1 is a number to YAML",
    ),
    "an item that is not there": (
        "waivers:\n- {item: '99.1', owner: o, reason: r, expires: '2027-01-01'}", "there is no item '99.1'",
    ),
    "a day that is none": ("waivers:\n- {item: '3.7', owner: o, reason: r, expires: '2027-13-01'}", "is no date"),
    "an item that cannot be waived": (
        "waivers:\n- {item: '29.7', owner: o, reason: r, expires: '2027-01-01'}", "cannot be waived",
    ),
    "a condition of another item": (
        "notApplicable:\n- {item: '17.4', condition: no-tasks, owner: o, reason: r}", "no condition 'no-tasks'",
    ),
    "a reading that is none": ("accepts:\n- {reading: psa-label, owner: o, reason: r}", "did you mean 'psa-labels'"),
    "a claim that is none": ("limits: {memory-limits: {share: 1}}", "did you mean 'memory-limit'"),
    "a limit that is none": ("limits: {quota-overcommit: {mots: 2}}", "has no limit 'mots'; did you mean 'most'"),
    "a share that is none": ("limits: {pod-priority: {share: 7}}", "share 7 is not within 0 and 1"),
    "an owner left out": ("accepts:\n- {reading: psa-labels, reason: r}", "owner"),
    "a section that is none": ("owners: {'77': me}", "no section '77'"),
    "a key twice": ("name: a\nname: b", ":4: the key 'name' stands twice"),
    "another kind": ("kind: Cluster", "stands twice"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "says"), PROFILES.values(), ids=PROFILES)
def test_a_mistake_in_the_profile_is_named_by_file_and_line(capsys, tmp_path, monkeypatch, text, says):
    monkeypatch.chdir(tmp_path)
    path = profile(tmp_path, text)
    (tmp_path / "pod.yaml").write_text("{apiVersion: v1, kind: Pod, metadata: {name: a}}")
    told = complain(capsys, ["assess", "--manifests", "pod.yaml", "--profile", path])

    assert says in told
    assert f"{path}:" in told


KUBECONFIGS = {
    "a context that is not there": ({}, ["--context", "prd"], "no context 'prd'; did you mean 'prod'"),
    "a server that does not answer": ({}, [], "cannot be asked"),
    "a plugin that is not installed": (plugin("no-such-plugin"), [], "no-such-plugin is not installed"),
    "a plugin that fails": (plugin("false"), [], "the exec plugin false ended with 1"),
    "a plugin that answers nonsense": (plugin("echo", args=["hello"]), [], "something else than JSON"),
    "a plugin of an old version": (
        plugin("true", apiVersion="client.authentication.k8s.io/v1alpha1"),
        [],
        "is not read",
    ),
    "a token file that is not there": ({"tokenFile": "token"}, [], "it does not exist"),
    "a group without a user": ({}, ["--as-group", "x"], "--as-group needs --as"),
}


@pytest.mark.parametrize(("user", "more", "says"), KUBECONFIGS.values(), ids=KUBECONFIGS)
def test_a_cluster_that_cannot_be_reached_is_named_without_a_secret(
    capsys, tmp_path, monkeypatch, user, more, says
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("seatrial.sources.kube.transport.WAITING", 0.0)
    monkeypatch.setattr("seatrial.sources.kube.transport.ATTEMPTS", 1)
    told = complain(capsys, ["assess", "--kubeconfig", config(tmp_path, **user), *more])

    assert says in told
    assert "secret-token" not in told


def test_a_broken_kubeconfig_is_named_by_file_and_line(capsys, tmp_path):
    path = tmp_path / "kubeconfig"
    path.write_text("contexts:\n- name: a\n  context: [\n")

    assert f"{path}:" in complain(capsys, ["assess", "--kubeconfig", str(path)])


def test_no_kubeconfig_at_all(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)

    assert "there is no kubeconfig" in complain(capsys, ["assess"])


def test_a_plugin_that_hangs_is_ended(tmp_path):
    from seatrial.model.errors import UserError
    from seatrial.sources.kube import exec_plugin

    with pytest.raises(UserError, match="did not answer"):
        exec_plugin.run(plugin("sleep", args=["30"])["exec"], {}, limit=0.2)


def test_help_names_the_program_that_was_called(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["/usr/bin/kubectl-seatrial"])
    main(["--help"])

    assert "kubectl seatrial [OPTIONS] COMMAND" in capsys.readouterr().out


def test_a_reader_that_goes_away_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m seatrial assess --demo -o json | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Traceback" not in done.stderr
