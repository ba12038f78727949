"""Every declared scheduled task last succeeded within 2 intervals plus its maximum run time.

Why: A job that starts every night and fails every night looks busy.

What proves it: ``status.lastSuccessfulTime`` of the CronJob, which its controller writes when a run succeeded, against the
schedule in its time zone; an interval is the longest between its last runs. One that is younger than an interval has
not had its chance. Where neither limit keeps any job, no run can be looked into, and that fails; one limit of 0 is remarked.

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
    Change,
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

JOB = "CronJob shop/report"
NEVER = {"lastScheduleTime": None, "lastSuccessfulTime": None}


def runs(schedule: str, last_success: str, **fields: object) -> Change:
    return patch(
        JOB, {"spec": {"schedule": schedule, **fields}, "status": {"lastSuccessfulTime": last_success}}
    )


def created(at: str, **status: object) -> Change:
    return patch(JOB, {"metadata": {"creationTimestamp": at}, "status": status})


TRAPS = (
    trap("it starts on time and never succeeded", FAIL, patch(JOB, {"status": {"lastSuccessfulTime": None}})),
    trap("its last success is three days old", FAIL, runs("0 3 * * *", "2026-05-29T03:10:00Z")),
    trap("one night missed is within two intervals", PASS, runs("0 3 * * *", "2026-05-31T03:10:00Z")),
    trap("two intervals and the longest run, to the minute", PASS, runs("0 3 * * *", "2026-05-30T11:30:00Z")),
    trap("a minute more than two intervals and the longest run", FAIL, runs("0 3 * * *", "2026-05-30T11:29:00Z")),
    trap("a monthly task is judged by its month", PASS, runs("0 3 2 * *", "2026-05-02T03:10:00Z")),
    trap("a task of working days is judged by its weekend", PASS, runs("0 3 * * 1-5", "2026-05-27T03:10:00Z")),
    trap("a task of every ten minutes, an hour late", FAIL, runs("*/10 * * * *", "2026-06-01T10:30:00Z")),
    trap("a night of 25 hours makes no task late", PASS, at("2026-10-26T12:00:00Z"),
         runs("30 2 * * *", "2026-10-24T10:40:00Z", timeZone="Europe/Berlin")),
    trap("younger than one interval", UNKNOWN, created("2026-06-01T08:00:00Z", **NEVER)),
    trap("a monthly task that is young", UNKNOWN,
         patch(JOB, {"spec": {"schedule": "0 3 2 * *"}}), created("2026-05-20T08:00:00Z", **NEVER)),
    trap("older than one interval, and it never ran", FAIL, created("2026-05-30T08:00:00Z", **NEVER)),
    trap("young, and its first run succeeded", PASS, created("2026-06-01T02:00:00Z")),
    trap("a suspended task's old success grows old", FAIL, runs("0 3 * * *", "2026-05-01T03:10:00Z", suspend=True)),
    trap("no history of jobs is kept at all", FAIL,
         patch(JOB, {"spec": {"successfulJobsHistoryLimit": 0, "failedJobsHistoryLimit": 0}})),
    trap("no history of failed jobs is kept", PASS, patch(JOB, {"spec": {"failedJobsHistoryLimit": 0}}), note="history"),
    trap("no history of jobs that succeeded is kept", PASS,
         patch(JOB, {"spec": {"successfulJobsHistoryLimit": 0}}), note="history"),
    trap("the same world, three days later", FAIL, at("2026-06-04T12:00:00Z")),
    trap("the profile allows five intervals", PASS, at("2026-06-04T12:00:00Z"),
         profile({"limits": {"scheduled-task-success": {"intervals": 5}}})),
    trap("a schedule that cannot be read has no interval", FAIL, patch(JOB, {"spec": {"schedule": "0 3 31 2 *"}})),
    trap("the CronJob is not there", FAIL, remove(JOB)),
    trap("nothing is declared", UNKNOWN, profile({"declares": None})),
    trap("CronJobs cannot be listed", UNKNOWN, refuse("cronjobs")),
    trap("another kind of schedule that this version cannot judge may be it", UNKNOWN,
         remove(JOB), serve("argoproj.io/v1alpha1", "cronworkflows")),
)  # fmt: skip


class Late(Limits, frozen=True):
    """How late a success may be."""

    intervals: Annotated[
        int, limit("intervals within which it must have succeeded", unit="intervals", source="17.4", ge=1)
    ] = 2


@check(answers="scheduled-task-success", via="cronjob", route="kube+profile", version=2)
def scheduled_task_success(task: DeclaredTask, jobs: CronJobs, now: datetime, limits: Late) -> Judgement:
    declared = task.declared
    found = jobs.find(declared.namespace, declared.cron_job)
    if found is None:
        return failed(f"there is no CronJob {declared.namespace}/{declared.cron_job}", "a CronJob")
    status = seen(found.status, "the status of CronJobs")
    try:
        interval = Schedule(found.spec.schedule, found.spec.time_zone).interval(now)
    except Malformed as error:
        return failed(str(error), "a schedule that Kubernetes reads", at=("/spec/schedule", "/spec/timeZone"))
    longest = times.parse_duration(declared.max_run_time)
    allowed = limits.intervals * interval + longest
    limits_kept = (found.spec.successful_jobs_history_limit, found.spec.failed_jobs_history_limit)
    if limits_kept == (0, 0):
        observed = "no history of jobs is kept, so no run can be looked into"
        return failed(observed, "a history limit above 0", at="/spec/failedJobsHistoryLimit")
    note = "a history limit is 0: no such job is kept to look into" if 0 in limits_kept else ""
    expected = f"a success within {times.show(allowed)}"
    if status.last_successful_time is not None:
        age = now - times.parse_time(status.last_successful_time)
        observed, at = f"last succeeded {times.show(age)} ago", "/status/lastSuccessfulTime"
        if age <= allowed:
            return passed(observed, at=at, note=note)
        return failed(observed, expected, at=at, note=note)
    created = found.metadata.creation_timestamp
    if created is None:
        return unknown("never succeeded, and its age is not known", "run again")
    if now - times.parse_time(created) < interval + longest:
        return unknown("younger than one interval", "wait for its first run")
    return failed("never succeeded", expected, at="/status", note=note)
