"""``seatrial precommit``."""

import click

from seatrial.cli.commands._options import profile_option


@click.command("precommit", short_help="Judge changed manifests, for pre-commit.")
@click.option(
    "--manifests",
    metavar="PATH",
    multiple=True,
    help="The file or folder that holds all manifests, changed or not; again for more.",
)
@profile_option
@click.argument("files", nargs=-1)
@click.pass_context
def command(
    ctx: click.Context, files: tuple[str, ...], manifests: tuple[str, ...], profile_path: str | None
) -> None:
    """Judge all manifests and tell what fails in FILES, the changed ones.

    What only a live cluster can show refuses no commit; how much that is, is told.

    \b
    seatrial precommit --manifests deploy deploy/web.yaml

    Exit code: 0 nothing in FILES fails, 1 something does, 2 usage, 3 one of FILES cannot be read as manifests.
    """  # noqa: D301  # click reads \b as a mark
    from seatrial.app.precommit import judge_changed

    text, code = judge_changed(files, manifests, profile_path)
    click.echo(text, nl=False)
    ctx.exit(code)
