"""Registers from a Telegraf configuration: the plugin inputs.modbus in its styles register, request and metric.

Source: Telegraf documentation, Modbus Input Plugin, docs.influxdata.com/telegraf/v1/input-plugins/modbus, InfluxData,
read in 2026: the three styles, their types and orders; addresses are those of the protocol.
"""

import tomllib
from collections.abc import Iterator
from typing import Any

from hil.bus.maps.register_types import ONE_BIT, TYPES
from hil.tables.entry import Entry, Key, NotUnderstoodError, Table, cut
from hil.tables.names import Names, register_name
from hil.tables.numbers import written
from twin.errors import InputError

_STYLES = {"coils": "co", "discrete_inputs": "di", "holding_registers": "hr", "input_registers": "ir"}
_TABLES = {"coil": "co", "discrete": "di", "holding": "hr", "input": "ir"}
_TYPES = {
    **{f"{sign}INT{size}": f"{sign.lower()}int{size}" for sign in ("", "U") for size in (16, 32, 64)},
    "FLOAT32-IEEE": "float32", "FLOAT64-IEEE": "float64", "FLOAT64": "float64", "BIT": "bit", "STRING": "string",
    "INT8L": "int8", "INT8H": "int8", "UINT8L": "uint8", "UINT8H": "uint8",
}  # fmt: skip
_ORDERS = {
    "ABCD": "ABCD", "CDAB": "CDAB", "BADC": "BADC", "DCBA": "DCBA", "AB": "AB", "BA": "BA",
    "ABCDEFGH": "ABCD", "GHEFCDAB": "CDAB", "BADCFEHG": "BADC", "HGFEDCBA": "DCBA",
}  # fmt: skip
_FIXED = {"FIXED": "int", "UFIXED": "uint", "FLOAT32": "uint"}
MOST_FIELDS = 50_000
Field = tuple[str, dict[str, Any], dict[str, Any]]
"""The table, what the field says, and what is said for all of its request."""


def read_telegraf(text: str, name: str, unit: int | None) -> Table:
    """The registers of one unit id; InputError where the file is none, or of several units and none is chosen."""
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{name}: not TOML: {error}") from error
    inputs = tree.get("inputs")
    plugins = inputs.get("modbus") if isinstance(inputs, dict) else None
    if not isinstance(plugins, list) or not all(isinstance(plugin, dict) for plugin in plugins):
        raise InputError(f"{name}: no [[inputs.modbus]] in it; only that plugin of Telegraf is read")
    fields = [(one, field) for plugin in plugins for one, field in _fields(plugin, name)]
    if len(fields) > MOST_FIELDS:
        raise InputError(f"{name}: more than {MOST_FIELDS:,} fields; at most so many are read")
    units = sorted({one for one, _ in fields})
    if unit is None and len(units) > 1:
        raise InputError(f"{name}: of the units {', '.join(map(str, units))}: say with --unit which is to be imported")
    if unit is not None and unit not in units:
        raise InputError(f"{name}: nothing of unit {unit}; it is of {', '.join(map(str, units)) or 'none'}")
    table, names = Table(name), Names()
    table.guess("addresses count from zero: Telegraf's are those of the protocol")
    for number, (one, field) in enumerate(fields, 1):
        if unit in (None, one):
            table.entries.append(_entry(f"{name}: field {number}", field, names))
    return table


def _fields(plugin: dict[str, Any], name: str) -> Iterator[tuple[int, Field]]:
    """Unit id and field of all that a plugin asks for, in the style that it says."""
    style = plugin.get("configuration_type", "register")
    if style == "register":
        for key, table in _STYLES.items():
            for field in _listed(plugin.get(key, []), name, key):
                yield _unit(plugin, name), (table, field, {"style": style})
    elif style in ("request", "metric"):
        for request in _listed(plugin.get(style, []), name, style):
            for field in _listed(request.get("fields", []), name, "fields"):
                given = field.get("register", request.get("register", "holding"))
                yield _unit(request, name), (_TABLES.get(str(given), str(given)), field, request | {"style": style})
    else:
        raise InputError(f"{name}: configuration_type {style!r} is not known; expected register, request or metric")


def _listed(given: Any, name: str, key: str) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise InputError(f"{name}: {key} is not a list of tables")
    return given


def _unit(given: dict[str, Any], name: str) -> int:
    unit = given.get("slave_id", 0)
    if not isinstance(unit, int) or isinstance(unit, bool):
        raise InputError(f"{name}: slave_id {unit!r} is not a number")
    return unit


def _entry(place: str, field: Field, names: Names) -> Entry:
    table, given, request = field
    entry = Entry(place, cut(str(given)))
    try:
        entry.keys = _keys(table, given, request, names)
    except NotUnderstoodError as error:
        entry.lost = str(error)
    return entry


def _keys(table: str, given: dict[str, Any], request: dict[str, Any], names: Names) -> dict[str, Key]:
    if given.get("omit") is True:
        raise NotUnderstoodError("omitted by the request; it says no more than its address")
    if table not in _STYLES.values():
        raise NotUnderstoodError(f"the register {table!r} is not known")
    first, count = _address(given)
    text, measurement = str(given.get("name", "")), str(given.get("measurement", request.get("measurement", "")))
    name = register_name(text, f"{table}_{first}")
    keys: dict[str, Key] = {"table": table, "address": str(first), "name": names.once(name)}
    comment = "; ".join(filter(None, (text if text != keys["name"] else "", measurement)))
    if table in ONE_BIT:
        keys["type"] = "bool"
    else:
        _add_type(given, request, count, keys)
    return keys | ({"comment": cut(comment)} if comment else {})


def _add_type(given: dict[str, Any], request: dict[str, Any], count: int, keys: dict[str, Key]) -> None:
    """Type, order, scale and what else the type needs."""
    styled = request["style"] == "register"
    named = str(given.get("data_type" if styled else "type", ""))
    kind = _type(named, count, styled)
    keys["type"] = kind
    order = str(given.get("byte_order", request.get("byte_order", ""))) or "ABCD"
    if order not in _ORDERS:
        raise NotUnderstoodError(f"the byte order {order!r} is not known")
    wide = TYPES[kind].words > 1
    if wide and _ORDERS[order] != "ABCD":
        keys["order"] = _ORDERS[order]
    if not wide and kind not in ("bit", "int8", "uint8") and _ORDERS[order] in ("BA", "BADC", "DCBA"):
        keys["order"] = "BA"
    if kind in ("int8", "uint8"):
        keys["byte"] = "high" if named.endswith("H") else "low"
    if kind == "bit":
        keys["bit"] = str(given.get("bit", 0))
    if kind == "string":
        keys["length"] = str(given.get("length", count))
    scale = given.get("scale", 1.0)
    if isinstance(scale, bool) or not isinstance(scale, int | float) or scale == 0:
        raise NotUnderstoodError(f"the scale {scale!r} is not a number to multiply by")
    if scale != 1 and TYPES[kind].numeric:
        keys["scale"] = written(float(scale))


def _type(named: str, count: int, styled: bool) -> str:
    if styled and named in _FIXED:
        found = f"{_FIXED[named]}{16 * count}"
    elif not styled and named == "FLOAT32":
        found = "float32"
    else:
        found = _TYPES.get(named, "")
    if found not in TYPES:
        raise NotUnderstoodError(f"the type {named!r} is not known")
    if styled and TYPES[found].words not in (0, count):
        raise NotUnderstoodError(f"a {named} takes {TYPES[found].words} registers, not {count}")
    return found


def _address(given: dict[str, Any]) -> tuple[int, int]:
    """The first address and how many there are."""
    address = given.get("address")
    listed: list[Any] = address if isinstance(address, list) else [address]
    if not listed or not all(isinstance(one, int) and not isinstance(one, bool) for one in listed):
        raise NotUnderstoodError(f"{address!r} is not an address")
    if listed != list(range(listed[0], listed[0] + len(listed))):
        raise NotUnderstoodError(f"the addresses {listed} do not follow one another")
    return listed[0], len(listed)
