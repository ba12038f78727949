"""One digest for all that a judgement depends on."""

from msgspec import structs

from seatrial.app import trials
from seatrial.model.profile import Profile
from seatrial.reports._digest import digest

DEMO = trials.demo()
NEED = "kube/list/core/pods"


def with_pods(**changes):
    pods = structs.replace(DEMO.evidence[NEED], **changes)
    return structs.replace(DEMO, evidence=DEMO.evidence | {NEED: pods})


def test_what_is_judged_changes_it():
    others = {
        digest(DEMO),
        digest(structs.replace(DEMO, now="2026-11-25T09:07:11Z")),
        digest(structs.replace(DEMO, profile=Profile())),
        digest(structs.replace(DEMO, declared=True)),
        digest(with_pods(chunks=())),
    }

    assert len(others) == 5


def test_how_it_is_packed_and_ordered_does_not():
    packed = with_pods(chunks=tuple(structs.replace(chunk, data=b"") for chunk in DEMO.evidence[NEED].chunks))
    turned = structs.replace(DEMO, evidence=dict(reversed(DEMO.evidence.items())))

    assert digest(packed) == digest(turned) == digest(DEMO)
