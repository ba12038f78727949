"""What CI and other consumers read: each format holds its consumer's rules, tells unknown as loudly as fail, and takes any text."""

import csv
import gzip
import io
import json
import random
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import unquote

import cmarkgfm
import html5lib
import pytest
import xmlschema
from cmarkgfm.cmark import Options
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from prometheus_client.parser import text_string_to_metric_families

from seatrial.app import trials
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.app.collect import quiet
from seatrial.app.reporting import formats, render, write_file
from seatrial.cli.commands.assess import command
from seatrial.engine.assess import assess
from seatrial.model.evidence import Cause, Gap
from seatrial.model.outcome import Outcome
from seatrial.model.profile import NotApplicable, Profile
from seatrial.reports import csv as csv_report
from seatrial.reports import github, junit, markdown, openreports, sarif
from seatrial.reports._page import UNSAFE, Page, plain
from seatrial.reports._told import cap
from seatrial.testing.hostile import HOSTILE, grown, poisoned

HTML = "{http://www.w3.org/1999/xhtml}"
JUNIT = xmlschema.XMLSchema(str(Path(__file__).with_name("junit.xsd")))
TOLD = ("csv", "github", "junit", "markdown", "openreports", "prometheus", "sarif")
MANIFESTS = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "shop/web:2.1"}]}
"""


def judged(trial, gate="go-live"):
    return assess(trial, installed_catalogue(), installed_checks(), gate, lambda: 0.0)


@pytest.fixture(scope="module")
def demo():
    return judged(trials.demo())


@pytest.fixture(scope="module")
def written(demo):
    return {name: render(demo, name, Page()) for name in TOLD}


@pytest.fixture(scope="module")
def small(demo):
    """A few items, so that many texts can be tried: failing, unknown, waived."""
    kept = tuple(item for item in demo.items if item.id in {"3.1", "3.2", "16.1", "18.1"})
    return structs.replace(demo, items=kept)


@pytest.fixture(scope="module")
def unseen(demo):
    """What is judged when no pod may be listed: the checks' own unknowns."""
    need = "kube/list/core/pods"
    gap = Gap(need, Cause.REFUSED, "403: may not list pods", "seatrial doctor --rbac")
    evidence = demo.trial.evidence | {need: structs.replace(demo.trial.evidence[need], gaps=(gap,))}
    return judged(structs.replace(demo.trial, evidence=evidence))


@pytest.fixture(scope="module")
def declared(tmp_path_factory):
    """Judged manifests, and the page that knows where they stand."""
    folder = tmp_path_factory.mktemp("repository")
    (folder / "deploy").mkdir()
    (folder / "deploy" / "web.yaml").write_text(MANIFESTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        trial, locations = trials.from_manifests([str(folder / "deploy")], Profile(name="shop"), quiet)
    return judged(trial), Page(locations=locations)


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def run_of(text):
    (run,) = json.loads(text)["runs"]
    return run


def reports_of(text):
    return {
        (row["kind"], row["metadata"].get("namespace", ""), row["metadata"]["name"]): row
        for row in json.loads(text)["items"]
    }


def samples(text):
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def page_of(text):
    """As GitHub shows it."""
    shown = cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)
    return html5lib.parse(shown)


def commands(text):
    """As a runner of GitHub Actions takes the lines apart: command, properties, message."""
    found = []
    for line in text.splitlines():
        name, given, message = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line).groups()
        properties = dict(pair.split("=", 1) for pair in given.split(","))
        found.append((name, {key: unquote(value) for key, value in properties.items()}, unquote(message)))
    return found


def words(element):
    return " ".join(" ".join(element.itertext()).split())


def cases(text):
    return {case.get("name").partition(" ")[0]: case for case in ET.fromstring(text).iter("testcase")}


# what each consumer asks of the format


def test_the_help_names_every_format():
    (output,) = [row for row in command.params if row.name == "outputs"]

    assert set(re.findall(r"\w+", output.help.partition(";")[0].lower())) - {"a", "report", "or"} == set(
        formats()
    )


def test_csv_is_rfc_4180_with_every_claim_of_every_item(written, demo):
    text = written["csv"]
    found = rows(text)

    assert text.count("\r\n") == text.count("\n") == len(found) + 1
    assert all(set(row) == set(csv_report.COLUMNS) for row in found)
    assert {(row["item"], row["claim"]) for row in found} == {
        (item.id, claim.id) for item in demo.items for claim in item.claims
    }


@pytest.mark.parametrize("which", ["demo", "unseen"])
def test_junit_is_what_gitlab_and_jenkins_read(which, request):
    text = render(request.getfixturevalue(which), "junit", Page())
    JUNIT.validate(ET.fromstring(text))
    root = ET.fromstring(text)

    for suite in [root, *root]:
        for attribute, element in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert int(suite.get(attribute)) == len(list(suite.iter(element)))
    assert len(root) == 35
    assert int(root.get("tests")) == 220


def test_sarif_holds_the_limits_and_the_needs_of_code_scanning(written):
    run = run_of(written["sarif"])
    rules = run["tool"]["driver"]["rules"]

    assert len(run["results"]) <= 25_000
    assert len({rule["id"] for rule in rules}) == len(rules) <= 25_000
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert len(rule["properties"]["tags"]) <= 10
    for result in run["results"]:
        (place,) = result["locations"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert place["physicalLocation"]["region"]["startLine"] >= 1
        assert result["partialFingerprints"]["primaryLocationLineHash"]
    keys = [(row["ruleId"], row["partialFingerprints"]["seatrial/v1"]) for row in run["results"]]
    assert len(keys) == len(set(keys))


def test_a_rule_says_how_to_fix_it(written):
    (rule,) = [
        row for row in run_of(written["sarif"])["tool"]["driver"]["rules"] if row["id"] == "memory-limit"
    ]

    assert "resources.limits.memory" in rule["help"]["text"]
    assert "3.7" in rule["properties"]["tags"]


def test_metrics_have_one_series_for_each_outcome_of_each_item(written, demo):
    found = samples(written["prometheus"])
    items = [row for row in found if row.name == "seatrial_item_outcome"]

    assert len(items) == 220 * 4
    assert {row.labels["item"]: row.labels["outcome"] for row in items if row.value} == {
        item.id: item.outcome for item in demo.items
    }
    assert [row.value for row in found if row.name == "seatrial_open_items"] == [demo.decision.open]


def test_metrics_tell_how_old_the_proof_is(written, demo):
    found = {row.labels["need"]: row.value for row in samples(written["prometheus"]) if row.name == "seatrial_evidence_timestamp_seconds"}  # fmt: skip

    assert set(found) == set(demo.trial.evidence)
    assert all(1.7e9 < value < 2e9 for value in found.values())


def test_annotations_are_as_many_as_github_shows(written, demo):
    found = commands(written["github"])

    assert len(found) == 10
    assert {name for name, _, _ in found} == {"error"}
    assert "219 open items of 220: 17 fail, 203 unknown" in found[0][2]


def test_a_gate_that_holds_is_one_notice(demo):
    (found,) = commands(render(judged(demo.trial, gate="none"), "github", Page()))

    assert found[0] == "notice"
    assert found[1]["title"] == "Seatrial: the gate none holds"


def test_annotations_speak_of_what_the_gate_asks_for(demo):
    found = commands(render(judged(demo.trial, gate="2.*"), "github", Page()))

    assert found[0][1]["title"] == "Seatrial: the gate 2.* cannot be told"
    told = {id for _, _, message in found[1:] for id in re.findall(r"\b\d+\.\d+\b", message)}
    assert told == {"2.1", "2.2", "2.3", "2.4", "2.5", "2.6"}


def test_openreports_has_a_result_for_each_item_and_a_report_for_each_namespace(written, demo):
    found = reports_of(written["openreports"])
    whole = found["ClusterReport", "", "seatrial"]

    assert len(whole["results"]) == sum(whole["summary"].values()) == 220
    assert {place for kind, place, _ in found if kind == "Report"} == {
        finding.subject.namespace
        for item in demo.items
        for claim in item.claims
        if claim.outcome in {"fail", "unknown"}
        for finding in claim.findings
        if finding.outcome in {"fail", "unknown"}
    } - {""}
    for report in found.values():
        ids = [row["properties"]["resultID"] for row in report["results"]]
        assert len(ids) == len(set(ids))


def test_an_object_is_referred_to_as_kubernetes_does(written):
    results = reports_of(written["openreports"])["Report", "messaging", "seatrial"]["results"]
    (found,) = [
        row for row in results if row["policy"] == "memory-limit" and row["properties"]["part"] == "mailer"
    ]

    assert found["resources"] == [
        {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "messaging", "name": "mailer"}
    ]
    assert found["result"] == "fail"
    assert found["message"] == "no memory limit; expected resources.limits.memory above 0"


def test_the_summary_tells_each_open_item(written, demo):
    tree = page_of(written["markdown"])
    bold = [row.text for row in tree.iter(f"{HTML}strong")]

    assert demo.items
    assert all(item.id in bold for item in demo.items)
    assert "219 open items of 220: 17 fail, 203 unknown, 0 pass, 0 not applicable, 1 waived" in bold
    assert len(list(tree.iter(f"{HTML}table"))) == 1
    assert len(list(tree.iter(f"{HTML}tr"))) == 36


# unknown is as visible as fail


def test_unknown_items_are_as_visible_as_failing_ones(written, demo):
    failing = {item.id for item in demo.items if item.outcome is Outcome.FAIL and not item.waiver}
    unknown = {item.id for item in demo.items if item.outcome is Outcome.UNKNOWN}
    assert len(failing) == 16
    assert len(unknown) == 203

    found = cases(written["junit"])
    assert {id for id, case in found.items() if case.find("failure") is not None} == failing
    assert {id for id, case in found.items() if case.find("error") is not None} == unknown
    assert all(found[id].find("error").text for id in unknown)

    titles = [words(row) for row in page_of(written["markdown"]).iter(f"{HTML}h2")]
    assert titles[:2] == ["Fail: 16 of 220 items", "Unknown: 203 of 220 items"]

    results = run_of(written["sarif"])["results"]
    assert {row["level"] for row in results} == {"error"}
    assert unknown <= {
        id
        for row in results
        if row["properties"]["outcome"] == "unknown"
        for id in row["properties"]["items"]
    }
    assert failing <= {
        id for row in results if row["properties"]["outcome"] == "fail" for id in row["properties"]["items"]
    }

    whole = reports_of(written["openreports"])["ClusterReport", "", "seatrial"]
    assert whole["summary"] == {"pass": 0, "fail": 16, "warn": 1, "error": 203, "skip": 0}

    assert {row["item"] for row in rows(written["csv"]) if row["item outcome"] == "unknown"} == unknown


def test_an_object_that_cannot_be_told_is_told_like_one_that_fails(unseen):
    """A refused list makes objects unknown, with the reason and what would help."""
    said = "refused: 403: may not list pods; seatrial doctor --rbac"
    text = {name: render(unseen, name, Page()) for name in TOLD}

    assert said in [row["what"] for row in rows(text["csv"]) if row["outcome"] == "unknown"]
    assert any(said in (case.findtext("error") or "") for case in cases(text["junit"]).values())
    assert said in words(page_of(text["markdown"]))
    assert any(
        said in row["message"]["text"]
        for row in run_of(text["sarif"])["results"]
        if row["properties"]["outcome"] == "unknown"
    )
    assert any(
        said in row["message"] and row["result"] == "error"
        for report in reports_of(text["openreports"]).values()
        for row in report["results"]
    )
    notes = run_of(text["sarif"])["invocations"][0]["toolExecutionNotifications"]
    assert "kube/list/core/pods: refused: 403: may not list pods" in [row["message"]["text"] for row in notes]
    gaps = [row for row in samples(text["prometheus"]) if row.name == "seatrial_evidence_gaps" and row.value]
    assert [row.labels["need"] for row in gaps] == ["kube/list/core/pods"]


def test_what_is_waived_is_set_apart_with_its_reason_and_keeps_its_verdict(written, demo):
    (item,) = [item for item in demo.items if item.waiver]
    reason = f"waived {item.waiver}"
    case = cases(written["junit"])[item.id]

    assert case.find("skipped").get("message") == reason
    assert case.findtext("system-out").startswith("fail, waived\n")
    assert f"{item.outcome}, {reason}" in words(page_of(written["markdown"])).replace(" , ", ", ")
    assert {row["waived or not applicable"] for row in rows(written["csv"]) if row["item"] == item.id} == {
        reason
    }
    suppressed = [row for row in run_of(written["sarif"])["results"] if "suppressions" in row]
    assert {row["suppressions"][0]["justification"] for row in suppressed} == {item.waiver}
    assert {tuple(row["properties"]["items"]) for row in suppressed} == {(item.id,)}
    whole = reports_of(written["openreports"])["ClusterReport", "", "seatrial"]
    (result,) = [row for row in whole["results"] if row["properties"]["resultID"] == f"seatrial-{item.id}"]
    assert (result["result"], result["scored"], result["properties"]["outcome"]) == ("warn", False, "fail")


def test_what_does_not_apply_is_skipped_with_its_reason(demo):
    declared = NotApplicable(item="11.1", condition="no-mesh", owner="platform", reason="no mesh here")
    profile = structs.replace(demo.trial.profile, not_applicable=(declared,))
    found = judged(structs.replace(demo.trial, profile=profile))
    text = {name: render(found, name, Page()) for name in TOLD}

    assert cases(text["junit"])["11.1"].find("skipped").get("message") == "no-mesh: no mesh here (platform)"
    assert "no mesh here" in words(page_of(text["markdown"]))
    assert "11.1" not in {id for row in run_of(text["sarif"])["results"] for id in row["properties"]["items"]}
    whole = reports_of(text["openreports"])["ClusterReport", "", "seatrial"]
    assert whole["summary"]["skip"] == 1


# manifests: file and line


def test_what_manifests_declare_is_found_at_its_file_and_line(declared):
    found, page = declared
    results = run_of(render(found, "sarif", page))["results"]
    (result,) = [row for row in results if row["ruleId"] == "memory-limit"]

    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "deploy/web.yaml"},
        "region": {"startLine": 5},
    }
    placed = [row for row in rows(render(found, "csv", page)) if row["claim"] == "memory-limit"]
    assert {(row["file"], row["line"]) for row in placed} == {("deploy/web.yaml", "5")}
    assert "Deployment shop/web (web) in deploy/web.yaml:5: no memory limit" in words(
        cases(render(found, "junit", page))["3.7"]
    )
    assert "Deployment shop/web (web) in deploy/web.yaml:5 :" in words(
        page_of(render(found, "markdown", page))
    )
    annotated = [row for _, row, _ in commands(render(found, "github", page)) if "file" in row]
    assert ("deploy/web.yaml", "5") in {(row["file"], row["line"]) for row in annotated}


def test_manifests_are_never_called_a_cluster(declared):
    found, page = declared
    text = {name: render(found, name, page) for name in TOLD}

    assert "declared, no proof of a live cluster" in words(page_of(text["markdown"]))
    assert run_of(text["sarif"])["properties"]["declared"] is True
    assert [row.labels["declared"] for row in samples(text["prometheus"]) if row.name == "seatrial_info"] == [
        "true"
    ]


def test_objects_of_a_cluster_have_paths_that_stay(written):
    uris = {
        row["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for row in run_of(written["sarif"])["results"]
    }

    assert "cluster/messaging/Deployment.apps/mailer" in uris
    assert "seatrial.yaml" in uris


# foreign text


def shape(name, text):
    """What foreign text must never change."""
    if name == "csv":
        return [(row["item"], row["claim"], row["outcome"]) for row in rows(text)]
    if name == "github":
        return [(command, sorted(properties)) for command, properties, _ in commands(text)]
    if name == "junit":
        JUNIT.validate(ET.fromstring(text))
        return [(row.tag, sorted(row.attrib)) for row in ET.fromstring(text).iter()]
    if name == "markdown":
        return [(row.tag, sorted(row.attrib)) for row in page_of(text).iter()]
    if name == "prometheus":
        return [(row.name, sorted(row.labels), row.labels.get("item")) for row in samples(text)]
    if name == "openreports":  # where a result stands depends on its namespace
        return sorted(str(keys(row)) for report in reports_of(text).values() for row in report["results"])
    return keys(json.loads(text))


def keys(value):
    if isinstance(value, dict):
        return {key: keys(row) for key, row in value.items()}
    return [keys(row) for row in value] if isinstance(value, list) else type(value).__name__


@pytest.fixture(scope="module")
def harmless(small):
    text = {name: render(poisoned(small, "harmless"), name, Page()) for name in TOLD}
    return {name: shape(name, text[name]) for name in TOLD}


def refuse_unsafe(text):
    assert not UNSAFE.search(text.replace("\r\n", "").replace("\n", ""))
    assert text.encode()


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize("poison", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(name, poison, small, harmless):
    text = render(poisoned(small, poison), name, Page())

    refuse_unsafe(text)
    assert shape(name, text) == harmless[name]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=60))
def test_no_text_at_all_changes_what_a_report_is_made_of(small, harmless, poison):
    for name in TOLD:
        text = render(poisoned(small, poison), name, Page())
        refuse_unsafe(text)
        assert shape(name, text) == harmless[name]


@pytest.mark.parametrize("poison", HOSTILE, ids=range(len(HOSTILE)))
def test_no_cell_is_a_formula(poison, small):
    text = render(poisoned(small, poison), "csv", Page())

    for row in csv.reader(io.StringIO(text, newline=""), strict=True):
        assert not any(value.lstrip().startswith(("=", "+", "-", "@", "\t", "\r")) for value in row)


@pytest.mark.parametrize("poison", HOSTILE, ids=range(len(HOSTILE)))
def test_markdown_shows_foreign_text_as_code_and_links_nowhere(poison, small):
    tree = page_of(render(poisoned(small, poison), "markdown", Page()))
    shown = {"".join(row.itertext()) for row in tree.iter(f"{HTML}code")}

    assert {row.tag.removeprefix(HTML) for row in tree.iter()} <= {
        "html", "head", "body", "h1", "h2", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "code",
    }  # fmt: skip
    assert any(plain(poison).strip() in text for text in shown)


@pytest.mark.parametrize("poison", HOSTILE, ids=range(len(HOSTILE)))
def test_sarif_paths_stay_within_the_repository_and_messages_hold_no_links(poison, small):
    for row in run_of(render(poisoned(small, poison), "sarif", Page()))["results"]:
        uri = row["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[\w.~%/-]+", uri, re.ASCII)
        assert not {"", ".", ".."} & {part.replace("%2E", ".") for part in uri.split("/")}
        assert not re.search(r"(?<!\\)(?:\\\\)*[\[\]]", row["message"]["text"])


@pytest.mark.parametrize("name", ["..", "../../etc/passwd", ".", "a/../b", "%2e%2e", "c:\\x", ""])
def test_no_name_leads_out_of_the_repository(name, small):
    for row in run_of(render(poisoned(small, name), "sarif", Page()))["results"]:
        parts = row["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].split("/")
        assert not {"", ".", ".."} & set(parts)
        assert len(parts) in {1, 4}


@pytest.mark.parametrize("poison", HOSTILE, ids=range(len(HOSTILE)))
def test_an_annotation_holds_no_other_command(poison, small):
    for line in render(poisoned(small, poison), "github", Page()).splitlines():
        assert line.startswith(("::error title=", "::notice title="))
        assert "##[" not in line


def test_no_report_is_put_into_a_namespace_that_cannot_be_one(small):
    found = reports_of(render(poisoned(small, "../kube-system"), "openreports", Page()))

    assert {place for _, place, _ in found} == {""}


# bounds


@pytest.fixture(scope="module")
def huge(demo):
    """Nothing that was judged holds, anywhere, for 2,000 owners of each claim."""
    return grown(demo, 2_000)


def test_sizes_are_bounded_and_totals_exact(huge):
    judged_claims = {claim.id for item in huge.items for claim in item.claims if claim.findings}
    text = {name: render(huge, name, Page()) for name in TOLD}

    run = run_of(text["sarif"])
    assert len(run["results"]) <= sarif.MOST_RESULTS
    assert len(gzip.compress(text["sarif"].encode())) < 10_000_000
    assert re.search(r"memory-limit: \d+ of 2000 objects are listed", str(run["invocations"]))
    assert len(text["markdown"].encode()) <= markdown.LARGEST
    assert "10000 fail" not in text["markdown"]
    assert "20000 fail, 140000 pass" in text["markdown"]
    assert re.search(r"and \d+ more objects", text["markdown"])
    assert len(text["junit"].encode()) <= junit.LARGEST
    assert "and 1980 more objects" in text["junit"]
    assert text["csv"].count("\r\n") <= csv_report.MOST_ROWS
    assert re.search(r"\d+ objects more, not listed", text["csv"])
    assert len(text["github"].splitlines()) == github.MOST
    assert len(text["prometheus"]) < 250_000
    reports = reports_of(text["openreports"])
    assert len(reports) == 152
    for report in reports.values():
        assert len(json.dumps(report["results"], separators=(",", ":"))) <= openreports.LARGEST
    total = sum(
        row["summary"]["fail"] + row["summary"]["warn"]
        for (kind, _, _), row in reports.items()
        if kind == "Report"
    )
    assert total == 2_000 * len(judged_claims)
    for report in reports.values():
        left_out = int(report["metadata"].get("annotations", {}).get("seatrial/results-not-listed", 0))
        assert len(report["results"]) + left_out == sum(report["summary"].values())


def test_texts_that_do_not_compress_cost_results_not_the_bound(demo):
    """10 MB after gzip, for messages of noise in a language of four bytes a character."""
    noise = random.Random(7)  # noqa: S311  # noise
    letters = [chr(0x10000 + n) for n in range(0x4000) if chr(0x10000 + n).isprintable()]

    def loud(claim):
        findings = tuple(
            structs.replace(row, observed="".join(noise.choices(letters, k=1000))) for row in claim.findings
        )
        return structs.replace(claim, findings=findings)

    items = grown(demo, 200).items
    known = {}
    found = tuple(
        structs.replace(item, claims=tuple(known.setdefault(claim.id, loud(claim)) for claim in item.claims))
        for item in items
    )
    text = render(structs.replace(demo, items=found), "sarif", Page())

    assert len(gzip.compress(text.encode())) < 10_000_000
    assert len(run_of(text)["results"]) < 5_000


@given(st.lists(st.integers(0, 50)), st.integers(0, 500))
def test_room_is_shared_evenly_and_wholly(sizes, most):
    each = cap(sizes, most)

    assert sum(min(size, each) for size in sizes) <= most
    assert not sizes or each >= max(sizes) or sum(min(size, each + 1) for size in sizes) > most


# files


def test_a_report_can_be_read_by_whom_any_file_can(tmp_path):
    """The textfile collector runs as somebody else."""
    (tmp_path / "usual").write_text("")
    write_file(tmp_path / "new", "a\r\n")
    (tmp_path / "old").write_text("")
    (tmp_path / "old").chmod(0o640)
    write_file(tmp_path / "old", "b")

    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "new").read_bytes() == b"a\r\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old", "usual"]
