"""JUnit XML as GitLab and Jenkins read it: a suite for each section, a case for each item.

An item that fails is a failure, one that is unknown is an error: both make a report red. Only one that is waived or
does not apply is skipped, with the reason. Text that XML cannot hold is made visible.
"""

import xml.etree.ElementTree as ET

from seatrial.engine.assess import Assessment
from seatrial.model.finding import ItemVerdict
from seatrial.model.outcome import Outcome
from seatrial.reports._page import Page
from seatrial.reports._text import safe
from seatrial.reports._told import GATE, fit, kept_for, total, why

LARGEST = 20_000_000
"""Bytes; GitLab reads files of up to 30 MB."""

_STEPS = (20, 5, 1, 0)
_ELEMENTS = {Outcome.FAIL: "failure", Outcome.UNKNOWN: "error"}


def write(assessment: Assessment, page: Page) -> str:
    """At most the first 20 objects of each claim, and exact totals. Times are left out: judging is one act."""
    return fit(lambda most: _document(assessment, page, most), _STEPS, LARGEST)


def _document(assessment: Assessment, page: Page, most: int) -> str:
    sections: dict[str, list[ItemVerdict]] = {}
    for item in assessment.items:
        sections.setdefault(item.section, []).append(item)
    counted = _counts(assessment.items)
    counted.pop("skipped")  # the schema of Jenkins' xUnit plugin has it in suites only
    root = ET.Element("testsuites", {"name": "seatrial", **counted})
    for id, items in sections.items():
        named = {"name": f"{id} {items[0].title}", "timestamp": assessment.trial.now.removesuffix("Z")}
        suite = ET.SubElement(root, "testsuite", named | _counts(tuple(items)))
        _properties(suite, assessment)
        for item in items:
            _case(suite, item, assessment, page, most)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _counts(items: tuple[ItemVerdict, ...]) -> dict[str, str]:
    in_earnest = [item for item in items if not kept_for(item)]
    return {
        "tests": str(len(items)),
        "failures": str(sum(item.outcome is Outcome.FAIL for item in in_earnest)),
        "errors": str(sum(item.outcome is Outcome.UNKNOWN for item in in_earnest)),
        "skipped": str(len(items) - len(in_earnest)),
    }


def _properties(suite: ET.Element, assessment: Assessment) -> None:
    trial = assessment.trial
    kept = ET.SubElement(suite, "properties")
    for name, value in (
        ("platform", trial.name),
        ("cluster", "" if trial.declared else f"{trial.cluster.server} {trial.cluster.uid}"),
        ("declared", str(trial.declared).lower()),
        ("gate", f"{assessment.decision.gate}: {GATE[assessment.decision.outcome]}"),
        ("total", total(assessment)),
    ):
        ET.SubElement(kept, "property", name=name, value=safe(value))


def _case(suite: ET.Element, item: ItemVerdict, assessment: Assessment, page: Page, most: int) -> None:
    named = {"name": safe(f"{item.id} {item.text}"), "classname": f"seatrial.{item.section}"}
    case = ET.SubElement(suite, "testcase", named)
    lines = list(why(item, most, assessment, page))
    if reason := kept_for(item):
        ET.SubElement(case, "skipped", message=reason)
        if lines:
            ET.SubElement(case, "system-out").text = "\n".join([f"{item.outcome}, waived", *lines])
    elif item.outcome in _ELEMENTS:
        element = ET.SubElement(
            case, _ELEMENTS[item.outcome], message=lines[0] if lines else "", type=item.outcome
        )
        element.text = "\n".join(lines)
