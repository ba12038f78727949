"""A team's old ticked list: every line of ours is known however it is decorated, and none that is not."""

import random
import re
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.app import ticks, trials
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.reporting import render
from seatrial.cli.main import main
from seatrial.engine.assess import assess
from seatrial.engine.ticks import old_list
from seatrial.model.errors import UserError
from seatrial.reports._page import Page

ORIGINAL = resources.files("seatrial.catalogue").joinpath("data/checklist.md").read_text("utf-8")
IDS = [item.id for item in installed_catalogue().items if item.section != "Z"]
LINES = [line for line in ORIGINAL.splitlines() if line.startswith("- [ ]")]


def test_the_original_is_known_whole_and_nothing_of_it_is_ticked():
    found = ticks.read_list(ORIGINAL)

    assert (found.done, list(found.open), found.guessed, found.unmatched) == ((), IDS, (), ())


@pytest.mark.parametrize("box", ["- [x]", "* [X]", "+ [✓]", "  - [x]", "1. [x]", "- ✅", "✔️", "12) [✅]"])
def test_any_box_ticks(box):
    found = ticks.read_list(ORIGINAL.replace("- [ ]", box))

    assert list(found.done) == IDS


@pytest.mark.parametrize("box", ["- [ ]", "- []", "☐", "- ⬜", "- ❌"])
def test_a_box_that_is_empty_does_not(box):
    found = ticks.read_list(ORIGINAL.replace("- [ ]", box))

    assert (found.done, list(found.open)) == ((), IDS)


def test_shuffled_and_decorated_lines_are_known():
    """But for the three texts that stand twice, whose order alone tells them apart once their sections are gone."""
    lines = LINES.copy()
    random.Random(7).shuffle(lines)  # noqa: S311  # the same order every time
    decorate = [
        lambda text: f"**{text}**", lambda text: f"[{text}](https://wiki.example/x)", lambda text: text.upper(),
        lambda text: f"`{text}`.", lambda text: f"{text} ", lambda text: f"~~{text}~~",
    ]  # fmt: skip
    text = "\n".join(f"- [x] {decorate[at % 6](line[6:])}" for at, line in enumerate(lines))
    found = ticks.read_list(text)

    assert (list(found.done), found.unmatched) == (IDS, ())


def test_a_line_with_its_number_is_the_item_of_that_number():
    items = installed_catalogue().items
    twice = [item for item in items if item.text == "Resource quotas per namespace"]
    found = ticks.read_list(f"- [x] {twice[1].id} {twice[1].text}\n- [ ] {twice[0].id}: {twice[0].text}\n")

    assert (found.done, found.open) == ((twice[1].id,), (twice[0].id,))


def test_the_section_tells_two_lines_of_one_text_apart():
    text = ORIGINAL.replace("- [ ]", "- [ ]", 1)
    section = text.index("Multi-Tenancy (")
    at = text.index("- [ ] Resource quotas per namespace", section)
    found = ticks.read_list(text[:at] + text[at:].replace("- [ ]", "- [x]", 1))

    assert found.done == ("20.2",)


def test_a_reworded_line_is_said_to_be_guessed():
    found = ticks.read_list(
        "- [x] Resource limits are set for all pods\n- [x] All containers run as nonroot\n"
    )

    assert found.done == ("3.5", "3.7")
    assert [(row.line, id) for row, id in found.guessed] == [(1, "3.7"), (2, "3.5")]


def test_two_lines_never_mean_one_item():
    found = ticks.read_list(
        "- [x] Resource limits set for all pods\n- [ ] Resource limits set for all pods\n"
    )

    assert found.done == ("3.7",)
    assert [row.line for row in found.unmatched] == [2]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=60), max_size=20))
@settings(max_examples=30)
def test_lines_that_are_not_ours_are_left(lines):
    text = "- [x] Default deny-all NetworkPolicies applied\n" + "\n".join(f"- [x] {line}" for line in lines)
    found = ticks.read_list(text)

    assert found.done == ("5.2",)


def test_nothing_of_ours_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for text in ("# Shopping\n- [x] milk\n", "", "no boxes\n"):
        (tmp_path / "list.md").write_text(text)
        assert main(["init", "--ticks", "list.md"]) == 2
        assert "has none of the checklist's lines" in capsys.readouterr().err
    assert not (tmp_path / "ticks.yaml").exists()
    (tmp_path / "big.md").write_text("x" * (ticks.MOST_BYTES + 1))
    with pytest.raises(UserError, match="larger than"):
        ticks.take("big.md", None, force=False)


@pytest.fixture(scope="module")
def demo():
    return assess(trials.demo(), installed_catalogue(), installed_checks(), "go-live", lambda: 0.0)


def test_what_it_is_worth(demo):
    found = old_list(demo.items, ("3.7", "5.2", "12.1"))

    assert (found.proved, found.contradicted, found.unproved) == ((), ("3.7", "5.2"), ("12.1",))
    assert str(found) == "claims 3 done: 0 proved, 2 contradicted, 1 unproved"
    assert old_list(demo.items, ()) is None


def test_every_report_says_it(demo, tmp_path, monkeypatch):
    from msgspec import structs

    profile = structs.replace(demo.trial.profile, ticks=("3.7", "5.2", "12.1"))
    ticked = structs.replace(demo, trial=structs.replace(demo.trial, profile=profile))

    for name in ("table", "markdown", "html"):
        text = re.sub(r"\s+", " ", render(ticked, name, Page()))
        assert "claims 3 done: 0 proved, 2 contradicted, 1 unproved" in text, name
    assert '"contradicted":["3.7","5.2"]' in re.sub(r"\s", "", render(ticked, "json", Page()))


def test_the_file_is_read_with_the_profile(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.md").write_text("\n".join(LINES[:10]).replace("[ ]", "[x]") + "\n- [x] milk\n")

    assert main(["init", "--ticks", "list.md"]) == 0
    out = capsys.readouterr().out
    assert "wrote ticks.yaml: 10 of 10 items are ticked" in out
    assert "line 11 is none of the checklist's: milk (nearest: " in out
    assert trials.choose_profile(None).ticks == tuple(IDS[:10])
    assert main(["init", "--ticks", "list.md"]) == 2
