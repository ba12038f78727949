"""Every declared scheduled task forbids or replaces overlapping runs, or justifies allowing them.

Why: Two runs of one task at once double the load at the worst time, and may spoil each other's work.

What proves it: ``spec.concurrencyPolicy`` of the CronJob: Forbid or Replace. Unset means Allow, which needs a reason under
``overlap`` in the profile.

What it does not prove: That nobody starts a run by hand.

How to fix: Set ``concurrencyPolicy: Forbid``; or say in the profile why overlapping runs do no harm.

References: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    CronJobs,
    DeclaredTask,
    Fix,
    Given,
    Judgement,
    Subject,
    World,
    check,
    failed,
    passed,
    patch,
    profile,
    refuse,
    remove,
    serve,
    trap,
)

GOOD = World(
    """
apiVersion: batch/v1
kind: CronJob
metadata: {name: report, namespace: shop, creationTimestamp: "2026-01-01T00:00:00Z"}
spec:
  schedule: "0 3 * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec: {template: {spec: {restartPolicy: Never, containers: [{name: report, image: "shop/report:1"}]}}}
status: {lastScheduleTime: "2026-06-01T03:00:00Z", lastSuccessfulTime: "2026-06-01T03:10:00Z"}
""",
    profile="""
declares:
  scheduledTasks:
  - {name: daily report, namespace: shop, cronJob: report, maxRunTime: 30m, owner: shop, reason: finance needs it}
""",
)

TRAPS = (
    trap("Allow", FAIL, patch("CronJob shop/report", {"spec": {"concurrencyPolicy": "Allow"}})),
    trap(
        "Allow, and two runs are under way at once",
        FAIL,
        patch(
            "CronJob shop/report",
            {
                "spec": {"concurrencyPolicy": "Allow"},
                "status": {
                    "active": [
                        {"apiVersion": "batch/v1", "kind": "Job", "namespace": "shop", "name": f"report-{at}"}
                        for at in (1, 2)
                    ]
                },
            },
        ),
    ),
    trap("unset means Allow", FAIL, patch("CronJob shop/report", {"spec": {"concurrencyPolicy": None}})),
    trap("Replace", PASS, patch("CronJob shop/report", {"spec": {"concurrencyPolicy": "Replace"}})),
    trap(
        "Allow with a reason",
        PASS,
        patch("CronJob shop/report", {"spec": {"concurrencyPolicy": "Allow"}}),
        profile(
            {
                "declares": {
                    "scheduledTasks": [
                        {
                            "name": "daily report",
                            "namespace": "shop",
                            "cronJob": "report",
                            "overlap": "each run has its own day",
                            "owner": "shop",
                            "reason": "finance",
                        }
                    ]
                }
            }
        ),
        note="own day",
    ),
    trap("the CronJob is not there", FAIL, remove("CronJob shop/report")),
    trap("nothing is declared", UNKNOWN, profile({"declares": None})),
    trap("CronJobs cannot be listed", UNKNOWN, refuse("cronjobs")),
    trap(
        "another kind of schedule that this version cannot judge may be it",
        UNKNOWN,
        remove("CronJob shop/report"),
        serve("argoproj.io/v1alpha1", "cronworkflows"),
    ),
)


def fix(task: DeclaredTask, given: Given) -> Fix:  # noqa: ARG001  # there is one right value
    declared = task.declared
    of = Subject("CronJob", declared.cron_job, declared.namespace, "batch")
    return Fix(
        object={"spec": {"concurrencyPolicy": "Forbid"}},
        of=of,
        note="a run that takes too long keeps the next one back",
    )


@check(answers="concurrency-policy", via="cronjob", route="kube+profile")
def concurrency_policy(task: DeclaredTask, jobs: CronJobs) -> Judgement:
    declared = task.declared
    found = jobs.find(declared.namespace, declared.cron_job)
    if found is None:
        return failed(f"there is no CronJob {declared.namespace}/{declared.cron_job}", "a CronJob")
    policy = found.spec.concurrency_policy or "Allow"
    if policy in {"Forbid", "Replace"}:
        return passed(f"concurrencyPolicy {policy}", at="/spec/concurrencyPolicy")
    if declared.overlap:
        return passed(
            f"concurrencyPolicy {policy}", at="/spec/concurrencyPolicy", note=f"declared: {declared.overlap}"
        )
    active = len(found.status.active) if found.status is not None else 0
    at_once = f", {active} runs at once now" if active > 1 else ""
    expected = "Forbid, Replace, or a reason under overlap"
    return failed(f"concurrencyPolicy {policy}{at_once}", expected, at="/spec/concurrencyPolicy")
