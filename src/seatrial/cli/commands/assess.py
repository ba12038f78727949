"""``seatrial assess``."""

from typing import Any

import click

from seatrial.cli.commands._options import CLUSTER_OPTIONS, cluster_options, profile_option, quiet_option

KEEP = "-"
"""What ``--save`` without a file is."""

EXIT = {"pass": 0, "fail": 1, "unknown": 3}


def _complete_format(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    from seatrial.app.reporting import formats

    return [name for name in formats() if name.startswith(incomplete)]


@click.command("assess", short_help="Judge a cluster, manifests or a recorded trial.")
@click.option(
    "--manifests",
    metavar="PATH",
    multiple=True,
    help="Judge manifests: a file, a folder, or - for standard input.",
)
@click.option(
    "--replay", metavar="FILE", help="Judge a recorded trial again: the same verdicts, on any machine."
)
@click.option("--demo", is_flag=True, help="Judge the recorded demo platform; no cluster is needed.")
@click.option(
    "-o",
    "--output",
    "outputs",
    metavar="FORMAT[=FILE]",
    multiple=True,
    default=("table",),
    show_default=True,
    shell_complete=_complete_format,
    help="A report: table, html, markdown, json, yaml, csv, junit, sarif, github, openreports or prometheus; several "
    "at once, to files or to standard output.",
)
@click.option(
    "--save",
    metavar="[FILE]",
    is_flag=False,
    flag_value=KEEP,
    help="Keep the trial: evidence, profile and time, in one file; without FILE in your data directory, to be compared "
    "with later runs.",
)
@click.option(
    "--keep-runs",
    metavar="N",
    type=click.IntRange(1),
    default=30,
    show_default=True,
    help="How many runs of a cluster --save keeps in your data directory.",
)
@click.option(
    "--gate",
    metavar="GATE",
    default="go-live",
    show_default=True,
    help="go-live (everything), ratchet (nothing got worse since --baseline), none, or items such as '3.*,17.*'.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    help="The run to compare with: a trial file, the name of a kept run, or last.",
)
@profile_option
@cluster_options
@click.option(
    "-n",
    "--namespace",
    "namespaces",
    metavar="NAME",
    multiple=True,
    help="A namespace to read where you may not read the whole cluster; again for more.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.IntRange(1, 86400),
    default=600,
    show_default=True,
    help="The longest that reading may take in all; what is not read by then stays unknown.",
)
@click.option("--timings", is_flag=True, help="Show the seconds that each source and each check took.")
@click.option(
    "--color",
    "colour",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; auto means on a terminal, unless NO_COLOR is set.",
)
@quiet_option
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Judge every item of the checklist from evidence.

    Reads the cluster of the current context, or what another option names; never writes to it.

    \b
    seatrial assess --demo                            the recorded demo platform
    seatrial assess --context prod --save night.trial
    seatrial assess --replay night.trial -o json
    helm template . | seatrial assess --manifests -
    seatrial assess --save --gate ratchet --baseline last

    Exit code: 0 the gate holds, 1 it does not, 2 usage or configuration, 3 it cannot be told.
    """  # noqa: D301  # click reads \b as a mark
    from seatrial.app.assessing import run
    from seatrial.cli.screen import page, progress

    assessment = run(
        manifests=options["manifests"],
        replay=options["replay"],
        demo=options["demo"],
        outputs=options["outputs"],
        save=None if options["save"] == KEEP else options["save"],
        kept=options["keep_runs"] if options["save"] == KEEP else 0,
        baseline_name=options["baseline"],
        gate=options["gate"],
        profile_path=options["profile_path"],
        choice={name: options[name] for name in (*CLUSTER_OPTIONS, "namespaces", "timeout")},
        page=page(options["colour"], timings=options["timings"]),
        progress=progress(wanted=not options["quiet"]),
        show=lambda text: click.echo(text, nl=False),
    )
    ctx.exit(EXIT[str(assessment.decision.outcome)])
