"""No declared scheduled task is suspended.

Why: A task is suspended for an hour and forgotten for a year.

What proves it: ``spec.suspend`` of the CronJob that the profile names; and that its starting deadline is not so short
that the controller, which looks every ten seconds, may never start it. Jobs that are made suspended are remarked.

What it does not prove: That its runs succeed.

How to fix: ``kubectl patch cronjob NAME -p '{"spec":{"suspend":false}}'``; raise ``startingDeadlineSeconds``.

References: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-suspension
"""

from seatrial.kit import (
    FAIL,
    PASS,
    UNKNOWN,
    Annotated,
    CronJobs,
    DeclaredTask,
    Fix,
    Given,
    Judgement,
    Limits,
    Subject,
    World,
    add,
    check,
    failed,
    limit,
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
    trap("it is suspended", FAIL, patch("CronJob shop/report", {"spec": {"suspend": True}})),
    trap(
        "a deadline that the controller may always miss",
        FAIL,
        patch("CronJob shop/report", {"spec": {"startingDeadlineSeconds": 5}}),
    ),
    trap(
        "a deadline that it can keep",
        PASS,
        patch("CronJob shop/report", {"spec": {"startingDeadlineSeconds": 10}}),
    ),
    trap(
        "its jobs are made suspended, for a queue that lets them run",
        PASS,
        patch("CronJob shop/report", {"spec": {"jobTemplate": {"spec": {"suspend": True}}}}),
        note="made suspended",
    ),
    trap(
        "one of a suspended namesake in another namespace",
        PASS,
        add("""
apiVersion: batch/v1
kind: CronJob
metadata: {name: report, namespace: cart}
spec:
  schedule: "0 3 * * *"
  suspend: true
  jobTemplate:
    spec: {template: {spec: {restartPolicy: Never, containers: [{name: report, image: "shop/report:1"}]}}}
"""),
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


class Deadline(Limits, frozen=True):
    """What the controller can keep."""

    least_seconds: Annotated[
        int,
        limit(
            "the shortest starting deadline that the CronJob controller keeps",
            unit="s",
            source="the controller looks every 10 s (Kubernetes' documentation of CronJob)",
            ge=0,
        ),
    ] = 10


def fix(task: DeclaredTask, given: Given) -> Fix:  # noqa: ARG001  # there is one right value
    declared = task.declared
    of = Subject("CronJob", declared.cron_job, declared.namespace, "batch")
    return Fix(
        object={"spec": {"suspend": False}}, of=of, note="it runs again on its schedule: ask who suspended it"
    )


@check(answers="scheduled-task-enabled", via="cronjob", route="kube+profile", version=2)
def scheduled_task_enabled(task: DeclaredTask, jobs: CronJobs, limits: Deadline) -> Judgement:
    declared = task.declared
    found = jobs.find(declared.namespace, declared.cron_job)
    if found is None:
        return failed(f"there is no CronJob {declared.namespace}/{declared.cron_job}", "a CronJob")
    if found.spec.suspend:
        return failed("suspended", "suspend: false", at="/spec/suspend")
    deadline = found.spec.starting_deadline_seconds
    if deadline is not None and deadline < limits.least_seconds:
        observed = f"startingDeadlineSeconds {deadline}: it may never start"
        return failed(observed, f"{limits.least_seconds} s or more", at="/spec/startingDeadlineSeconds")
    waits = found.spec.job_template.spec.suspend
    note = "its jobs are made suspended: they wait until something else lets them run" if waits else ""
    return passed("not suspended", at="/spec", note=note)
