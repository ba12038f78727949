"""``seatrial explain``."""

import click

from seatrial.cli.commands._options import profile_option, quiet_option


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    from seatrial.app.explaining import names

    return [name for name in names() if name.startswith(incomplete)]


@click.command("explain", short_help="Explain an item, a claim, a check or a finding.")
@click.argument("name", shell_complete=_complete)
@click.option("--replay", metavar="FILE", help="And what a recorded trial found of it.")
@click.option("--manifests", metavar="PATH", multiple=True, help="And what is found of it in manifests.")
@click.option("--demo", is_flag=True, help="And what the recorded demo platform has of it.")
@profile_option
@quiet_option
def command(
    name: str,
    replay: str | None,
    manifests: tuple[str, ...],
    demo: bool,  # click gives flags so
    profile_path: str | None,
    quiet: bool,
) -> None:
    """Explain an item (3.7), a claim (memory-limit), a check (memory_limit) or a finding, by its key.

    Says what it means, how it is proved and how to mend it; with a run also what was found, object by object, what
    would change it, and the command to look for yourself.

    \b
    seatrial explain 3.7
    seatrial explain 3.7 --replay night.trial
    seatrial explain memory-limit --manifests deploy
    """  # noqa: D301  # click reads \b as a mark
    from seatrial.app.found import tell
    from seatrial.cli.screen import page, progress

    text = tell(
        name,
        page(),
        replay=replay,
        manifests=manifests,
        demo=demo,
        profile_path=profile_path,
        progress=progress(wanted=not quiet),
    )
    click.echo(text, nl=False)
    if not (replay or manifests or demo or quiet):
        from seatrial.app.runs import any_kept

        if any_kept():
            click.echo(f"what your last run found: seatrial explain {name} --replay last", err=True)
