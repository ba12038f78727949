"""``seatrial waive``."""

import click

from seatrial.cli.commands._options import profile_option


@click.command("waive", short_help="Accept an item, or objects of it, until a day.")
@click.argument("item", metavar="ITEM[/CLAIM]")
@click.option(
    "--subject",
    "subjects",
    metavar="KIND/NAMESPACE/NAME",
    multiple=True,
    help="Only these objects; each word may be a pattern such as web-*; again for more.",
)
@click.option("--owner", metavar="WHO", required=True, help="Who answers for it.")
@click.option("--reason", metavar="TEXT", required=True, help="Why it is accepted.")
@click.option("--expires", metavar="DATE", required=True, help="The last day on which it holds: 2027-01-31.")
@click.option("--force", is_flag=True, help="Write over a waiver of the same name.")
@profile_option
def command(
    item: str,
    subjects: tuple[str, ...],
    owner: str,
    reason: str,
    expires: str,
    force: bool,
    profile_path: str | None,
) -> None:
    """Write a waiver into waivers/ beside the profile.

    A waiver changes what a gate asks, never a verdict: the item stays red, and says who accepts that until when. It is
    read with the profile; one that is over, or that covers nothing any more, is told in every report.

    \b
    seatrial waive 3.7/cpu-limit --subject 'Deployment/shop/*' --owner shop-team \\
        --reason "bursts at noon" --expires 2027-01-31
    """  # noqa: D301  # click reads \b as a mark
    from seatrial.app.waiving import waive

    path = waive(
        item,
        subjects=subjects,
        owner=owner,
        reason=reason,
        expires=expires,
        profile_path=profile_path,
        force=force,
    )
    click.echo(f"wrote {path}")
