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
    assert [(line.number, id) for line, id in found.guessed] == [(1, "3.7"), (2, "3.5")]


def left(text):
    return [(row.line.number, row.why) for row in ticks.read_list(text).unmatched]


def test_two_lines_never_mean_one_item():
    said = "- [x] Resource limits set for all pods\n"

    assert ticks.read_list(said * 2).done == ("3.7",)
    assert left(said * 2) == [(2, "line 1 spoke of 3.7 before")]


def test_of_two_lines_that_disagree_neither_counts():
    text = "- [x] Falco deployed and configured\n- [ ] Seccomp profiles configured\n- [x] Seccomp profiles configured\n"

    assert (ticks.read_list(text).done, ticks.read_list(text).open) == (("8.1",), ())
    assert left(text) == [
        (2, "lines 2 and 3 say two things of 3.4"),
        (3, "lines 2 and 3 say two things of 3.4"),
    ]


def test_a_text_that_stands_twice_in_the_checklist_needs_its_section_or_number():
    for text, done in {
        "- [x] SBOM generation automated": (),
        "### Build Pipeline (Task 15)\n- [x] SBOM generation automated": ("15.4",),
        "- [x] Image Security\n  - [x] SBOM generation automated": ("6.5",),
        "- [x] 15.4 SBOM generation automated": ("15.4",),
        "### Image Security\n- [x] SBOM generation automated\n- [x] SBOM generation automated": ("6.5",),
        "- [x] SBOM generation automated\n- [x] SBOM generation automated": ("6.5", "15.4"),
    }.items():
        assert ticks.read_list(text + "\n").done == done


@pytest.mark.parametrize(
    "line",
    [
        "| Seccomp profiles configured | ✅ | Ann |", "> - [x] Seccomp profiles configured", "a) [x] Seccomp profiles configured",
        "- Seccomp profiles configured ✅", "3.4 [x] Seccomp profiles configured", "- \\[x\\] Seccomp profiles configured",
        "- [x] Seccomp profiles configured — done by Ann, see JIRA-123", "- [X] Seccomp profiles configured (not for batch)",
        "- :white_check_mark: **Seccomp** profiles [configured](https://wiki.example/(x))", "\t* [✓] 12. Seccomp profiles configured",
    ],
)  # fmt: skip
def test_lines_are_read_as_teams_write_them(line):
    assert ticks.read_list(line).done == ("3.4",)


@pytest.mark.parametrize("around", ["```\n{}\n```\n", "<!--\n{}\n-->\n", "~~~\n{}\n```\n{}\n~~~\n"])
def test_code_and_comments_tick_nothing(around):
    text = "- [x] Falco deployed and configured\n" + around.replace("{}", "- [x] Seccomp profiles configured")

    assert ticks.read_list(text).done == ("8.1",)


def test_who_signed_may_stand_on_the_line():
    text = (
        "- [x] Infrastructure Lead: Ann Smith Date: 2026-01-02\n- [x] CTO/VP Engineering: ____ Date: ____\n"
    )

    assert ticks.read_list(text).done == ("S1.1", "S2.3")


def test_line_numbers_are_those_of_an_editor():
    """Text may hold separators that editors do not count as lines."""
    assert left("- [x] Falco deployed and configured\nx\u2028y\u0085z\x0c\n- [x] milk\n")[0][0] == 3


def test_what_is_told_is_bounded_and_harmless(tmp_path):
    text = "- [x] Falco deployed and configured\n" + "".join(
        f"- [x] \x1b[31mzz{at}\u202e\n" for at in range(100)
    )
    lines = list(ticks.told(ticks.read_list(text), tmp_path))

    assert len(lines) == 1 + ticks.MOST_TOLD + 1
    assert lines[-1] == "  60 more lines are not used"
    assert not re.search("[\x00-\x1f\u202e]", "".join(lines))
    with pytest.raises(UserError, match="more than 2000 lines"):
        ticks.read_list("- [x] zz\n" * 2001)


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
    assert "line 11 is not used: milk (none of the checklist's; nearest " in out
    assert trials.choose_profile(None).ticks == tuple(IDS[:10])
    assert main(["init", "--ticks", "list.md"]) == 2
