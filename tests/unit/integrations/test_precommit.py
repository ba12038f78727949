"""The hook: what pre-commit calls, over a repository of manifests."""

import shlex
import subprocess

import pytest
from pre_commit.clientlib import load_manifest


@pytest.fixture(scope="session")
def hook(checkout):
    (found,) = load_manifest(checkout / ".pre-commit-hooks.yaml")
    return found


@pytest.fixture
def call(hook, repository, environment):
    """Calls the hook as pre-commit does: entry, args, file names."""

    def called(args, *files):
        done = subprocess.run(
            [*shlex.split(hook["entry"]), *args, *files],
            capture_output=True,
            text=True,
            check=False,
            cwd=repository,
            env=environment,
        )
        return done.returncode, done.stdout, done.stderr

    return called


def test_a_changed_manifest_that_fails_refuses_the_commit_with_file_and_line(call):
    code, said, _ = call(["--manifests", "deploy"], "deploy/web.yaml")

    assert code == 1
    assert (
        "deploy/web.yaml:5: memory-limit (3.7 7.3): Deployment shop/web (web): no memory limit; expected"
        in said
    )
    assert said.splitlines()[-1].endswith("cannot be told from manifests")


def test_what_was_not_changed_refuses_nothing_and_what_is_unknown_is_told(call):
    code, said, _ = call(["--manifests", "deploy", "--manifests", "tools"], "tools/settings.yaml")

    assert code == 0
    assert said.startswith("0 findings in changed manifests; ")


def test_other_files_are_not_looked_at(call, repository):
    (repository / "values.yaml").write_text("no: manifest\n")

    assert call(["--manifests", "deploy"], "values.yaml") == (0, "", "")


def test_what_stands_in_files_that_were_not_changed_is_known(call, repository):
    """A LimitRange beside it answers for the namespace of the changed file."""
    args = ["--manifests", "deploy"]
    assert "no LimitRange" in call(args, "deploy/web.yaml")[1]

    limits = "[{type: Container, default: {cpu: 1, memory: 1Gi}, defaultRequest: {cpu: 1, memory: 1Gi}}]"
    (repository / "deploy" / "limits.yaml").write_text(
        f"apiVersion: v1\nkind: LimitRange\nmetadata: {{name: limits, namespace: shop}}\nspec: {{limits: {limits}}}\n"
    )

    assert "no LimitRange" not in call(args, "deploy/web.yaml")[1]


def test_a_waived_item_refuses_no_commit(call, repository):
    (repository / "seatrial.yaml").write_text(
        "apiVersion: seatrial/v1alpha1\nkind: Platform\nname: shop\nwaivers:\n"
        + "".join(
            f'- {{item: "{item}", owner: web, reason: later, expires: "2999-01-01"}}\n'
            for item in ("3.7", "7.3")
        )
    )

    assert "memory-limit" not in call(["--manifests", "deploy"], "deploy/web.yaml")[1]


def test_a_changed_object_that_is_none_cannot_be_told(call, repository):
    (repository / "tools" / "broken.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: tools}\nspec: {containers: 7}\n"
    )
    code, said, _ = call(["--manifests", "tools"], "tools/broken.yaml")

    assert code == 3
    assert said.startswith("tools/broken.yaml:1: ")


@pytest.mark.parametrize(
    ("args", "says"),
    [([], "the folder that holds all manifests is not named"), (["--manifests", "gone"], "gone")],
)
def test_wrong_settings_are_one_clear_line(call, args, says):
    code, _, error = call(args, "gone/web.yaml")

    assert code == 2
    assert error.startswith("error: ")
    assert says in error
