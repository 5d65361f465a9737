"""`geotwin describe`: what a kind of component is, what may be given, what it shows, how it fails."""

import argparse
from typing import Any

from hil.reports.model_page import find, page_text


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    describe: argparse.ArgumentParser = commands.add_parser(
        "describe", help="a kind of component: its parameters, points and faults, and where it is used"
    )
    describe.add_argument("model", metavar="MODEL", help="name from `geotwin list models`, such as Pump")
    describe.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Print the page of the kind."""
    print(page_text(find(options.model)), end="")
    return 0
