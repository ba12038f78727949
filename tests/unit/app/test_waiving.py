"""``seatrial waive`` writes waivers that are read with the profile; what is wrong with one is told by file and line."""

import pytest

from seatrial.app import trials
from seatrial.app.waiving import waive
from seatrial.model.errors import UserError

SAID = {
    "subjects": (),
    "owner": "shop team",
    "reason": 'bursts: "noon"',
    "expires": "2999-01-31",
    "profile_path": None,
    "force": False,
}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_is_written_is_read_with_the_profile(here):
    waive("3.7/cpu-limit", **SAID | {"subjects": ("Deployment/shop/web-*", "Namespace/shop")})
    waive("16.1", **SAID)
    found = trials.choose_profile(None).waivers

    assert [(row.item, row.claim, row.owner, row.reason) for row in found] == [
        ("16.1", "", "shop team", 'bursts: "noon"'),
        ("3.7", "cpu-limit", "shop team", 'bursts: "noon"'),
    ]
    assert [(row.kind, row.namespace, row.name) for row in found[1].subjects] == [
        ("Deployment", "shop", "web-*"),
        ("Namespace", "", "shop"),
    ]


def test_they_join_those_of_the_profile_beside_which_they_lie(here):
    folder = here / "team"
    folder.mkdir()
    profile = folder / "seatrial.yaml"
    profile.write_text(
        "apiVersion: seatrial/v1alpha1\nkind: Platform\n"
        "waivers: [{item: '3.6', owner: o, reason: r, expires: '2999-01-01'}]\n"
    )
    path = waive("3.7", **SAID | {"profile_path": str(profile)})

    assert path.parent == folder / "waivers"
    assert [row.item for row in trials.choose_profile(str(profile)).waivers] == ["3.6", "3.7"]
    waive("3.6", **SAID | {"profile_path": str(profile)})
    with pytest.raises(UserError, match="is waived twice"):
        trials.choose_profile(str(profile))


@pytest.mark.parametrize(
    ("name", "changed", "says"),
    [
        ("3.77", {}, "there is no item '3.77'; did you mean '3.7'"),
        ("3.7/memory-limits", {}, "no claim 'memory-limits'; did you mean 'memory-limit'"),
        ("29.7", {}, "item 29.7 cannot be waived"),
        ("3.7", {"expires": "soon"}, "'soon' is no date"),
        ("3.7", {"expires": "2026-01-01"}, "is over already"),
        ("3.7", {"owner": " "}, "--owner says nothing"),
        ("3.7", {"subjects": ("web",)}, "'web' names no object"),
    ],
)
def test_a_waiver_that_is_none_is_not_written(here, name, changed, says):
    with pytest.raises(UserError) as error:
        waive(name, **SAID | changed)

    assert says in error.value.message
    assert error.value.hint
    assert not list(here.iterdir())


def test_one_that_is_there_is_kept(here):
    path = waive("3.7", **SAID)
    before = path.read_bytes()
    with pytest.raises(UserError, match="is there already"):
        waive("3.7", **SAID | {"owner": "another"})
    assert path.read_bytes() == before
    waive("3.7", **SAID | {"owner": "another", "force": True})
    assert trials.choose_profile(None).waivers[0].owner == "another"


def test_what_does_not_apply_may_stand_there_too(here):
    (here / "waivers").mkdir()
    (here / "waivers" / "state.yaml").write_text(
        "apiVersion: seatrial/v1alpha1\nkind: Waivers\n"
        "notApplicable: [{item: '17.2', condition: external-state, owner: o, reason: r}]\n"
    )

    assert [row.item for row in trials.choose_profile(None).not_applicable] == ["17.2"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("waivers: [{item: '3.7', owner: o, reason: r}]", "w.yaml:3"),
        ("notApplicable: [{item: '17.2', condition: none, owner: o, reason: r}]", "has no condition 'none'"),
        ("waivers: [{item: 3.7, owner: o, reason: r, expires: '2999-01-01'}]", "is a number to YAML"),
        ("waivers: [{item: '3.7', owner: o, reason: r, expires: 2999-01-01, until: x}]", "there is no key 'until'"),
        ("waivers: [{item: '29.7', owner: o, reason: r, expires: '2999-01-01'}]", "cannot be waived"),
        ("waiver: []", "w.yaml:3"),
        ("[1]", "a file of waivers is a mapping"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_told_with_its_line(here, text, says):
    (here / "waivers").mkdir()
    head = "" if text.startswith("[") else "apiVersion: seatrial/v1alpha1\nkind: Waivers\n"
    (here / "waivers" / "w.yaml").write_text(head + text + "\n")
    with pytest.raises(UserError) as error:
        trials.choose_profile(None)

    assert "w.yaml:" in error.value.message
    assert says in error.value.message
    assert error.value.hint
