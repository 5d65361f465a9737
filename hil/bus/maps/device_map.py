"""Device models as data: one YAML or CSV file per model of a device, a table of its registers.

A file is hostile until it is read here: unknown keys, types and orders are refused with the nearest name and the place
in the file, and so are overlaps (over the whole span of a register) and what a table cannot do
(docs/fieldbus.md#register-maps).
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from hil.bus.maps.register import Register
from hil.bus.maps.register_checks import number_of
from hil.bus.maps.register_fields import MOST_REGISTERS, Ascii, Duration, Word, hex_number, one_of
from twin.errors import InputError, unknown
from twin.yaml_lines import FileModel, place_of, written


def _gaps(given: Any) -> Any:
    named = {"exception": None, "zero": "0"}
    return named[given] if given in named else hex_number(given)


FUNCTIONS = (1, 2, 3, 4, 5, 6, 8, 15, 16, 17, 22, 23, 43)
"""The functions of Modbus that a device may have."""


def _functions(given: Any) -> Any:
    for function in given if isinstance(given, list) else ():
        one_of("function", [str(known) for known in FUNCTIONS])(function)
    return given


class Identity(FileModel):
    """What the device answers to functions 43/14 and 17. server_id: the number that stands first in the latter"""

    vendor: Ascii
    product: Ascii
    revision: Ascii = ""
    server_id: int = Field(default=0, ge=0, le=255)


class Watchdog(FileModel):
    """What the device does when its controller is silent: armed by the first request, over with the next.

    after: plant time without a request [s]
    set:   registers that it writes itself then, such as {enable_cmd: off}; none: the last orders hold
    alarm: a register without a point that shows 1 meanwhile
    point: a point of the component that is 1 meanwhile, such as its fault comm_loss
    """

    after: Annotated[Duration, Field(description="such as 60 s")]
    set: dict[str, str] = Field(default={})
    alarm: str = ""
    point: str = ""


class DeviceMap(FileModel):
    """One model of a device. `source` says where its map comes from: manual, revision, page.

    gaps:           what a read over addresses without a register gives: `exception`, or the raw number shown there,
                    between the first and the last register of a table
    functions:      the Modbus functions that the device knows; all that the rig knows (but 8 and 17) where not given
    most_registers: registers that one request may read or write; the most that the standard allows where not given
    """

    device: Annotated[
        str, Field(pattern=written(r"^[A-Za-z][\w-]{0,99}$", "a name: letters, digits, - and _, and a letter first"))
    ]
    source: Annotated[str, Field(min_length=1)]
    identity: Identity | None = None
    numbering: Annotated[
        Literal["protocol", "manual"],
        Field(description="how addresses are counted: from zero as on the wire, or as manuals do, 40001 and on"),
    ] = "protocol"
    allow_partial: Annotated[bool, Field(description="whether half of a wide value may be read or written")] = False
    gaps: Annotated[Word | None, BeforeValidator(_gaps), Field(description="exception, zero, or a raw number")] = None
    functions: Annotated[
        tuple[Annotated[int, Field(json_schema_extra={"enum": list(FUNCTIONS)})], ...] | None,
        BeforeValidator(_functions),
    ] = None
    most_registers: Annotated[int | None, Field(ge=1, le=125)] = None
    watchdog: Watchdog | None = None
    registers: Annotated[tuple[Register, ...], Field(min_length=1, max_length=MOST_REGISTERS)]

    @model_validator(mode="after")
    def _watchdog_fits(self) -> Self:
        for problem in _watchdog_problems(self):
            raise InputError(f"{place_of(self.device)}: watchdog: {problem}".removeprefix(": "))
        return self


def _watchdog_problems(device: DeviceMap) -> Iterator[str]:
    """What is wrong with the watchdog of a device, in words."""
    dog, named = device.watchdog, {register.name: register for register in device.registers}
    if dog is None:
        return
    if dog.after <= 0.0:
        yield "after is a time above 0"
    for name in (*dog.set, *filter(None, [dog.alarm])):
        if name not in named:
            yield str(unknown("register", str(name), named))
    for name, value in dog.set.items():
        if not named[name].writable:
            yield f"{name} cannot be written"
        number_of(named[name], value)
    if dog.alarm and (named[dog.alarm].point or named[dog.alarm].writable or named[dog.alarm].constant):
        yield f"{dog.alarm} is not the watchdog's own: it has a point, is a constant or is written by the controller"
