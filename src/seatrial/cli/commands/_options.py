"""Options that several commands share, as kubectl has them."""

from collections.abc import Callable
from typing import Any

import click

CLUSTER_OPTIONS = ("context", "kubeconfig", "as_user", "as_groups", "request_timeout")
"""The parameters that ``cluster_options`` gives to a command."""


def cluster_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Which cluster, and as whom: kubectl's names and meanings."""
    for option in reversed(
        (
            click.option("--context", metavar="NAME", help="The kubeconfig context to use."),
            click.option("--kubeconfig", metavar="FILE", help="The kubeconfig file to use instead of $KUBECONFIG."),
            click.option("--as", "as_user", metavar="USER", help="Act as another user."),
            click.option("--as-group", "as_groups", metavar="GROUP", multiple=True, help="Act in a group."),
            click.option(
                "--request-timeout", metavar="SECONDS", type=click.IntRange(1, 3600), default=60, show_default=True,
                help="The longest a single request may take.",
            ),
        )
    ):  # fmt: skip
        function = option(function)
    return function


profile_option = click.option(
    "--profile",
    "profile_path",
    metavar="FILE",
    help="The profile. Default: seatrial.yaml here, if there is one.",
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
