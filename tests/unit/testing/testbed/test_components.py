"""Where the pinned components come from, by programs that only say a version."""

import re

import pytest

from seatrial.testing.testbed import __main__ as command
from seatrial.testing.testbed import components
from seatrial.testing.testbed.components import COMPONENTS, Missing, binary, pins

MODULES = sorted({component.module for component in COMPONENTS.values()})
VERSION = COMPONENTS["etcd"].version


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """A cache, a folder of ready binaries and a PATH, all empty."""
    for name, variable in {
        "cache": "SEATRIAL_TESTBED",
        "assets": "KUBEBUILDER_ASSETS",
        "path": "PATH",
    }.items():
        (tmp_path / name).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / name))
    return tmp_path


def program(path, says):
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def test_a_ready_binary_of_the_right_version_is_used_and_named(places, capfd):
    ready = program(places / "assets" / "etcd", f"etcd Version: {VERSION}")

    assert binary("etcd") == ready
    assert binary("etcd") == ready
    assert capfd.readouterr().err == f"testbed: etcd {VERSION} is {ready}\n"


def test_what_was_built_before_is_taken_before_the_path(places):
    program(places / "path" / "etcd", f"etcd Version: {VERSION}")
    built = program(places / "cache" / "bin" / f"etcd-{VERSION}", "nobody asks")

    assert binary("etcd") == built


def test_a_binary_on_the_path_saves_a_build(places):
    ready = program(places / "path" / "kubectl", f"Client Version: v{COMPONENTS['kubectl'].version}")

    assert binary("kubectl") == ready


@pytest.mark.parametrize("says", ["etcd Version: {}0", "1{}", "v{}-rc.1", "v{}+k3s1", "{}.1", "3.5.0", ""])
def test_another_version_is_not_used_and_named(says, places, capfd):
    other = program(places / "assets" / "etcd", says.format(VERSION))

    with pytest.raises(Missing):
        binary("etcd")
    assert f"{other} is not {VERSION}: not used" in capfd.readouterr().err


@pytest.mark.parametrize(
    "says", ["Kubernetes v{}", "CoreDNS-{}", "Running kube-router version v{}, built on"]
)
def test_versions_are_found_as_the_programs_say_them(says, places):
    ready = program(places / "assets" / "etcd", says.format(VERSION))

    assert binary("etcd") == ready


def test_without_binary_and_without_go_the_name_and_the_reason_are_said():
    with pytest.raises(Missing) as raised:
        binary("etcd")

    assert raised.value.name == "etcd"
    assert raised.value.reason == f"version {VERSION} is not here, and there is no Go to build it with"


def test_a_build_that_fails_says_what_the_compiler_said_and_leaves_nothing(places):
    program(places / "path" / "go", "nothing").write_text("#!/bin/sh\necho 'no such module' >&2\nexit 1\n")

    with pytest.raises(Missing, match="etcd: it does not build: no such module"):
        binary("etcd")
    assert list((places / "cache" / "bin").iterdir()) == []


def test_a_build_takes_the_pins_and_ends_with_the_program_in_place(places, capfd):
    go = places / "path" / "go"
    program(go, "").write_text(
        '#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\n'
        'while read -r line; do echo "$line"; done < go.mod > "$2"\necho "# $GOFLAGS $CGO_ENABLED" >> "$2"\n'
    )
    built = binary("etcd")

    assert built == places / "cache" / "bin" / f"etcd-{VERSION}"
    assert "go.etcd.io/etcd/server/v3 v3.6.16" in built.read_text()
    assert "# -mod=readonly -buildvcs=false 0" in built.read_text()
    assert [path.name for path in built.parent.iterdir()] == [built.name]
    assert re.fullmatch(
        rf"testbed: building etcd {VERSION}\ntestbed: built etcd {VERSION} in \d+ s\n", capfd.readouterr().err
    )


def test_who_waited_for_a_build_takes_what_was_built(places, monkeypatch):
    """The target is looked for again once the lock is held."""
    program(places / "path" / "go", "").write_text("#!/bin/sh\nexit 1\n")
    alone = components._alone

    def after_another():
        program(places / "cache" / "bin" / f"etcd-{VERSION}", "built by another run")
        return alone()

    monkeypatch.setattr(components, "_alone", after_another)

    assert binary("etcd").read_text().endswith("'built by another run'\n")


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_version_is_the_one_that_is_pinned(name):
    component = COMPONENTS[name]
    pinned = dict(
        re.findall(
            r"^(?:require )?\t?(\S+) v(\S+)(?: // indirect)?$", pins(component.module)["go.mod"], re.MULTILINE
        )
    )
    module = next(path for path in pinned if f"{component.package}/".startswith(f"{path}/"))

    assert pinned[module] == component.version
    assert f"{module} v{component.version} h1:" in pins(component.module)["go.sum"]


@pytest.mark.parametrize("module", MODULES)
def test_pins_name_published_versions_only(module):
    """No local folder, no host of packages: go takes each from wherever its user takes modules."""
    text = pins(module)["go.mod"]

    assert text.startswith(f"module testbed/{module}\n")
    assert all(re.search(r" v[\w.+-]+$", line) for line in text.splitlines() if "=>" in line)
    assert not re.search(r"://|=> *[./]", text)


def test_the_command_prints_where_a_binary_is(places, capsys):
    ready = program(places / "assets" / "etcd", VERSION)

    assert command.main(["build", "etcd"]) == 0
    assert capsys.readouterr().out == f"{ready}\n"


def test_a_name_that_is_no_component_is_one_clear_line(capsys):
    assert command.main(["build", "etcdd"]) == 1
    assert capsys.readouterr().err == f"error: etcdd: no such component; there are {', '.join(COMPONENTS)}\n"
