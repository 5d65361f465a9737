"""The register map of a whole bench as a controller's engineer wants it: CSV, YAML or Markdown."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from hil.bus.device_csv import cells
from hil.bus.device_map import DeviceMap
from hil.bus.register import Register
from hil.bus.register_types import TABLES
from hil.plain_text import code, markdown, sheet_cell

HEADER = (
    "port", "unit", "device", "table", "address", "name", "type", "order", "scale", "offset", "uom", "access", "min",
    "max", "point", "comment",
)  # fmt: skip


@dataclass(frozen=True)
class Placement:
    """A device where a client finds it. `component` is what it serves; its name leads the paths of the points.

    topic: what its MQTT topics begin with, such as geotwin/office/hp_1; "" where it has none
    """

    port: int
    unit: int
    device: str
    registers: DeviceMap
    component: str = ""
    topic: str = ""


def map_csv(placements: Sequence[Placement]) -> str:
    """One line per register, addresses zero-based, under the header `HEADER`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for placement in placements:
        for register in _sorted(placement):
            writer.writerow({key: sheet_cell(text) for key, text in _row(placement, register).items()})
    return out.getvalue()


def map_yaml(placements: Sequence[Placement]) -> str:
    """A list of devices, each with its registers; what a register does not have is left out."""
    devices: list[dict[str, Any]] = []
    for placement in placements:
        registers = [_typed_row(placement, register) for register in _sorted(placement)]
        head: dict[str, Any] = {"port": placement.port, "unit": placement.unit, "device": placement.device}
        head |= {"topic": placement.topic} if placement.topic else {}
        devices.append({**head, "source": placement.registers.source, "registers": registers})
    text: str = yaml.safe_dump(devices, sort_keys=False, allow_unicode=True, width=120)
    return text


def map_markdown(placements: Sequence[Placement]) -> str:
    """A section and a table per device."""
    columns = [name for name in HEADER if name not in ("port", "unit", "device")]
    lines: list[str] = []
    for placement in placements:
        lines += [f"## {placement.device}: port {placement.port}, unit {placement.unit}", ""]
        lines += [f"Source: {markdown(placement.registers.source)}", ""]
        if placement.topic:
            each = code(f"{placement.topic}/<name>")
            lines += [f"MQTT: {code(placement.topic)} (all as JSON), {each}, commands to `.../set`", ""]
        lines += ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
        for register in _sorted(placement):
            row = _row(placement, register)
            lines.append("| " + " | ".join(markdown(row.get(column, "")) for column in columns) + " |")
        lines.append("")
    return "\n".join(lines)


def _sorted(placement: Placement) -> Iterator[Register]:
    tables = list(TABLES)
    yield from sorted(placement.registers.registers, key=lambda r: (tables.index(r.table), r.address, r.bit or 0))


def _row(placement: Placement, register: Register) -> dict[str, str]:
    row = {"port": str(placement.port), "unit": str(placement.unit), "device": placement.device, **cells(register)}
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
    named = register.point and placement.component
    return f"{placement.component}.{register.point}" if named else register.point


def _meaning(register: Register) -> str:
    """What the columns of the map have no place for: bit, length, text, and the names of values and bits."""
    if register.type == "bit":
        return f"bit {register.bit}"
    if register.type == "string":
        return f"{register.words} registers" + (f", {register.text!r}" if register.text else "")
    return ", ".join(f"{number}={name}" for number, name in (register.values or register.bits).items())
