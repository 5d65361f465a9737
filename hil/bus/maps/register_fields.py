"""The kinds of value in a device file: words, bits, names, tables, numbers in hex, durations."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator

from hil.bus.maps.register_types import TABLES
from twin.errors import InputError, unknown
from twin.units import seconds
from twin.yaml_lines import place_of, written


def one_of(what: str, names: Any) -> Callable[[Any], Any]:
    """What takes a text that is one of some names, and refuses any other with the nearest of them."""

    def check(given: Any) -> Any:
        if isinstance(given, str) and given not in names:
            raise unknown(what, str(given), names, getattr(given, "where", ""))
        return given

    return check


def hex_number(given: Any) -> Any:
    """A number in hex, such as 0x1A, as one that is not."""
    return str(int(given, 16)) if isinstance(given, str) and HEX.fullmatch(given) else given


HEX = re.compile(r"0[xX][0-9A-Fa-f]{1,16}")
Word = Annotated[int, BeforeValidator(hex_number), Field(ge=0, le=65535)]
Bit = Annotated[int, Field(ge=0, le=15)]
Ascii = Annotated[str, Field(max_length=80, pattern=written(r"^[ -~]*$", "plain ASCII text"))]
Real = Annotated[float, Field(allow_inf_nan=False, ge=-1e300, le=1e300)]
Label = Annotated[str, Field(pattern=written(r"^[^;=\n]{1,200}$", "a name without ; and ="))]
Raw = Annotated[float, BeforeValidator(hex_number), Field(allow_inf_nan=False, ge=-1e300, le=1e300)]
MOST_REGISTERS, SMALLEST_SCALE = 20_000, 1e-12
ACCESS, BAD_WRITE = ("r", "w", "rw"), ("exc3", "clamp", "ignore")
HALVES, ROUNDINGS, OVERFLOWS = ("high", "low"), ("nearest", "down"), ("clamp", "wrap")
INSTRUMENT_STATES = ("broken", "short", "over", "under")
"""States in which an instrument shows no value; each may have a number of its own."""


def several_tables(given: Any) -> Any:
    """`hr`, or `[hr, ir]` for a register that answers in several tables: a tuple of tables."""
    named = given if isinstance(given, list | tuple) else [given]
    for table in named:
        one_of("table", TABLES)(table)
    if len(set(named)) != len(named) or not named:
        raise InputError(f"{place_of(given)}: a list of tables names one or more, each once".removeprefix(": "))
    return tuple(named)


def missing_numbers(given: Any) -> Any:
    """One raw number for every state without a value, or one for each."""
    if isinstance(given, dict):
        for state in given:
            one_of("state of an instrument", INSTRUMENT_STATES)(state)
        return given
    return {"broken": given}


Duration = Annotated[float, PlainValidator(lambda given: seconds(given, place_of(given)))]

TABLES_SCHEMA: dict[str, Any] = {
    "anyOf": [{"enum": list(TABLES)}, {"type": "array", "minItems": 1, "items": {"enum": list(TABLES)}}],
    "description": "its table, or several that show it, the one that can be written first",
}
_NUMBER: dict[str, Any] = {"type": ["number", "string"]}
MISSING_SCHEMA: dict[str, Any] = {
    "anyOf": [_NUMBER, {"type": "object", "properties": dict.fromkeys(INSTRUMENT_STATES, _NUMBER)}],
    "description": "the raw number for no value, or one for each state of the instrument",
}
