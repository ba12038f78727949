"""Every declared scheduled task exists as a CronJob or an equivalent schedule object.

Why: A task that nothing starts is not done, and nobody notices until its result is missed.

What proves it: The CronJob that the profile names exists, with a schedule and a time zone that Kubernetes reads.

What it does not prove: That it runs: the next claims ask that.

How to fix: Create the CronJob, or correct ``declares.scheduledTasks``; put the time zone into ``spec.timeZone``.

References: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    CronJobs,
    DeclaredTask,
    Judgement,
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
from seatrial.semantics.schedules import Malformed, Schedule

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
    trap("the CronJob is not there", FAIL, remove("CronJob shop/report")),
    trap(
        "it stands in another namespace",
        FAIL,
        profile(
            {
                "declares": {
                    "scheduledTasks": [
                        {
                            "name": "daily report",
                            "namespace": "cart",
                            "cronJob": "report",
                            "owner": "shop",
                            "reason": "finance",
                        }
                    ]
                }
            }
        ),
    ),
    trap(
        "the schedule has a time zone in it",
        FAIL,
        patch("CronJob shop/report", {"spec": {"schedule": "TZ=Europe/Berlin 0 3 * * *"}}),
    ),
    trap(
        "the time zone does not exist",
        FAIL,
        patch("CronJob shop/report", {"spec": {"timeZone": "Europe/Atlantis"}}),
    ),
    trap("a day that no month has", FAIL, patch("CronJob shop/report", {"spec": {"schedule": "0 3 31 2 *"}})),
    trap(
        "the schedule has a time zone in it by cron's own name",
        FAIL,
        patch("CronJob shop/report", {"spec": {"schedule": "CRON_TZ=UTC 0 3 * * *"}}),
    ),
    trap("a schedule in words", PASS, patch("CronJob shop/report", {"spec": {"schedule": "@daily"}})),
    trap("a real time zone", PASS, patch("CronJob shop/report", {"spec": {"timeZone": "Europe/Berlin"}})),
    trap("nothing is declared", UNKNOWN, profile({"declares": None})),
    trap("CronJobs cannot be listed", UNKNOWN, refuse("cronjobs")),
    trap(
        "another kind of schedule that this version cannot judge may be it",
        UNKNOWN,
        remove("CronJob shop/report"),
        serve("argoproj.io/v1alpha1", "cronworkflows"),
    ),
)


@check(answers="scheduled-task-deployed", via="cronjob", route="kube+profile")
def scheduled_task_deployed(task: DeclaredTask, jobs: CronJobs) -> Judgement:
    declared = task.declared
    found = jobs.find(declared.namespace, declared.cron_job)
    if found is None:
        return failed(f"there is no CronJob {declared.namespace}/{declared.cron_job}", "a CronJob")
    try:
        Schedule(found.spec.schedule, found.spec.time_zone)
    except Malformed as error:
        return failed(str(error), "a schedule that Kubernetes reads", at=("/spec/schedule", "/spec/timeZone"))
    zone = found.spec.time_zone or "the controller's time zone"
    return passed(f"CronJob {declared.cron_job}: {found.spec.schedule}, {zone}", at="/spec/schedule")
