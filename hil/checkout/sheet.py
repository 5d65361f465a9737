"""The working list of a check-out: a line for each register, with what was seen and who signed it. Kept as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hil.bus.bus import Bus, Slot
from hil.bus.map_export import manual_address
from hil.bus.maps.register import Register
from hil.bus.unit import Unit
from hil.checkout.known_values import known_values, written
from hil.plain_text import one_line, sheet_cell
from twin.errors import InputError, unknown
from twin.files import read_text, write_whole

TO_CONTROLLER, FROM_CONTROLLER = "to controller", "from controller"
OPEN, SEEN, OK, FAILED, SKIPPED = "open", "seen", "ok", "failed", "skipped"
RESULTS = (OPEN, SEEN, OK, FAILED, SKIPPED)
"""`seen`: the rig has seen it read or written, and nobody has looked at the controller yet; `ok` is signed."""
HEADER = (
    "port", "unit", "device", "table", "address", "manual", "name", "type", "uom", "point", "direction", "values",
    "seen", "result", "by", "when", "remark",
)  # fmt: skip
_FIXED = ("unit", "table", "address", "type", "direction")
"""What has to be as it was when a list is taken up again."""
_KEPT = ("seen", "result", "by", "when", "remark")


@dataclass
class Item:
    """A register to be checked. seen: what the rig has seen, in words; the rest is what a person has said."""

    unit: Unit
    register: Register
    slot: Slot
    path: str
    values: list[float] = field(default_factory=list)
    seen: str = ""
    result: str = OPEN
    by: str = ""
    when: str = ""
    remark: str = ""

    @property
    def name(self) -> str:
        """`unit.register`."""
        return f"{self.unit.name}.{self.register.name}"

    @property
    def direction(self) -> str:
        """Whether the controller reads it or writes it."""
        return FROM_CONTROLLER if self.register.writable else TO_CONTROLLER

    def row(self) -> dict[str, str]:
        """The line of the list."""
        register = self.register
        unit = self.unit
        return {
            "port": str(unit.port), "unit": str(unit.unit), "device": unit.name, "table": register.table,
            "address": str(register.address), "manual": manual_address(register), "name": register.name,
            "type": register.type, "uom": register.uom, "point": self.path, "direction": self.direction,
            "values": written(register, self.values), "seen": self.seen, "result": self.result, "by": self.by,
            "when": self.when, "remark": self.remark,
        }  # fmt: skip


def items(bus: Bus) -> list[Item]:
    """Every register of a bench that a controller reads or writes, by unit and address; constants are left out."""
    found = []
    for unit in bus.units:
        for register in unit.device.registers:
            if register.constant:
                continue
            slot = bus.slot(f"{unit.name}.{register.name}")
            path = bus.path(slot)
            point = bus.store.point(path) if path else None
            values = known_values(register, point) if not register.writable else []
            found.append(Item(unit, register, slot, path, values))
    order = {id(unit): number for number, unit in enumerate(bus.units)}
    return sorted(found, key=lambda one: (order[id(one.unit)], one.register.table, one.register.address))


def sheet_text(lines: Sequence[Item]) -> str:
    """The list as CSV under HEADER."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({key: sheet_cell(text) for key, text in line.row().items()})
    return out.getvalue()


def save(lines: Sequence[Item], file: Path) -> None:
    """Write the list, whole or not at all."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, sheet_text(lines))
    except OSError as error:
        raise InputError(f"cannot write {file}: {error.strerror or error}") from error


def take_up(lines: Sequence[Item], file: Path) -> int:
    """Put what stands in a list of before into the lines; how many of them had a result.

    InputError where the list is of another bench: a register that is gone, or stands at another place.
    """
    named = {line.name: line for line in lines}
    done = 0
    for number, row in enumerate(_rows(file), 2):
        where, name = f"{file}:{number}", f"{row['device']}.{row['name']}"
        if name not in named:
            raise unknown("register", name, named, where)
        line, own = named[name], named[name].row()
        for key in _FIXED:
            if row[key] != own[key]:
                raise InputError(
                    f"{where}: {name} has {key} {row[key]!r} here and {own[key]!r} on the bench; begin anew in another "
                    "folder (--out)"
                )
        if row["result"] not in RESULTS:
            raise unknown("result", row["result"], RESULTS, where)
        for key in _KEPT:
            setattr(line, key, row[key])
        done += row["result"] != OPEN
    return done


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(read_text(file)), strict=True)
        if tuple(reader.fieldnames or ()) != HEADER:
            raise InputError(f"{file}:1: is no list of a check-out; expected the columns {', '.join(HEADER)}")
        return [{key: _plain(row, key, f"{file}:{number}") for key in HEADER} for number, row in enumerate(reader, 2)]
    except csv.Error as error:
        raise InputError(f"{file}: {error}") from error


def _plain(row: dict[str, str | None], key: str, where: str) -> str:
    text = row.get(key)
    if text is None or None in row:
        raise InputError(f"{where}: has not {len(HEADER)} cells")
    text = one_line(text)
    return text[1:] if text.startswith("'") else text
