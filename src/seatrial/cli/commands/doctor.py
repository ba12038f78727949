"""``seatrial doctor``."""

from typing import Any

import click

from seatrial.cli.commands._options import cluster_options, profile_option, quiet_option


@click.command("doctor", short_help="What cannot be read, and the rule that is missing.")
@click.option(
    "--rbac", is_flag=True, help="Print the ClusterRole that reading everything needs, and nothing else."
)
@profile_option
@cluster_options
@quiet_option
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Show what stands between unknown and decided: what you may not read, and what nobody declared.

    Asks the API server itself, by SelfSubjectAccessReview, whether each list may be read in the whole cluster.

    \b
    seatrial doctor --context prod
    seatrial doctor --rbac | kubectl apply -f -

    Exit code: 0 everything can be read, 1 something cannot, 2 usage or configuration.
    """  # noqa: D301  # click reads \b as a mark
    from seatrial.app import diagnosing
    from seatrial.cli.screen import progress

    if options["rbac"]:
        click.echo(diagnosing.cluster_role(), nl=False)
        return
    choice = {
        name: options[name] for name in ("context", "kubeconfig", "as_user", "as_groups", "request_timeout")
    }
    report, whole = diagnosing.diagnose(
        choice, options["profile_path"], progress(wanted=not options["quiet"])
    )
    click.echo(report, nl=False)
    ctx.exit(0 if whole else 1)
