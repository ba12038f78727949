"""Assessments as an attacker, or a very large cluster, would have them: for tests of reports."""

from msgspec import structs

from seatrial.engine.assess import Assessment
from seatrial.engine.waivers import EXPIRED, WaiverUse
from seatrial.model.finding import ClaimVerdict, Finding, ItemVerdict, Subject
from seatrial.model.outcome import Outcome
from seatrial.model.profile import GoLive, WaivedSubject

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(1)",
    "\t=1",
    "a|b\\|c`d``",
    "@team #1 GH-1 https://example.org www.example.org a@example.org",
    "![x](https://example.org/p.png) [y](javascript:alert(1)) <https://example.org>",
    "::error::x",
    "##[error]x ::stop-commands::t",
    "%0A::error::x\n::error::y\r",
    'a"b\\c,d;e',
    "\ufffe\uffff\x0b\x0c\x85",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</style><script>x</script>",
    "--><!--",
    "]]>",
    "&lt;b&gt; &amp; &#60;",
    "{{ 7 * 7 }}{% raw %}",
    "``code``",
    "a\u202eb\u2066c\x1b[31m\x00\ud800\ufeff",
    "line\nbreak\ttab",
)


def poisoned(assessment: Assessment, poison: str) -> Assessment:
    """The assessment with ``poison`` in every place that a cluster, a profile or a policy can fill."""

    def finding(row: Finding) -> Finding:
        subject = Subject(row.subject.kind, poison, poison, row.subject.group, poison)
        return structs.replace(
            row, subject=subject, observed=poison, expected=poison, notes=(poison,), names=(poison,)
        )

    def claim(row: ClaimVerdict) -> ClaimVerdict:
        gaps = tuple(structs.replace(gap, detail=poison, cure=poison) for gap in row.gaps)
        return structs.replace(
            row, findings=tuple(map(finding, row.findings)), gaps=gaps, apart=dict.fromkeys(row.apart, 1)
        )

    def item(row: ItemVerdict) -> ItemVerdict:
        return structs.replace(
            row, claims=tuple(map(claim, row.claims)), waiver=poison if row.waiver else "",
        )  # fmt: skip

    trial = assessment.trial
    profile = trial.profile
    # a trial is stored as JSON, which has no halves of characters
    stored = poison.encode("utf-8", "replace").decode()
    profile = structs.replace(
        profile,
        waivers=tuple(
            structs.replace(
                row,
                owner=stored,
                reason=stored,
                subjects=(WaivedSubject(kind=stored, namespace=stored, name=stored),),
            )
            for row in profile.waivers
        ),
        accepts=tuple(structs.replace(row, owner=stored, reason=stored) for row in profile.accepts),
        owners=dict.fromkeys(profile.owners, stored),
        stage=stored,
        go_live=GoLive(date=stored),
    )
    cluster = structs.replace(trial.cluster, server=stored, context=stored, version=stored, uid=stored)
    return structs.replace(
        assessment,
        trial=structs.replace(trial, name=stored, profile=profile, cluster=cluster, recorder=stored),
        items=tuple(map(item, assessment.items)),
        waits=tuple(structs.replace(row, action=poison) for row in assessment.waits),
        waivers=tuple(WaiverUse(row, EXPIRED) for row in profile.waivers),
        decision=structs.replace(assessment.decision, reasons=(poison,)),
    )


def grown(assessment: Assessment, owners: int) -> Assessment:
    """Every claim that was judged fails for so many owners of ten pods each, as in a cluster of 150,000 pods."""
    made: dict[str, tuple[Finding, ...]] = {}

    def claim(row: ClaimVerdict) -> ClaimVerdict:
        if not row.findings:
            return row
        first = row.findings[0]
        if row.id not in made:
            made[row.id] = tuple(
                structs.replace(
                    first,
                    key=f"{n:016}",
                    outcome=Outcome.FAIL,
                    subject=Subject("Deployment", f"checkout-worker-{n}", f"team-{n % 150:03}-production", "apps", "app"),
                    observed="not what was expected",
                    expected="what is expected",
                    members={"fail": 10},
                    names=tuple(f"checkout-worker-{n}-6f9ccd747c-{pod:05}" for pod in range(10)),
                )
                for n in range(owners)
            )  # fmt: skip
        return structs.replace(
            row, outcome=Outcome.FAIL, findings=made[row.id], counts={"fail": owners * 10, "pass": 140_000}
        )

    def item(row: ItemVerdict) -> ItemVerdict:
        claims = tuple(map(claim, row.claims))
        outcome = Outcome.FAIL if any(one.findings for one in claims) else row.outcome
        return structs.replace(row, claims=claims, outcome=outcome)

    return structs.replace(assessment, items=tuple(map(item, assessment.items)))
