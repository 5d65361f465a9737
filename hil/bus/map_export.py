"""The register map of a whole bench as a controller's engineer wants it: CSV, YAML or Markdown."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from hil.bus.bus_vector import path_of
from hil.bus.maps.device_csv import cells
from hil.bus.maps.device_map import DeviceMap
from hil.bus.maps.function_codes import READS, TABLE_OF
from hil.bus.maps.numbering import LEADING
from hil.bus.maps.register import Register
from hil.bus.maps.register_types import TABLES
from hil.bus.unit import ANY
from hil.plain_text import code, markdown, sheet_cell

HEADER = (
    "port", "unit", "device", "table", "address", "manual", "name", "type", "order", "scale", "offset", "uom", "access",
    "functions", "min", "max", "on_bad_write", "start", "point", "comment",
)  # fmt: skip
_ONE_WORD = (6, 22)
"""The functions that write one word alone."""
NOTES = """\
`address` counts from zero, as it stands in the frame; `manual` is the same as manuals count. `order` names the bytes
in the order in which they are sent. `functions` read and write the register; `min` to `max` is what may be written,
and `on_bad_write` what becomes of anything else: `exc3` is refused with exception 3, `clamp` is taken to the nearest
end, `ignore` is acknowledged and forgotten. `start` is what stands there when a run begins.
"""


@dataclass(frozen=True)
class Placement:
    """A device where a client finds it. `component` is what it serves; its name leads the paths of the points.

    topic: what its MQTT topics begin with, such as geotwin/office/hp_1; "" where it has none
    limits, start: lowest and highest value to write [uom], and the value at the start, of each register; empty where
                   they are not known
    """

    port: int
    unit: int
    device: str
    registers: DeviceMap
    component: str = ""
    topic: str = ""
    limits: Sequence[tuple[float, float]] = ()
    start: Sequence[float] = ()

    @property
    def unit_id(self) -> str:
        """The unit id in words."""
        return "any" if self.unit == ANY else str(self.unit)


def map_csv(placements: Sequence[Placement]) -> str:
    """One line per register, addresses zero-based, under the header `HEADER`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for placement in placements:
        for number in _sorted(placement):
            writer.writerow({key: sheet_cell(text) for key, text in _row(placement, number).items()})
    return out.getvalue()


def map_yaml(placements: Sequence[Placement]) -> str:
    """A list of devices, each with its registers; what a register does not have is left out."""
    devices: list[dict[str, Any]] = []
    for placement in placements:
        registers = [_typed_row(placement, placement.registers.registers[number]) for number in _sorted(placement)]
        head: dict[str, Any] = {"port": placement.port, "unit": placement.unit, "device": placement.device}
        head |= {"topic": placement.topic} if placement.topic else {}
        devices.append({**head, "source": placement.registers.source, "registers": registers})
    text: str = yaml.safe_dump(devices, sort_keys=False, allow_unicode=True, width=120)
    return text


def map_markdown(placements: Sequence[Placement]) -> str:
    """What the columns mean, then a section and a table per device."""
    columns = [name for name in HEADER if name not in ("port", "unit", "device")]
    lines: list[str] = [*NOTES.splitlines(), ""]
    for placement in placements:
        lines += [f"## {placement.device}: port {placement.port}, unit {placement.unit_id}", ""]
        lines += [f"Source: {markdown(placement.registers.source)}", ""]
        if placement.topic:
            each = code(f"{placement.topic}/<name>")
            lines += [f"MQTT: {code(placement.topic)} (all as JSON), {each}, commands to `.../set`", ""]
        lines += ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
        for number in _sorted(placement):
            row = _row(placement, number)
            lines.append("| " + " | ".join(markdown(row.get(column, "")) for column in columns) + " |")
        lines.append("")
    return "\n".join(lines)


def _sorted(placement: Placement) -> list[int]:
    """The numbers of the registers in order of their addresses."""
    tables, registers = list(TABLES), placement.registers.registers
    places = [(tables.index(r.table), r.address, r.bit or 0) for r in registers]
    return sorted(range(len(registers)), key=places.__getitem__)


def manual_address(register: Register) -> str:
    """The address as manuals count: 40001 is the first holding register, of more than 9999 six digits."""
    number, leading = register.address + 1, LEADING[register.table]
    return f"{leading}{number:04d}" if number <= 9999 else f"{leading}{number:05d}"


def functions(placement: Placement, register: Register) -> list[int]:
    """The Modbus functions that read and write a register."""
    known = placement.registers.functions
    found = []
    for function in sorted(number for number, table in TABLE_OF.items() if table in register.tables):
        fits = register.readable if function in READS else register.writable
        fits = fits and not (function in _ONE_WORD and register.words > 1 and not placement.registers.allow_partial)
        if fits and (known is None or function in known):
            found.append(function)
    return found


def _row(placement: Placement, number: int) -> dict[str, str]:
    register = placement.registers.registers[number]
    row = {"port": str(placement.port), "unit": placement.unit_id, "device": placement.device, **cells(register)}
    row["manual"] = manual_address(register)
    row["functions"] = " ".join(map(str, functions(placement, register)))
    row |= _of_the_bench(placement, number)
    row["comment"] = "; ".join(filter(None, (_meaning(register), register.comment)))
    row["point"] = _path(placement, register)
    return row


def _typed_row(placement: Placement, register: Register) -> dict[str, Any]:
    row = register.model_dump(by_alias=True, exclude_none=True) | {"point": _path(placement, register)}
    row["table"] = list(register.tables) if len(register.tables) > 1 else register.table
    if register.table in ("hr", "ir"):
        row["order"] = register.wire_order
    row |= {} if register.overflow == "wrap" else {"overflow": ""}
    return {key: value for key, value in row.items() if value not in ("", {})}


def _path(placement: Placement, register: Register) -> str:
    return path_of(register, placement.component) if placement.component else register.point


def _of_the_bench(placement: Placement, number: int) -> dict[str, str]:
    """What may be written to a register and what stands there at the start; nothing for one that is only read."""
    register = placement.registers.registers[number]
    if not register.writable or register.type == "string":
        return {"on_bad_write": ""}
    row: dict[str, str] = {}
    if placement.limits and register.kind.numeric:
        row["min"], row["max"] = (f"{limit:.7g}" for limit in placement.limits[number])
    if placement.start:
        start = placement.start[number]
        row["start"] = register.values.get(round(start), f"{start:.7g}")
    return row


def _meaning(register: Register) -> str:
    """What the columns of the map have no place for."""
    if register.type == "bit":
        told = f"bit {register.bit}"
    elif register.type == "string":
        told = f"{register.words} registers" + (f", {register.text!r}" if register.text else "")
    else:
        told = ", ".join(f"{number}={name}" for number, name in (register.values or register.bits).items())
    parts = [
        told,
        f"{register.byte} byte" if register.byte else "",
        f"always {register.fixed}" if register.constant else "",
        ", ".join(f"no value ({state}): {number:g}" for state, number in (register.missing or {}).items()),
        f"starts again at {register.modulo:g}" if register.modulo else "",
        "turns over at its end" if register.overflow == "wrap" else "",
        f"forgotten after {register.expires:g} s" if register.expires else "",
    ]
    return "; ".join(filter(None, parts))
