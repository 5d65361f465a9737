"""Addresses as manuals count them: 40001 is the first holding register, 30001 the first input register.

On the wire addresses are counted from zero and the table is told by the function code (Modbus Application Protocol
1.1b3, 4.4), so 40011 of a manual is `hr` 10. A file says which of the two it means by `numbering`; an address that
looks like a manual's is not guessed at.
"""

import re
from typing import Any

from twin.errors import Gathered, InputError, unknown
from twin.yaml_lines import Map, Seq, Text

PROTOCOL, MANUAL = "protocol", "manual"
FIRST = {"0": "co", "1": "di", "3": "ir", "4": "hr"}
"""The table by the first digit of a manual's number of five or six digits; coils are 1 .. 9999, or 000001 on."""
LEADING = {table: digit for digit, table in FIRST.items()}
_FIVE, _SIX = 9999, 65536
_DIGITS = re.compile("[0-9]{1,6}")


def protocol_addresses(tree: Map) -> Map:
    """The tree of a device file with its addresses as they go over the wire; InputError where it is not clear."""
    numbering = tree.get("numbering")
    if numbering is not None and numbering not in (PROTOCOL, MANUAL):
        raise unknown("numbering", str(numbering), (PROTOCOL, MANUAL), getattr(numbering, "where", tree.where))
    registers = tree.get("registers")
    if not isinstance(registers, Seq) or numbering == PROTOCOL:
        return tree
    read = _from_manual if numbering == MANUAL else _plain
    wrong, rows = Gathered(), like(Seq(), registers)
    for row in registers:
        found = row
        with wrong.trying():
            if isinstance(row, Map) and isinstance(row.get("address"), Text) and _DIGITS.fullmatch(row["address"]):
                found = read(row)
        rows.append(found)
    wrong.tell()
    new: Map = like(Map(tree), tree)
    new["registers"] = rows
    return new


def _from_manual(row: Map) -> Map:
    """A row with the address of the protocol, and its table where only the number tells it."""
    given = row["address"]
    table, number = _split(given)
    stated = row.get("table", table)
    if str(stated) != table:
        raise InputError(f"{given.where}: {given} of a manual is {table}, but the table is {stated}")
    new: Map = like(Map(row), row)
    new["address"] = like(Text(str(number - 1)), given)
    new.setdefault("table", like(Text(table), given))
    return new


def _split(given: Text) -> tuple[str, int]:
    """Table and number within it, counted from 1."""
    digits = given if len(given) in (5, 6) else given.rjust(5, "0")
    table, number = FIRST.get(digits[0], ""), int(digits[1:])
    if not table or not 1 <= number <= (_FIVE if len(digits) == 5 else _SIX):
        raise InputError(
            f"{given.where}: {given} is no address of a manual; expected 1 (coil), 10001 (discrete input), 30001 "
            "(input register), 40001 (holding register) and on, or six digits such as 400001"
        )
    return table, number


def _plain(row: Map) -> Map:
    """The row itself, where its address cannot be meant as a manual counts."""
    given, table = row["address"], str(row.get("table", ""))
    leading = LEADING.get(table, "")
    if len(given) in (5, 6) and leading not in ("", "0") and given[0] == leading:
        zero = int(given[1:]) - 1
        raise InputError(
            f"{given.where}: address {given} looks like a manual's number; write {max(zero, 0)}, or `numbering: "
            "manual` at the top of the file, or `numbering: protocol` where the device really counts so"
        )
    return row


def like(node: Any, old: Any) -> Any:
    """A node with the place of another."""
    node.source, node.line, node.column = old.source, old.line, old.column
    return node
