"""``seatrial fix``."""

import click

from seatrial.cli.commands._options import profile_option, quiet_option


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    from seatrial.app.explaining import names

    return [name for name in names() if name.startswith(incomplete)]


@click.command("fix", short_help="The smallest change that mends a finding.")
@click.argument("names", metavar="[ITEM|CLAIM|CHECK|KEY]...", nargs=-1, shell_complete=_complete)
@click.option(
    "--manifests", metavar="PATH", multiple=True, help="The files or folders to mend; again for more."
)
@click.option("--replay", metavar="FILE", help="A recorded trial: prints kubectl patch commands.")
@click.option("--demo", is_flag=True, help="The recorded demo platform.")
@click.option("--all", "everything", is_flag=True, help="Everything that can be mended.")
@click.option(
    "--write", "writes", is_flag=True, help="Change the files; without it the change is only shown."
)
@click.option(
    "--set",
    "values",
    metavar="NAME=VALUE",
    multiple=True,
    help="What you decide, such as memory-limit=256Mi; again for more.",
)
@profile_option
@quiet_option
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    manifests: tuple[str, ...],
    replay: str | None,
    demo: bool,
    everything: bool,
    writes: bool,
    values: tuple[str, ...],
    profile_path: str | None,
    quiet: bool,
) -> None:
    """Show what mends findings: of ITEMs, CLAIMs, CHECKs or single findings by KEY; without a name, what there is to mend.

    Of manifests it is a diff of your files, comments and order kept, or with --write the files themselves; of a recorded
    trial a kubectl patch for each object, which you run or leave. Every change is proved: the patched object is judged
    again, must pass, and must make nothing else fail. What only you can know is asked for with --set; what cannot be
    mended by a change of a manifest is explained.

    \b
    seatrial fix --manifests deploy                          what can be mended
    seatrial fix 3.3 drop-all-capabilities --manifests deploy
    seatrial fix memory-limit --set memory-limit=256Mi --manifests deploy --write

    Exit code: 0 everything that was asked for is mended, 1 something is not, 2 usage.
    """  # noqa: D301  # click reads \b as a mark
    from seatrial.app import fixing
    from seatrial.cli.fixes import given_of, refuse, show
    from seatrial.cli.screen import page, progress

    refuse(manifests=manifests, replay=replay, demo=demo, writes=writes, selects=bool(names) or everything)
    found = fixing.plan(
        names,
        manifests=manifests,
        replay=replay,
        demo=demo,
        profile_path=profile_path,
        given=given_of(values),
        progress=progress(wanted=not quiet),
    )
    show(found, page(), lists=not names and not everything, writes=writes, quiet=quiet)
    ctx.exit(0 if all(not row.why for row in found.rows) else 1)
