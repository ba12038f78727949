"""``seatrial doctor``."""

from typing import Any

import click

from seatrial.cli.commands._options import CLUSTER_OPTIONS, cluster_options, profile_option, quiet_option


@click.command("doctor", short_help="What cannot be read, and the rule that is missing.")
@click.option(
    "--rbac", is_flag=True, help="Print the ClusterRole that reading everything needs, and nothing else."
)
@click.option(
    "--namespaced", is_flag=True, help="With --rbac: a Role for each namespace, instead of a ClusterRole."
)
@click.option(
    "--bind-to",
    metavar="SUBJECT",
    multiple=True,
    help="With --rbac: bind it too, to user:NAME, group:NAME or serviceaccount:NAMESPACE:NAME; again for more.",
)
@click.option(
    "-n",
    "--namespace",
    "namespaces",
    metavar="NAME",
    multiple=True,
    help="A namespace to ask about, or to print a Role for; again for more.",
)
@profile_option
@cluster_options
@quiet_option
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Show what stands between unknown and decided: what you may not read, and what nobody declared.

    Asks the API server itself what you may read in the whole cluster, and where that is not everything, in each
    namespace. What most items wait on comes first.

    \b
    seatrial doctor --context prod
    seatrial doctor --rbac --bind-to user:ann | kubectl apply -f -
    seatrial doctor --rbac --namespaced -n shop --bind-to serviceaccount:shop:reader

    Exit code: 0 everything can be read, 1 something cannot, 2 usage or configuration.
    """  # noqa: D301  # click reads \b as a mark
    _refuse_half_options(options)
    if options["rbac"]:
        from seatrial.app import rights

        bind_to = options["bind_to"]
        wide = not options["namespaced"]
        text = rights.cluster_role(bind_to) if wide else rights.roles(options["namespaces"], bind_to)
        click.echo(text, nl=False)
        return
    from seatrial.app import diagnosing
    from seatrial.cli.screen import progress

    report, whole = diagnosing.diagnose(
        {name: options[name] for name in (*CLUSTER_OPTIONS, "namespaces")},
        options["profile_path"],
        progress(wanted=not options["quiet"]),
    )
    click.echo(report, nl=False)
    ctx.exit(0 if whole else 1)


def _refuse_half_options(options: dict[str, Any]) -> None:
    """Raises UsageError for an option that would be of no effect."""
    for name in ("namespaced", "bind_to"):
        if options[name] and not options["rbac"]:
            raise click.UsageError(f"--{name.replace('_', '-')} needs --rbac")
    if options["rbac"] and options["namespaces"] and not options["namespaced"]:
        raise click.UsageError("--rbac --namespace needs --namespaced: a ClusterRole is of no namespace")
