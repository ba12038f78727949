"""``seatrial explain``."""

import click


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    from seatrial.app.explaining import names

    return [name for name in names() if name.startswith(incomplete)]


@click.command("explain", short_help="Explain an item, a claim or a check.")
@click.argument("name", shell_complete=_complete)
def command(name: str) -> None:
    """Explain an item (3.7), a claim (memory-limit) or a check (memory_limit).

    Says what it means, how it is proved, what would change it, and how to mend it.
    """
    from seatrial.app.explaining import explain
    from seatrial.cli.screen import page

    click.echo(explain(name, page().width), nl=False)
