"""Runs that are kept, compared, and let go."""

import json
import stat

import pytest
from msgspec import structs

from seatrial.app import comparing, runs, trials
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.cli.main import main
from seatrial.engine.assess import assess
from seatrial.model.errors import UserError
from seatrial.reports._page import Page


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("SEATRIAL_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


@pytest.fixture(scope="module")
def demo():
    return assess(trials.demo(), installed_catalogue(), installed_checks(), "go-live", lambda: 0.0)


def at(run, now, **cluster):
    trial = structs.replace(run.trial, now=now, cluster=structs.replace(run.trial.cluster, **cluster))
    return structs.replace(run, trial=trial)


def test_a_kept_run_is_listed_named_and_for_its_owner_alone(demo, capsys):
    path = runs.keep(at(demo, "2026-11-24T09:00:00Z"))

    assert main(["list", "runs", "-o", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["run"], row["name"], row["file"]) == ("20261124T090000Z", "shop-production", str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert runs.trial_path("last") == runs.trial_path("20261124T090000Z") == path


def test_the_oldest_go_when_there_are_too_many(demo, data):
    for day in range(1, 5):
        runs.keep(at(demo, f"2026-11-0{day}T09:00:00Z"), most=2)

    assert [run.name for run in runs.runs()] == ["20261104T090000Z", "20261103T090000Z"]
    assert len(list(data.rglob("*.trial"))) == 2


def test_since_compares_with_the_newest_older_run_of_the_same_cluster(demo):
    runs.keep(at(demo, "2026-11-01T09:00:00Z"))
    runs.keep(at(demo, "2026-11-02T09:00:00Z"))
    runs.keep(at(demo, "2026-11-03T09:00:00Z", uid="another"))
    now = at(demo, "2026-11-04T09:00:00Z")

    assert runs.since(now).since == "2026-11-02T09:00:00Z"
    assert runs.since(now).rows == ()
    assert runs.since(at(demo, "2026-11-01T00:00:00Z")) is None
    assert runs.since(at(demo, "2026-11-04T09:00:00Z", uid="third")) is None


def test_the_last_run_is_that_of_the_same_cluster(demo):
    own = runs.keep(at(demo, "2026-11-02T09:00:00Z"))
    runs.keep(at(demo, "2026-11-03T09:00:00Z", uid="another"))

    assert runs.last_of(at(demo, "2026-11-04T09:00:00Z")) == own
    with pytest.raises(UserError, match="no run of this cluster is kept"):
        runs.last_of(at(demo, "2026-11-04T09:00:00Z", uid="third"))


def test_a_run_of_which_no_cluster_is_known_is_not_kept(demo, data):
    with pytest.raises(UserError, match="only runs of a cluster whose uid is known are kept"):
        runs.keep(at(demo, "2026-11-01T09:00:00Z", uid=""))
    assert not data.exists()


def test_what_lies_there_and_is_no_run_is_passed_over(demo):
    path = runs.keep(at(demo, "2026-11-01T09:00:00Z"))
    (path.parent / "20261102T090000Z.json").write_text('{"now": 5}')
    (path.parent / "notes.json").write_text("{}")

    assert [run.trial for run in runs.runs()] == [path]
    assert runs.since(at(demo, "2026-11-04T09:00:00Z")).since == "2026-11-01T09:00:00Z"


def test_a_user_without_a_home_or_with_one_that_cannot_be_read_has_no_earlier_runs(
    demo, monkeypatch, tmp_path
):
    monkeypatch.delenv("SEATRIAL_DATA")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr("pathlib.Path.home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))

    assert (runs.runs(), runs.any_kept(), runs.since(demo)) == ((), False, None)
    with pytest.raises(UserError, match="there is no home to keep runs in"):
        runs.keep(demo)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SEATRIAL_DATA", str(tmp_path / "file"))
    assert (runs.runs(), runs.since(demo)) == ((), None)
    with pytest.raises(UserError, match="cannot be written"):
        runs.keep(demo)


def test_diff_tells_what_got_worse_and_ends_with_1(tmp_path, capsys):
    old, new = (str(tmp_path / name) for name in ("old.trial", "new.trial"))
    assert main(["assess", "--demo", "--gate", "none", "-o", f"json={tmp_path}/out.json", "--save", old]) == 0
    from seatrial import trialfile

    trial = trials.demo()
    waivers = structs.replace(trial.profile, accepts=())
    fewer = dict(trial.evidence)
    answer = fewer["kube/list/core/namespaces"]
    fewer["kube/list/core/namespaces"] = structs.replace(answer, chunks=())
    trialfile.write(
        structs.replace(trial, now="2026-11-25T10:00:00Z", profile=waivers, evidence=fewer),
        tmp_path / "new.trial",
    )

    assert main(["diff", old, old]) == 0
    assert "nothing changed" in capsys.readouterr().out
    assert main(["diff", old, new]) == 1
    assert "2026-11-25 09:07 UTC to 2026-11-25 10:00 UTC" in capsys.readouterr().out
    assert main(["diff", old, new, "-o", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {row["how"] for row in told["changes"]} & {"worse", "unknown now", "new"}


def test_runs_of_two_clusters_or_kinds_are_not_compared(demo):
    other = at(demo, "2026-11-25T10:00:00Z", uid="another")
    declared = structs.replace(demo, trial=structs.replace(demo.trial, declared=True))

    with pytest.raises(
        UserError, match="these are runs of two clusters, or cannot be told to be of one: shop-production"
    ):
        comparing.refuse_another(demo, other)
    nameless = at(demo, "2026-11-25T10:00:00Z", uid="", ca="")
    with pytest.raises(UserError, match="cannot be told to be of one"):
        comparing.refuse_another(nameless, nameless)
    comparing.refuse_another(demo, at(demo, "2026-11-25T10:00:00Z", uid=""))
    with pytest.raises(UserError, match="the first run is of a live cluster, the second of manifests"):
        comparing.refuse_another(demo, declared)
    comparing.refuse_another(declared, declared)


def test_the_table_of_changes_fits_the_page(tmp_path):
    manifest = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n"
        'spec: {containers: [{name: web, image: "shop/web:2.1"%s}]}\n'
    )
    for name, more in (("old", ", resources: {limits: {memory: 1Mi}}"), ("new", "")):
        (tmp_path / "web.yaml").write_text(manifest % more)
        assert (
            main(
                [
                    "assess",
                    "--manifests",
                    "web.yaml",
                    "--gate",
                    "none",
                    "-o",
                    "json=out.json",
                    "--save",
                    f"{name}.trial",
                ]
            )
            == 0
        )
    text, worse = comparing.diff("old.trial", "new.trial", "table", Page(width=80))

    assert worse
    assert "NEW" in text
    assert "memory-limit: Pod shop/web (web): fail" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_ratchet_says_what_got_worse(tmp_path, capsys):
    manifest = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: shop}\n"
        'spec: {containers: [{name: web, image: "shop/web:2.1"}]}\n'
    )
    (tmp_path / "web.yaml").write_text(manifest % "web")
    save = ["assess", "--manifests", ".", "--gate", "none", "-o", "json=/dev/null", "--save", "base.trial"]
    ask = ["assess", "--manifests", ".", "--gate", "ratchet", "--baseline", "base.trial"]
    assert main(save) == 0
    assert main(ask) == 0
    assert "gate ratchet: holds" in capsys.readouterr().out
    (tmp_path / "api.yaml").write_text(manifest % "api")

    assert main(ask) == 1
    out = capsys.readouterr().out
    assert "gate ratchet: does not hold" in out
    assert "Pod shop/api (web) fails" in out
    assert "SINCE" in out
    assert main([*ask, "-o", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert any("Pod shop/api (web) fails" in reason for reason in told["gate"]["reasons"])
    assert told["since"] <= told["now"]
