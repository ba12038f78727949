"""What ``seatrial fix`` shows: the list, the diff or the commands; reasons and cautions on standard error."""

from collections.abc import Sequence

import click

from seatrial.app import fixing
from seatrial.model.errors import UserError
from seatrial.reports._page import Page, plain, shorten


def refuse(*, manifests: Sequence[str], replay: str | None, demo: bool, writes: bool, selects: bool) -> None:
    """Raises UserError for what cannot be asked together."""
    sources = [
        name for name, given in (("--manifests", manifests), ("--replay", replay), ("--demo", demo)) if given
    ]
    if len(sources) != 1:
        raise UserError(
            f"{' and '.join(sources)} ask for different things" if sources else "it is not said what to mend",
            hint="--manifests FOLDER, or --replay FILE of a run that you kept",
        )
    if writes and not manifests:
        raise UserError(
            "--write changes files, and there are none", hint="--manifests FOLDER; a cluster is never changed"
        )
    if writes and not selects:
        raise UserError("--write without a choice", hint="name items, claims, checks or findings, or --all")


def given_of(values: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` words. Raises UserError for another one."""
    given = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise UserError(f"--set {plain(text)!r} sets nothing", hint="--set memory-limit=256Mi")
        given[name] = value
    return given


def show(found: fixing.Plan, page: Page, *, lists: bool, writes: bool, quiet: bool) -> None:
    """Prints a plan."""
    if lists:
        for row in found.rows:
            says = f"{row.mend.claim}: {row.mend.subject}" + (f": {row.why}" if row.why else "")
            click.echo(shorten(plain(f"{'fix' if not row.why else ' - '} {row.mend.key} {says}"), page.width))
        if found.mended:
            click.echo("seatrial fix KEY shows one, --all all of them", err=True)
        click.echo(
            f"{len(found.mended)} of {len(found.rows)} failing objects can be mended by a change of a manifest",
            err=True,
        )
        return
    if writes:
        fixing.write(found.texts, click.echo)
    elif found.texts:
        click.echo("".join(fixing.diffs(found.texts)), nl=False)
    elif found.recorded:
        for command in fixing.commands(found):
            click.echo(command)
    if quiet:
        return
    for note in dict.fromkeys(
        row.mend.fix.note for row in found.mended if row.mend.fix and row.mend.fix.note
    ):
        click.echo(f"try first: {note}", err=True)
    for row in found.rows:
        if row.why:
            click.echo(plain(f"not mended: {row.mend.claim}: {row.mend.subject}: {row.why}"), err=True)
    click.echo(f"{len(found.mended)} of {len(found.rows)} findings mended, each judged again", err=True)
