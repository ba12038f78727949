"""``seatrial list``."""

import click

KINDS = ("items", "claims", "checks", "needs", "runs")


@click.command("list", short_help="List items, claims, checks, needs or runs.")
@click.argument("kind", type=click.Choice(KINDS))
@click.option(
    "-o", "--output", "form", type=click.Choice(["table", "json", "name"]), default="table", show_default=True
)
def command(kind: str, form: str) -> None:
    """List what this version knows: the checklist's ITEMS, the CLAIMS they are made of, the CHECKS that answer
    claims (one row per item and claim), the NEEDS: the questions that are asked of the systems; and the RUNS that
    seatrial assess --save kept.
    """
    from seatrial.app.listing import rows

    headings, found = rows(kind)
    if kind == "runs" and not found and form == "table":
        click.echo("no run is kept yet; seatrial assess --save keeps one", err=True)
    if form == "json":
        import json

        keyed = [dict(zip(headings, row, strict=True)) for row in found]
        click.echo(json.dumps(keyed, indent=2, ensure_ascii=False))
        return
    if form == "name":
        for name in dict.fromkeys(row[0] for row in found):
            click.echo(name)
        return
    widths = [max(len(row[at]) for row in (headings, *found)) for at in range(len(headings))]
    for row in (tuple(heading.upper() for heading in headings), *found):
        click.echo("  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip())
