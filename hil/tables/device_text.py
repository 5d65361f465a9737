"""The text of a device file for a table: rows that `geotwin check` does not take become comments with the reason."""

import json
import re
from collections.abc import Mapping, Sequence

from hil.bus.maps.device_file import parse_device
from hil.bus.maps.device_map import DeviceMap
from hil.tables.entry import Entry, Key, Table, cut
from twin.errors import InputError
from twin.files import TEXT_MOST
from twin.yaml_lines import load

_FILE = "device.yaml"
_PLACED = re.compile(rf"{re.escape(_FILE)}:(?P<line>\d+):\d+: (?P<message>.*)", re.DOTALL)
_OF_LINE = re.compile(r" (?:of|in) line (\d+)$")
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./%-]*|-?[0-9][0-9.e+-]*")


def settled(table: Table, device: str, source: str, points: bool = False) -> tuple[str, DeviceMap]:
    """The text of the device file, and the device in it; rows that do not fit are marked as lost in the table.

    points: the nearest idea of each row is its point; else ideas are comments
    Raises InputError where no row of the table is a register.
    """
    while True:
        text, lines = _text(table, device, source, points)
        if not lines:
            raise InputError(f"{table.name}: no row is a register; {_reasons(table.entries)}")
        if len(text) > TEXT_MOST:
            raise InputError(f"{table.name}: too many registers for a device file of at most {TEXT_MOST:,} bytes")
        try:
            load(text, _FILE)
        except InputError as error:  # of the file as a whole: no row is to blame
            message = re.sub(r"^device\.yaml:\d+:\d+: ", "", str(error))
            raise InputError(f"{table.name}: the device file of {len(lines):,} registers: {message}") from error
        try:
            return text, parse_device(text, _FILE)
        except InputError as error:
            if not _drop(error.parts, lines):
                raise


def _reasons(entries: Sequence[Entry]) -> str:
    lost = [f"{entry.place}: {entry.lost}" for entry in entries if entry.lost]
    return "; ".join(lost[:3]) or "there is none below the header"


def _drop(parts: Sequence[InputError], lines: Mapping[int, Entry]) -> bool:
    """Mark the rows that errors name as lost; whether any was. A row that overlaps one which goes itself may stay."""
    dropped: set[int] = set()
    for part in parts:
        match = _PLACED.match(str(part))
        entry = lines.get(int(match["line"])) if match else None
        if match is None or entry is None:
            continue
        other = _OF_LINE.search(match["message"])
        if other and int(other[1]) in dropped:
            continue
        message = match["message"]
        if other and int(other[1]) in lines:
            message = f"{message[: other.start()]} of {lines[int(other[1])].place}"
        entry.lost = entry.lost or cut(message)
        dropped.add(int(match["line"]))
    return bool(dropped)


def _text(table: Table, device: str, source: str, points: bool) -> tuple[str, dict[int, Entry]]:
    """The text, and the entry of each line of a register (from 1)."""
    rows = [f"# Made from {cut(table.name)} by `geotwin import`. What was guessed:"]
    rows += [f"#   {cut(guess)}" for guess in table.guesses]
    rows += [f"device: {_scalar(device)}", f"source: {_quoted(source)}", "numbering: protocol", "registers:"]
    lines: dict[int, Entry] = {}
    for entry in table.entries:
        if entry.register:
            lines[len(rows) + 1] = entry
            rows.append(_register(entry, points))
        elif entry.lost:
            rows.append(f"  # {cut(f'{entry.place}: not understood: {entry.lost}: {entry.text}', 500)}")
        else:
            rows.append(f"  # {cut(entry.text)}")
    return "\n".join(rows) + "\n", lines


def _register(entry: Entry, points: bool) -> str:
    keys = dict(entry.keys)
    beside = list(entry.notes)
    if entry.ideas and "point" not in keys:
        if points:
            comment = keys.pop("comment", None)
            keys["point"] = entry.ideas[0]
            keys |= {} if comment is None else {"comment": comment}
        else:
            beside.insert(0, "point: " + " or ".join(entry.ideas))
    line = "  - {" + ", ".join(f"{key}: {_value(value)}" for key, value in keys.items()) + "}"
    return line + (f"  # {cut('; '.join(beside))}" if beside else "")


def _value(value: Key) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_scalar(text)}" for key, text in value.items()) + "}"
    return _scalar(value) if isinstance(value, str) else "[" + ", ".join(map(_scalar, value)) + "]"


def _scalar(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(cut(text, 500), ensure_ascii=False)
