"""The `geotwin` command: its words, and the exit code of each of them."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import NoReturn

from hil import commands
from hil.commands.ending import signals_raised, told
from twin.errors import InputError

ABOUT = """\
geotwin is a test bench for the controllers of ground-source heat-pump plants. It runs a simulated plant
whose devices answer over Modbus TCP and MQTT as the real ones would, lets a scenario happen to it (a cold
snap, a failing pump, the change of season) and says whether the controller did what is required of it.
"""
ENDING = """\
exit codes: 0 all passed, 1 a requirement failed, 2 bad input, 3 the rig could not do its work, 4 nothing
failed but something could not be judged, 130 interrupted, 143 terminated (what was recorded is judged).

examples:
  geotwin run cold_snap                                  the reference controller through a cold snap
  geotwin run pump_failure --controller modbus:127.0.0.1:5020 --clock realtime --speed 10
                                                         your controller, connected to port 5020
  geotwin serve office --modbus-port 5020                the plant on the bus, for as long as you like
  geotwin map office --format csv > registers.csv        the register list for the controls engineer
"""


class OneLine(argparse.ArgumentParser):
    """A parser that says in a line what is wrong with the words."""

    def error(self, message: str) -> NoReturn:
        """Raise InputError with the message."""
        raise InputError(f"{message}; `{self.prog} --help` lists what there is")


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = OneLine(
        prog="geotwin", description=ABOUT, epilog=ENDING, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--version", action="version", version=f"geotwin {version('geotwin')}")
    words = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in commands.found():
        command.add_to(words)
    return top


def main(words: Sequence[str] | None = None) -> int:
    """Run the command with these words (those of the shell by default); returns the exit code."""
    try:
        options = parser().parse_args(words)
        with signals_raised():
            code: int = options.act(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Exception, KeyboardInterrupt) as error:  # whatever nobody foresaw is an error of the rig
        message, code = told(error)
        print(f"geotwin: {message}", file=sys.stderr)
        return code


if __name__ == "__main__":
    sys.exit(main())
