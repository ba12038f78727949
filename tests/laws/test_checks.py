"""The laws of checks: what must be true of every one of them, found by its place."""

import re

import pytest
from msgspec import structs

from seatrial.algebra.outcomes import FAIL, PASS, UNKNOWN
from seatrial.app.catalogue import installed_catalogue, installed_checks
from seatrial.kit.checking import Limits
from seatrial.kit.worlds import World
from seatrial.model.evidence import Cause, Evidence, Gap
from seatrial.testing.proving import catalogue_of, in_memory, module_of, needs_of_claim, verdict, worlds
from seatrial.testing.worlds import hold, trial_of

CHECKS = installed_checks()
HEADINGS = ("Why", "What proves it", "What it does not prove", "How to fix", "References")
each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
WORLDS = [(check, trap) for check in CHECKS for _, _, trap in worlds(module_of(check))]
each_world = pytest.mark.parametrize(
    ("check", "trap"),
    WORLDS,
    ids=[f"{check.id}: {trap.name if trap else 'GOOD'}" for check, trap in WORLDS],
)


@each_world
def test_every_world_gives_its_outcome(check, trap):
    found = in_memory(check, trap)

    assert (trap.gives if trap else PASS) == found.outcome, (found.findings, found.gaps)
    if trap and trap.note:
        assert any(trap.note in note for finding in found.findings for note in finding.notes)


@each_check
def test_a_check_is_shown_to_fail(check):
    """A check that cannot fail proves nothing: some trap must."""
    assert FAIL in {trap.gives for trap in module_of(check).TRAPS}


@each_check
def test_its_page_is_its_docstring(check):
    page = module_of(check).__doc__ or ""

    for heading in HEADINGS:
        assert re.search(rf"^{heading}:\s*\S", page, re.MULTILINE), f"{check.id} lacks {heading}"
    assert page.splitlines()[0].endswith(".")


@each_check
def test_it_answers_a_claim_of_the_catalogue_as_the_catalogue_says(check):
    catalogue = installed_catalogue()
    claim = catalogue.claims[check.answers]

    assert check.subject.over == claim.over
    assert claim.among is not None, "say among in the catalogue"
    assert check.route in claim.routes
    vias = {
        via for item in catalogue.items for use in item.uses if use.claim.id == claim.id for via in use.via
    }
    assert check.via in vias if vias else not check.via
    stem = check.answers.replace("-", "_")
    suffix = f"_{check.via.replace('-', '_')}" if check.via else ""
    assert check.id == stem + suffix


@each_check
def test_it_stands_in_its_first_items_section(check):
    catalogue = installed_catalogue()
    first = next(item for item in catalogue.items if any(use.claim.id == check.answers for use in item.uses))

    assert check.module.split(".")[2] == f"s{first.section.rjust(2, '0')}"


@each_check
def test_no_subject_is_what_the_item_says_of_an_empty_list(check):
    use = catalogue_of(check).items[0].uses[0]
    if use.claim.over == "cluster":
        pytest.skip("there is always one cluster")
    found = verdict(check, trial_of(hold(World("")), needs_of_claim(check)))

    assert use.empty == found.outcome, (found.findings, found.gaps)


@each_check
def test_losing_an_answer_moves_nothing_towards_pass(check):
    """Every answer refused in turn, for every world: the claim, and each subject, stays what it is or becomes unknown."""
    for _, world, trap in worlds(module_of(check)):
        before = in_memory(check, trap)
        was = {row.subject: row.outcome for row in before.findings}
        for need in needs_of_claim(check):
            trial = trial_of(hold(world, trap), needs_of_claim(check))
            gap = Gap(need.id, Cause.REFUSED, "lost")
            lost = Evidence(need=need.id, schema=need.schema, collected_at=trial.now, gaps=(gap,))
            trial = structs.replace(trial, evidence={**trial.evidence, need.id: lost})
            after = verdict(check, trial)
            said = f"{trap.name if trap else 'GOOD'} without {need.id}"

            assert after.outcome in {before.outcome, UNKNOWN}, said
            for row in after.findings:
                assert row.outcome in {was.get(row.subject, row.outcome), UNKNOWN}, f"{said}: {row.subject}"


@each_check
def test_the_order_of_objects_does_not_matter(check):
    for _, _, trap in worlds(module_of(check)):
        assert in_memory(check, trap) == in_memory(check, trap, shuffled=3)


@each_check
def test_every_limit_says_its_unit_and_source(check):
    if check.limits is None:
        return
    assert issubclass(check.limits, Limits)
    for name, hint in check.limits.__annotations__.items():
        (meta,) = [row for row in getattr(hint, "__metadata__", ()) if row.description]
        assert meta.extra["source"], name
        assert "unit" in meta.extra, name
