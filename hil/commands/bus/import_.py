"""`geotwin import`: a maker's table of registers, or a recording of the bus, becomes a device file."""

import argparse
import sys
from pathlib import Path
from typing import Any

from hil.bus.maps.register_types import ORDERS_WIDE, TABLES
from hil.commands.option_types import port
from hil.plain_text import one_line
from hil.runs.bus_record import recording
from hil.tables.addresses import MANUAL, ONE, ZERO
from hil.tables.device_text import settled
from hil.tables.entry import Table
from hil.tables.proposals import propose
from hil.tables.table_file import device_name, read_table
from hil.tables.words import MappingFile, Vocabulary, read_mapping
from hil.traffic.recorded_device import is_recording, recorded_name, recorded_source, recorded_table
from plant_models.plant import SAMPLE_START, build
from twin.errors import InputError
from twin.files import write_whole


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    importing: argparse.ArgumentParser = commands.add_parser(
        "import",
        help="make a device file from a maker's table of registers, or from a recording",
        description="Makes a device file from a table as makers deliver it: CSV, .xlsx, or a Telegraf configuration. "
        "What was guessed and what was not understood is told. From a recording of `geotwin proxy` or of a run: the "
        "words and bits of one unit id, with the values that they had last.",
    )
    importing.add_argument("table", metavar="TABLE", help="a .csv, .xlsx or Telegraf .toml file; a recording's folder")
    importing.add_argument("--out", metavar="FILE", help="write the device file here (default: print it)")
    importing.add_argument(
        "--for", nargs="+", metavar=("PLANT", "COMPONENT"), dest="plant", help="propose points of it"
    )
    importing.add_argument("--points", action="store_true", help="fill in the nearest point of each register")
    importing.add_argument("--name", metavar="NAME", help="name of the device (default: that of the file)")
    importing.add_argument("--source", metavar="TEXT", help="manual, revision, page (default: the file)")
    importing.add_argument("--mapping", metavar="FILE", help="a file that says what the table's words mean")
    importing.add_argument("--numbering", choices=(ZERO, ONE, MANUAL), help="how the table counts addresses")
    importing.add_argument("--order", choices=ORDERS_WIDE, help="bytes of wide values as sent")
    importing.add_argument("--table", choices=tuple(TABLES), dest="register_table", help="where none is named")
    importing.add_argument("--factors", choices=("multiply", "divide"), help="what a factor of 10 does")
    importing.add_argument("--sheet", metavar="NAME", help="of a spreadsheet (default: all that hold registers)")
    importing.add_argument("--unit", type=int, metavar="N", help="unit id in a Telegraf file or a recording")
    importing.add_argument("--port", type=port, metavar="P", help="of a recording, where a unit id is at several ports")
    importing.set_defaults(act=act_import)


def customs(options: argparse.Namespace) -> MappingFile:
    """What the mapping file and the options say about a table; the options go first."""
    given = read_mapping(options.mapping) if options.mapping else MappingFile()
    named = {
        "numbering": options.numbering,
        "order": options.order,
        "table": options.register_table,
        "factors": options.factors,
        "sheet": options.sheet,
        "unit": options.unit,
        "device": options.name,
        "source": options.source,
    }
    return given.model_copy(update={key: value for key, value in named.items() if value is not None})


def act_import(options: argparse.Namespace) -> int:
    """Write or print the device file; what was guessed and what was not understood goes to the other stream."""
    path, own = Path(options.table), customs(options)
    table, name, source = _read(path, own, options.port)
    if options.points and not options.plant:
        raise InputError("--points needs --for PLANT [COMPONENT]")
    text, device = settled(table, name, source)
    if options.plant:
        plant, component = _plant(options.plant)
        propose(table.entries, device, build(plant, SAMPLE_START, 86400.0).store, component, Vocabulary(own))
        text, device = settled(table, name, source, options.points)
    if options.out:
        out = Path(options.out)
        if out.exists():
            raise InputError(f"{out}: is there already; nothing is written over it")
        write_whole(out, text)
    else:
        print(text, end="")
    for line in _told(table, len(device.registers)):
        print(one_line(line), file=sys.stdout if options.out else sys.stderr)
    return 0


def _read(path: Path, own: MappingFile, number: int | None) -> tuple[Table, str, str]:
    """The rows of a table or a recording; name and source of the device."""
    if not is_recording(path):
        return read_table(path, own), own.device or device_name(path), own.source or f"{path.name}, as delivered"
    traffic, unit = recording(path), own.unit or 0
    table = recorded_table(traffic, path, own.unit, number)
    return table, own.device or recorded_name(path, unit), own.source or recorded_source(traffic, path, unit)


def _plant(words: list[str]) -> tuple[str, str]:
    if len(words) > 2:
        raise InputError(f"--for takes a plant and a component, not {len(words)} words")
    return words[0], words[1] if len(words) == 2 else ""


def _told(table: Table, count: int) -> list[str]:
    """What the table was taken for, what was not understood, and how many registers it gives."""
    lost = [entry for entry in table.entries if entry.lost]
    lines = [f"guessed: {guess}" for guess in table.guesses]
    lines += [f"not understood: {entry.place}: {entry.lost}; the row is a comment" for entry in lost]
    lines += [
        f"not understood: {entry.place}: {note}" for entry in table.entries if entry.register for note in entry.notes
    ]
    lines += [f"point: {e.keys['name']}: {' or '.join(e.ideas)}" for e in table.entries if e.register and e.ideas]
    return [*lines, f"{table.name}: {count} registers, {len(lost)} rows not understood"]
