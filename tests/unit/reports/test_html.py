"""The HTML page: it stands alone, tells everything, escapes what is foreign, and stays small."""

import base64
import hashlib
import re

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from seatrial import trialfile
from seatrial.app import trials
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.reporting import render
from seatrial.engine.assess import assess
from seatrial.engine.plan import needs_of
from seatrial.engine.waivers import WaiverUse
from seatrial.kit import World
from seatrial.model.evidence import Cause, Gap
from seatrial.model.outcome import Outcome
from seatrial.model.profile import GoLive, Profile, Waiver
from seatrial.reports._page import Change, Changes, Page
from seatrial.reports.html import LARGEST
from seatrial.testing.hostile import HOSTILE, grown, poisoned
from seatrial.testing.worlds import hold, trial_of

HTML = "{http://www.w3.org/1999/xhtml}"


def judged(trial, gate="go-live"):
    return assess(trial, installed_catalogue(), installed_checks(), gate, lambda: 0.0)


@pytest.fixture(scope="module")
def demo():
    return judged(trials.demo())


@pytest.fixture(scope="module")
def text(demo):
    return render(demo, "html", Page())


@pytest.fixture(scope="module")
def tree(text):
    return parse(text)


def parse(text):
    """Strictly: html5lib raises for everything that the standard calls a parse error."""
    return html5lib.HTMLParser(strict=True).parse(text)


def all_of(tree, name, **attributes):
    found = tree.iter(f"{HTML}{name}")
    return [row for row in found if all(row.get(key) == value for key, value in attributes.items())]


def by_id(tree, id):
    return next(row for row in tree.iter() if row.get("id") == id)


def words(element):
    return " ".join(" ".join(element.itertext()).split())


def section(tree, name):
    return next(row for row in all_of(tree, "section") if row.get("aria-labelledby") == name)


def page_of(assessment, **changes):
    return parse(render(structs.replace(assessment, **changes), "html", Page()))


def test_it_fetches_nothing_and_runs_nothing(text, tree):
    fetching = {"script", "link", "img", "iframe", "object", "embed", "base", "form", "svg", "audio", "video"}

    assert not [row.tag for row in tree.iter() if str(row.tag).removeprefix(HTML) in fetching]
    for row in tree.iter():
        for name, value in row.attrib.items():
            assert not name.startswith("on")
            assert name not in {"style", "src", "srcset", "action", "formaction", "background", "ping"}
            assert name != "href" or value.startswith("#")
    (style,) = all_of(tree, "style")
    assert not re.search(r"@import|url\(|image-set|expression|//", style.text)


def test_its_policy_allows_its_own_style_and_nothing_else(tree):
    (style,) = all_of(tree, "style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    (policy,) = [row.get("content") for row in all_of(tree, "meta") if row.get("http-equiv")]

    assert policy == (f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'")


def test_every_link_leads_somewhere_on_the_page(tree):
    ids = [row.get("id") for row in tree.iter() if row.get("id")]

    assert len(ids) == len(set(ids))
    assert {row.get("href")[1:] for row in all_of(tree, "a")} <= set(ids)


def test_the_map_shows_every_item_with_its_sign_and_its_word(tree, demo):
    (drawn,) = [row for row in all_of(tree, "ol") if row.get("class") == "map"]
    cells = [row for row in all_of(drawn, "a") if row.get("class").startswith("cell")]
    signs = {"pass": "✓", "fail": "✗", "unknown": "?", "not-applicable": "–"}

    assert len(cells) == len(demo.items) == 220
    for cell, item in zip(cells, demo.items, strict=True):
        waived = ", waived" if item.waiver else ""
        assert cell.get("href") == f"#i{item.id}"
        assert cell.get("aria-label") == f"{item.id} {item.outcome}{waived}"
        assert cell.text == ("w" if item.waiver else signs[item.outcome])
        assert cell.get("title") == item.text


def test_the_one_number_is_the_gates(tree, demo):
    assert words(by_id(tree, "state")) == f"{demo.decision.open} open items of 220"


def test_every_failing_object_of_the_demo_is_named_with_what_was_seen_and_how_to_mend_it(tree, demo):
    for item in demo.items:
        told = words(by_id(tree, f"i{item.id}"))
        for claim in item.claims:
            assert claim.says in told
            if "As found under" in told:
                continue
            for finding in claim.findings:
                if finding.outcome is Outcome.FAIL:
                    assert finding.observed in told
                    assert finding.subject.name in told
                    assert "How to fix" in told


def test_the_command_for_a_finding_stands_beside_it(text):
    assert "kubectl --context testbed -n messaging get deployments.apps/sms-gateway pods/sms-gateway-" in text


def test_an_unknown_item_says_what_it_waits_for(tree, demo):
    for wait in demo.waits:
        for id in wait.items:
            (summary,) = [
                row
                for row in all_of(tree, "summary")
                if any(part.tag == f"{HTML}i" and part.text == id for part in row)
            ]
            assert "unknown" in words(summary)
            assert wait.action.replace(" ", "")[:300] in words(summary).replace(" ", "")


def test_each_who_signs_has_a_page_with_all_that_is_open_for_them(tree, demo):
    roles = {}
    for item in installed_catalogue().items:
        roles.setdefault(item.role, []).append(item.id)
    opened = {item.id for item in demo.items if item.outcome in {"fail", "unknown"} and not item.waiver}

    for role, ids in roles.items():
        (article,) = [row for row in all_of(tree, "article") if row.get("aria-labelledby") == f"role-{role}"]
        linked = [row.get("href")[2:] for row in all_of(article, "a")]
        assert sorted(linked) == sorted(ids)
        assert f"{len(opened & set(ids))} open of {len(ids)} items" in words(article)
        assert "Signature" in words(article)


def test_declarations_are_shown_with_owner_and_reason(tree, demo):
    told = words(section(tree, "declared"))
    waiver = demo.trial.profile.waivers[0]

    assert f"{waiver.item} fail used {waiver.expires} {waiver.reason} {waiver.owner}" in told
    for row in (*demo.trial.profile.declares.node_services, *demo.trial.profile.accepts):
        assert row.reason in told
        assert row.owner in told


def test_a_waiver_that_changes_nothing_is_said_to_change_nothing(demo):
    old = Waiver(item="3.7", expires="2020-01-01", owner="o", reason="long ago")
    tree = page_of(demo, waivers=(WaiverUse(old, "expired"),))

    assert "3.7 fail expired 2020-01-01 long ago o" in words(section(tree, "declared"))


def test_what_was_not_read_is_shown_with_cause_and_cure(demo):
    need = "kube/list/core/pods"
    gaps = tuple(
        Gap(need, Cause.REFUSED, "403: may not list pods", "seatrial doctor --rbac", namespace=f"team-{n}")
        for n in range(50)
    )
    evidence = demo.trial.evidence | {need: structs.replace(demo.trial.evidence[need], gaps=gaps)}
    told = words(section(page_of(judged(structs.replace(demo.trial, evidence=evidence))), "unread"))

    assert f"{need} in team-0 refused 403: may not list pods seatrial doctor --rbac" in told
    assert "and 30 more" in told
    assert f"{need} 85 50 " in told


def test_an_unknown_finding_shows_why_and_what_would_help(demo):
    need = "kube/list/core/pods"
    gap = Gap(need, Cause.REFUSED, "403: may not list pods", "seatrial doctor --rbac")
    evidence = demo.trial.evidence | {
        need: structs.replace(demo.trial.evidence[need], gaps=(gap,), chunks=())
    }
    tree = page_of(judged(structs.replace(demo.trial, evidence=evidence)))

    assert "refused: 403: may not list pods; seatrial doctor --rbac" in words(by_id(tree, "i3.7"))
    assert "seatrial doctor --rbac" in words(section(tree, "next"))


def test_the_same_trial_gives_the_same_bytes_after_it_was_stored(demo, text, tmp_path):
    trialfile.write(demo.trial, tmp_path / "demo.trial")

    assert render(judged(trialfile.read(tmp_path / "demo.trial")), "html", Page()) == text


def test_it_says_how_to_verify(demo):
    told = words(section(page_of(judged(demo.trial, gate="3.*,17.*")), "verify"))

    assert "seatrial assess --replay FILE.trial --gate '3.*,17.*' -o html=again.html" in told
    assert demo.catalogue in told


POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: web, image: "shop/web:2.1"}]}
status: {phase: Running}
"""


@pytest.mark.parametrize("declared", [False, True])
def test_a_declared_trial_is_marked_and_gives_no_command_for_a_cluster(declared):
    trial = trial_of(hold(World(POD)), needs_of(installed_checks()))
    told = render(judged(structs.replace(trial, declared=declared)), "html", Page())
    parse(told)

    assert ("no proof of a live cluster" in told) is declared
    assert ("kubectl -n shop get" in told) is not declared


def test_the_clock_counts_to_the_day_of_going_live(demo):
    profile = structs.replace(demo.trial.profile, go_live=GoLive(date="2026-12-31"))
    told = words(section(page_of(judged(structs.replace(demo.trial, profile=profile))), "clock"))

    assert "Going live on 2026-12-31 , in 36 days" in told
    assert "30 days of history by 2026-12-01" in told
    assert "90 days of history 54 days too late" in told


def test_changes_are_shown_when_an_earlier_run_was_compared(demo, tree):
    rows = tuple(Change("worse", "3.7", f"Deployment shop/web-{n}", "pass", "fail") for n in range(50))
    changed = parse(render(demo, "html", Page(changes=Changes("2026-11-24T09:00:00Z", rows))))
    same = parse(render(demo, "html", Page(changes=Changes("2026-11-24T09:00:00Z", ()))))

    assert "3.7 worse Deployment shop/web-0 pass fail" in words(section(changed, "changes"))
    assert "and 10 more" in words(section(changed, "changes"))
    assert "Nothing changed" in words(section(same, "changes"))
    assert "No earlier run" in words(section(tree, "changes"))


def shape(tree):
    """Every element with its attributes' names, in order: what foreign text must never change."""
    return [(row.tag, sorted(row.attrib)) for row in tree.iter()]


@pytest.fixture(scope="module")
def small(demo):
    """A few items, so that many texts can be tried."""
    kept = [item for item in demo.items if item.id in {"3.1", "3.2", "16.1", "18.1"}]
    return structs.replace(demo, items=tuple(kept))


@pytest.fixture(scope="module")
def harmless(small):
    return shape(page_of(poisoned(small, "harmless")))


@pytest.mark.parametrize("poison", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(small, harmless, poison):
    text = render(poisoned(small, poison), "html", Page())
    tree = parse(text)

    assert without_commands(shape(tree)) == without_commands(harmless)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]", text)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=60))
def test_no_text_at_all_changes_what_the_page_is_made_of(small, harmless, poison):
    tree = parse(render(poisoned(small, poison), "html", Page()))

    assert without_commands(shape(tree)) == without_commands(harmless)


def without_commands(rows):
    """Without the parts that hold commands, which are left out where a name must not be pasted into a shell."""
    return [row for row in rows if row[0].removeprefix(HTML) not in {"details", "summary", "pre"}]


def test_the_page_of_150_000_pods_is_small_and_its_totals_are_exact(demo):
    """The worst that can be: nothing that was judged holds, anywhere."""
    text = render(grown(demo, 1_000), "html", Page())
    told = words(by_id(parse(text), "i3.1"))

    assert len(text.encode()) <= LARGEST
    assert "the first 20 are shown" in text
    assert "10,000 fail, 140,000 pass" in told
    assert "and 980 more" in told


def test_long_texts_cost_objects_not_the_bound(demo):
    long = structs.replace(
        grown(demo, 50),
        trial=structs.replace(demo.trial, name="n" * 100_000),
    )
    items = tuple(
        structs.replace(
            item,
            claims=tuple(
                structs.replace(
                    claim,
                    findings=tuple(
                        structs.replace(row, observed=f"{at} " + "o" * 5_000)
                        for at, row in enumerate(claim.findings)
                    ),
                )
                for claim in item.claims
            ),
        )
        for item in long.items
    )
    text = render(structs.replace(long, items=items), "html", Page())

    assert len(text.encode()) <= LARGEST
    assert "for other reasons" in text


def test_an_empty_profile_and_an_empty_cluster_have_a_page_too():
    trial = trial_of(hold(World(POD)), needs_of(installed_checks()))
    bare = structs.replace(
        trial,
        profile=Profile(),
        evidence={},
    )
    told = words(by_id(page_of(judged(bare)), "state"))

    assert told == "220 open items of 220"
