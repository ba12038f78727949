"""``seatrial explain`` with a run: what it found of an item, a claim, a check and a finding."""

import re

import pytest

from seatrial.app import trials
from seatrial.app.collect import quiet
from seatrial.app.found import Found, tell
from seatrial.model.errors import UserError
from seatrial.reports._page import UNSAFE, Page

NO_RUN = {"replay": None, "manifests": (), "demo": False, "profile_path": None, "progress": quiet}
DEMO = NO_RUN | {"demo": True}
KEY = re.compile(r"\[([0-9a-f]{16})\]")


@pytest.fixture(scope="module")
def demo():
    return Found(trials.demo(), Page())


def test_an_item_shows_each_claim_what_hinders_first_and_how_to_mend(demo):
    text = demo.of("3.7")

    assert "✗ 3.7 Resource limits set for all pods: FAIL" in text
    assert text.index("✗ Deployment messaging/mailer (mailer)") < text.index("✓ Deployment")
    assert "no memory limit; expected resources.limits.memory above 0" in text
    assert "mend: Set ``resources.limits.memory``" in text


def test_a_check_and_its_claim_say_the_same(demo):
    assert demo.of("memory_limit") == demo.of("memory-limit")


def test_what_waits_says_for_what(demo):
    assert "waits for sources.prometheus" in demo.of("12.1")


def test_every_key_that_is_shown_is_explained_with_proof_and_a_command(demo):
    keys = KEY.findall(demo.of("3.7")) + KEY.findall(demo.of("5.2"))

    assert len(keys) > 10
    for key in keys:
        text = demo.of(key)
        assert "  claim     " in text
        assert re.search(r"  evidence  [0-9a-f]{16}/\d+", text)
        assert "  look      kubectl " in text
        assert ("  mend      " in text) == (": FAIL" in text)


def test_lines_fit_the_page():
    found = Found(trials.demo(), Page(width=80))
    for name in ("3.7", "5.2", *KEY.findall(found.of("5.2"))[:3]):
        rows = [line for line in found.of(name).splitlines() if not line.startswith("  look")]
        assert max(map(len, rows)) <= 80, name


def test_what_the_run_does_not_have_is_said_with_the_next_step(demo):
    with pytest.raises(UserError, match="this run has nothing named") as error:
        demo.of("0" * 16)
    assert "assess -o json" in error.value.hint


def test_a_key_without_a_run_is_refused():
    with pytest.raises(UserError, match="is the key of a finding") as error:
        tell("0123456789abcdef", Page(), **NO_RUN)
    assert "--replay FILE" in error.value.hint


def test_the_meaning_comes_first_and_without_a_run_alone():
    alone = tell("3.7", Page(), **NO_RUN)

    assert "In the run of" not in alone
    assert tell("3.7", Page(), **DEMO).startswith(alone)


def test_manifests_are_told_with_file_and_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    hostile = "web\\u202e"
    (tmp_path / "web.yaml").write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n"
        f'spec: {{template: {{spec: {{containers: [{{name: "{hostile}", image: "shop/web:2.1"}}]}}}}}}\n'
    )
    asked = NO_RUN | {"manifests": ("web.yaml",)}
    text = tell("memory-limit", Page(), **asked)
    (key,) = KEY.findall(text)

    assert "manifests: declared, no proof of a live cluster" in text
    assert "written   web.yaml:1" in tell(key, Page(), **asked)
    assert not UNSAFE.search(text.replace("\n", ""))


def test_signs_without_unicode_are_letters():
    text = Found(trials.demo(), Page(unicode=False)).of("3.7")

    assert "x 3.7 Resource limits" in text
    assert not set("✓✗–") & set(text)
