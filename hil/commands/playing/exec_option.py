"""The option by which the rig starts the program of a controller, and ends it with the run (`--exec`)."""

from argparse import ArgumentParser


def add_exec(command: ArgumentParser) -> None:
    """Add `--exec` to a command."""
    command.add_argument(
        "--exec",
        dest="program",
        default="",
        metavar="COMMAND",
        help="start this program for each run and end it with it; {host} and {port} are where the devices answer, or "
        "where the broker is",
    )
