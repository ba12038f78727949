"""``seatrial diff``."""

import click


@click.command("diff", short_help="What changed between two runs.")
@click.argument("before")
@click.argument("after")
@click.option(
    "-o", "--output", "form", type=click.Choice(["table", "json"]), default="table", show_default=True
)
@click.pass_context
def command(ctx: click.Context, before: str, after: str, form: str) -> None:
    """Compare two runs of one cluster: items and objects that are worse, better, new, gone, or unknown now.

    BEFORE and AFTER are trial files, names of kept runs (seatrial list runs), or last. Both are judged by the checks of
    this version.

    \b
    seatrial diff monday.trial last

    Exit code: 0 nothing is worse, 1 something is worse, new or unknown now, 2 usage.
    """  # noqa: D301  # click reads \b as a mark
    from seatrial.app.comparing import diff
    from seatrial.cli.screen import page

    text, worse = diff(before, after, form, page())
    click.echo(text, nl=False)
    ctx.exit(1 if worse else 0)
