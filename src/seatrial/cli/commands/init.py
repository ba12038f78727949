"""``seatrial init``."""

from typing import Any

import click

from seatrial.cli.commands._options import CLUSTER_OPTIONS, cluster_options, quiet_option


@click.command("init", short_help="Write a profile that fits the cluster; read an old ticked list.")
@click.option("-o", "--output", metavar="FILE", help="The profile to write. Default: seatrial.yaml here.")
@click.option(
    "--ticks",
    metavar="FILE.md",
    help="Read the team's old ticked list instead, into ticks.yaml beside the profile.",
)
@click.option("--replay", metavar="FILE", help="Fit the cluster of a recorded trial.")
@click.option("--demo", is_flag=True, help="Fit the recorded demo platform.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@cluster_options
@quiet_option
def command(**options: Any) -> None:
    """Write a commented seatrial.yaml from what the cluster shows: namespaces sorted into the platform's and applications',
    components that were recognised, and what only people can declare. It sets the cluster's name and identity; all else
    stands as a proposal behind #, so that no verdict changes by a guess.

    With --ticks the team's old Markdown list is read: every report then says how much of what it calls done is proved.

    \b
    seatrial init --context prod
    seatrial init --ticks CHECKLIST.md
    """  # noqa: D301  # click reads \b as a mark
    from seatrial.app import beginning, ticks, trials
    from seatrial.app.assessing import choose_trial
    from seatrial.cli.screen import progress
    from seatrial.model.profile import Profile

    if options["ticks"]:
        for name in ("replay", "demo", "context"):
            if options[name]:
                raise click.UsageError(f"--ticks reads a list and no cluster: leave --{name} out")
        path, found = ticks.take(options["ticks"], options["output"], force=options["force"])
        for line in ticks.told(found, path):
            click.echo(line)
        return
    show = progress(wanted=not options["quiet"])
    if options["replay"] or options["demo"]:
        trial, _ = choose_trial(
            (), options["replay"], options["demo"], None, {"context": options["context"]}, show
        )
    else:
        choice = trials.ClusterChoice(**{name: options[name] for name in CLUSTER_OPTIONS})
        trial = trials.from_cluster(choice, Profile(), show)
    path = beginning.write_profile(trial, options["output"], force=options["force"])
    show("")
    click.echo(f"wrote {path}: read it, then seatrial assess")
