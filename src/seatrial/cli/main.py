"""The program: ``seatrial``, ``python -m seatrial`` and ``kubectl seatrial`` are the same."""

import importlib
import pkgutil
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import click

import seatrial.cli.commands
from seatrial.model.errors import UserError

_ORDER = ("init", "doctor", "assess", "explain", "list", "diff", "fix", "waive")
"""The commands in the order in which a user meets them; others follow by name."""


class Commands(click.Group):
    """Commands are the modules of ``seatrial.cli.commands``; one is imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        names = [module.name for module in pkgutil.iter_modules(seatrial.cli.commands.__path__)]
        shown = [name for name in names if not name.startswith("_")]
        return sorted(shown, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"seatrial.cli.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            from seatrial.app.suggest import nearest

            raise UserError(
                f"there is no command {args[0]!r}{nearest(args[0], self.list_commands(ctx))}",
                hint="seatrial --help lists the commands",
            )
        return super().resolve_command(ctx, args)


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"seatrial {metadata.version('seatrial')}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
def program() -> None:
    """Proves that a Kubernetes platform is ready for production, item by item, from evidence.

    Start with `seatrial assess --demo`, then `seatrial assess` for the cluster of your current context.
    """


def main(args: list[str] | None = None) -> int:
    """Runs the program. Exit codes: 0 the gate holds, 1 it does not, 2 usage or configuration, 3 it cannot be told."""
    name = "kubectl seatrial" if Path(sys.argv[0]).name.startswith("kubectl-") else "seatrial"
    try:
        result: Any = program.main(args, prog_name=name, standalone_mode=False)
    except UserError as error:
        _complain(error.message, error.hint)
        return error.exit_code
    except click.ClickException as error:
        _complain(
            error.format_message(),
            f"{name} --help" if not isinstance(error, click.UsageError) else _help(error),
        )
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nstopped; nothing was written", err=True)
        return 130
    except BrokenPipeError:
        # whoever read our output has gone, as `| head` does
        sys.stderr.close()
        return 141
    return result if isinstance(result, int) else 0


def _help(error: click.UsageError) -> str:
    return f"{error.ctx.command_path} --help" if error.ctx is not None else "seatrial --help"


def _complain(message: str, hint: str) -> None:
    click.echo(f"error: {message}", err=True)
    if hint:
        click.echo(f"  try: {hint}", err=True)
