"""Every declared scheduled task last succeeded within 2 intervals plus its maximum run time.

Why: A job that starts every night and fails every night looks busy.

What proves it: ``status.lastSuccessfulTime`` of the CronJob, which its controller writes when a run succeeded, against the
schedule in its time zone. One that is younger than an interval has not had its chance.

What it does not prove: That a run which ended well did its work.

How to fix: ``kubectl get jobs``, and the log of the last pod; mend what fails.

References: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
"""

from datetime import datetime

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Annotated,
    CronJobs,
    DeclaredTask,
    Judgement,
    Limits,
    World,
    at,
    check,
    failed,
    limit,
    passed,
    patch,
    profile,
    refuse,
    remove,
    seen,
    serve,
    trap,
    unknown,
)
from seatrial.semantics import times
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
    trap(
        "it starts on time and never succeeded",
        FAIL,
        patch("CronJob shop/report", {"status": {"lastSuccessfulTime": None}}),
    ),
    trap(
        "its last success is three days old",
        FAIL,
        patch("CronJob shop/report", {"status": {"lastSuccessfulTime": "2026-05-29T03:10:00Z"}}),
    ),
    trap(
        "one night missed is within two intervals",
        PASS,
        patch("CronJob shop/report", {"status": {"lastSuccessfulTime": "2026-05-31T03:10:00Z"}}),
    ),
    trap(
        "a monthly task is judged by its month",
        PASS,
        patch(
            "CronJob shop/report",
            {"spec": {"schedule": "0 3 2 * *"}, "status": {"lastSuccessfulTime": "2026-05-02T03:10:00Z"}},
        ),
    ),
    trap(
        "younger than one interval",
        UNKNOWN,
        patch(
            "CronJob shop/report",
            {
                "metadata": {"creationTimestamp": "2026-06-01T08:00:00Z"},
                "status": {"lastScheduleTime": None, "lastSuccessfulTime": None},
            },
        ),
    ),
    trap(
        "a suspended task's old success grows old",
        FAIL,
        patch(
            "CronJob shop/report",
            {"spec": {"suspend": True}, "status": {"lastSuccessfulTime": "2026-05-01T03:10:00Z"}},
        ),
    ),
    trap(
        "no history of jobs is kept",
        PASS,
        patch(
            "CronJob shop/report", {"spec": {"successfulJobsHistoryLimit": 0, "failedJobsHistoryLimit": 0}}
        ),
        note="history",
    ),
    trap("the same world, three days later", FAIL, at("2026-06-04T12:00:00Z")),
    trap(
        "a schedule that cannot be read has no interval",
        FAIL,
        patch("CronJob shop/report", {"spec": {"schedule": "0 3 31 2 *"}}),
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


class Late(Limits, frozen=True):
    """How late a success may be."""

    intervals: Annotated[
        int, limit("intervals within which it must have succeeded", unit="intervals", source="17.4", ge=1)
    ] = 2


@check(answers="scheduled-task-success", via="cronjob", route="kube+profile")
def scheduled_task_success(task: DeclaredTask, jobs: CronJobs, now: datetime, limits: Late) -> Judgement:
    declared = task.declared
    found = jobs.find(declared.namespace, declared.cron_job)
    if found is None:
        return failed(f"there is no CronJob {declared.namespace}/{declared.cron_job}", "a CronJob")
    status = seen(found.status, "the status of CronJobs")
    try:
        interval = Schedule(found.spec.schedule, found.spec.time_zone).interval(now)
    except Malformed as error:
        return failed(str(error), "a schedule that Kubernetes reads")
    longest = times.parse_duration(declared.max_run_time)
    allowed = limits.intervals * interval + longest
    no_history = found.spec.successful_jobs_history_limit == 0 or found.spec.failed_jobs_history_limit == 0
    note = "no history of jobs is kept" if no_history else ""
    if status.last_successful_time is not None:
        age = now - times.parse_time(status.last_successful_time)
        if age <= allowed:
            return passed(f"last succeeded {times.show(age)} ago", note=note)
        return failed(f"last succeeded {times.show(age)} ago", f"within {times.show(allowed)}", note=note)
    created = found.metadata.creation_timestamp
    if created is None:
        return unknown("never succeeded, and its age is not known", "run again")
    if now - times.parse_time(created) < interval + longest:
        return unknown("younger than one interval", "wait for its first run")
    return failed("never succeeded", f"a success within {times.show(allowed)}", note=note)
