"""`geotwin plant`: the page and the schematic of a plant."""

import argparse
from pathlib import Path
from typing import Any

from hil.plain_text import one_line
from hil.reports.plant_page import write_page


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    page: argparse.ArgumentParser = commands.add_parser("plant", help="write the page and the schematic of a plant")
    page.add_argument("plant", metavar="PLANT", help="name from `geotwin list plants`, or a plant file")
    page.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="folder for both files (default: here)")
    page.set_defaults(act=act_plant)


def act_plant(options: argparse.Namespace) -> int:
    """Write the page of a plant."""
    page = write_page(options.plant, options.out)
    print(one_line(f"{page}, {page.with_suffix('.svg')}"))
    return 0
