"""``seatrial completion``."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    source <(seatrial completion bash)
    """  # noqa: D301  # click reads \\b as a mark
    from seatrial.cli.main import program

    script = get_completion_class(shell)
    if script is None:  # click knows the three shells that the argument takes
        raise click.UsageError(f"no completion for {shell}")
    click.echo(script(program, {}, "seatrial", "_SEATRIAL_COMPLETE").source())
