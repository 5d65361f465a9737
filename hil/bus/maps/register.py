"""One register of a device: where it stands, how its number is written, and which point it serves."""

import math
from functools import cached_property
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from hil.bus.maps.register_checks import number_of, problems
from hil.bus.maps.register_fields import (
    ACCESS,
    BAD_WRITE,
    HALVES,
    INSTRUMENT_STATES,
    MISSING_SCHEMA,
    OVERFLOWS,
    ROUNDINGS,
    TABLES_SCHEMA,
    Ascii,
    Bit,
    Duration,
    Label,
    Raw,
    Real,
    Word,
    hex_number,
    missing_numbers,
    one_of,
    several_tables,
)  # fmt: skip
from hil.bus.maps.register_types import (
    INTEGER,
    ORDERS_16,
    ORDERS_WIDE,
    TEXT,
    TYPES,
    Order,
    RegisterType,
    Table,
    arrange,
)  # fmt: skip
from twin.yaml_lines import FileModel, written


class Register(FileModel):
    """One register: where it stands, how its number is written, and which point of the component it serves.

    table:         several where one register answers in more than one table; it is written in the first
    scale, offset: value in `uom` = raw * scale + offset
    min, max:      what a client may write, in `uom`; outside that range `on_bad_write` decides
    point:         a point of the component the device serves, or `component.point` of any; without one the register
                   keeps what is written to it
    means:         for numbers whose names in `values` are not those of the point: its state, or its number
    text:          the content of a string: constant, or the first one where it can be written
    missing:       the raw number shown for "no value", or one for each state of the instrument
    modulo:        the value starts at zero again there, in `uom`: a part of a split counter; rounded down
    overflow:      what becomes of a value beyond the type: its end (clamp), or what a counter shows (wrap)
    fixed:         (`value` in a file) a constant, in `uom` or a name
    initial:       what a register without a point holds at the start, and what one that expires falls back to
    every:         of a line that stands for several registers (`name: room_[1-8]_temp`): how far they are apart
    expires:       a written value is forgotten after this time, and the register is as at the start [s of plant time]
    """

    tables: Annotated[tuple[Table, ...], BeforeValidator(several_tables), WithJsonSchema(TABLES_SCHEMA)] = Field(
        alias="table"
    )
    address: Annotated[int, BeforeValidator(hex_number), Field(ge=0, le=65535, description="zero-based")]
    name: Annotated[
        str, Field(pattern=written(r"^[A-Za-z]\w{0,99}$", "a name: letters, digits and _, beginning with a letter"))
    ]
    type: Annotated[str, BeforeValidator(one_of("type", TYPES)), Field(json_schema_extra={"enum": list(TYPES)})] = (
        "int16"
    )
    order: Annotated[Order | None, BeforeValidator(one_of("order", ORDERS_16 + ORDERS_WIDE))] = None
    byte: Annotated[
        str | None, BeforeValidator(one_of("byte", HALVES)), Field(description="which half of the word: high, low")
    ] = None
    scale: Annotated[float, Field(allow_inf_nan=False, ge=-1e12, le=1e12)] = 1.0
    offset: Annotated[float, Field(allow_inf_nan=False, ge=-1e15, le=1e15)] = 0.0
    uom: str = "1"
    access: Annotated[str, BeforeValidator(one_of("access", ACCESS)), Field(pattern="^(r|w|rw)$")] = "r"
    min: Real | None = None
    max: Real | None = None
    on_bad_write: Annotated[
        str, BeforeValidator(one_of("on_bad_write", BAD_WRITE)), Field(pattern="^(exc3|clamp|ignore)$")
    ] = "exc3"
    missing: Annotated[dict[str, Raw] | None, BeforeValidator(missing_numbers), WithJsonSchema(MISSING_SCHEMA)] = None
    modulo: Annotated[float | None, Field(gt=1e-12, le=1e300, allow_inf_nan=False)] = None
    rounding: Annotated[str | None, BeforeValidator(one_of("rounding", ROUNDINGS))] = None
    overflow: Annotated[str, BeforeValidator(one_of("overflow", OVERFLOWS))] = "clamp"
    fixed: Annotated[str, Field(alias="value", description="a constant")] = ""
    initial: Annotated[str, Field(description="what it holds at the start")] = ""
    expires: Annotated[Duration | None, Field(description="such as 60 s")] = None
    values: dict[Word, Label] = Field(default={})
    means: dict[Word, Label] = Field(default={}, description="what a number of `values` means for the point")
    bits: dict[Bit, Label] = Field(default={})
    length: Annotated[int | None, Field(ge=1, le=125, description="of a string, in registers")] = None
    bit: Bit | None = None
    text: Ascii = ""
    point: Annotated[
        str,
        Field(
            pattern=written(
                r"^((\w+\.)?\w+(\[\d+\])?)?$", "the name of a point, such as speed_cmd or weather.outdoor_temp"
            )
        ),
    ] = ""
    every: Annotated[int | None, Field(ge=1, exclude=True, description="addresses from one of a range to the next")] = (
        None
    )
    comment: str = ""

    @property
    def table(self) -> Table:
        """The table of its address, in which it can be written; the others of `tables` show it too."""
        return self.tables[0]

    @property
    def kind(self) -> RegisterType:
        """The type's size, code and range."""
        return TYPES[self.type]

    def raw(self, value: float) -> int | float:
        """The raw number that is nearest to a value [uom]."""
        if math.isnan(value):
            return self.sentinels["broken"]
        return self.kind.raw((value - self.offset) / self.scale)

    @cached_property
    def sentinels(self) -> dict[str, int | float]:
        """The raw number for each state in which an instrument shows no value."""
        given = self.missing or {}
        broken = given.get("broken", self.kind.missing)
        whole = self.kind.kind == INTEGER
        numbers = {state: given.get(state, broken) for state in INSTRUMENT_STATES}
        return {state: int(number) if whole else number for state, number in numbers.items()}

    @property
    def guarded(self) -> bool:
        """Whether no measured value may look like one of its numbers for "no value": it is moved aside by one."""
        whole = self.kind.numeric and self.kind.kind == INTEGER and bool(self.point)
        return whole and (self.missing is not None or (self.overflow == "clamp" and self.modulo is None))

    def unknown(self, value: float) -> bool:
        """Whether a value [uom], as a client decodes it, stands for "no value"."""
        if math.isnan(value):
            return True
        told = self.guarded or (self.missing is not None and self.point != "")
        return told and self.kind.raw((value - self.offset) / self.scale) in self.sentinels.values()

    @property
    def rounded_down(self) -> bool:
        """Whether the raw number is the next lower one; parts of a split counter add up only so."""
        return (self.rounding or ("down" if self.modulo is not None else "nearest")) == "down"

    @cached_property
    def turns_at(self) -> float:
        """The raw number at which it starts at zero again; 0 for never."""
        if self.modulo is not None:
            return self.modulo / self.scale
        return self.kind.hi + 1.0 if self.overflow == "wrap" else 0.0

    @cached_property
    def start(self) -> float | None:
        """The constant or the first value [uom], None where none is given; names of an enumeration are its numbers."""
        given = self.fixed or self.initial
        if not given:
            return None
        return number_of(self, given)

    def value(self, raw: float) -> float:
        """The value [uom] of a raw number."""
        return float(raw) * self.scale + self.offset

    def encode(self, value: float) -> bytes:
        """The bytes, in the order they are sent, of a value [uom]."""
        return arrange(self.kind.pack(self.raw(value)), self.wire_order)

    def decode(self, data: bytes) -> float:
        """The value [uom] in bytes as they came."""
        return self.value(self.kind.unpack(arrange(data, self.wire_order)))

    def quantised(self, value: float) -> float:
        """What a client decodes when the device shows `value` [uom]: written to bytes and read back. Not for text."""
        return self.decode(self.encode(value))

    @property
    def words(self) -> int:
        """How many addresses the register takes."""
        return self.kind.words or self.length or 1

    @property
    def wire_order(self) -> str:
        """The order given, or big-endian."""
        return self.order or ("AB" if self.words == 1 or self.type == "string" else "ABCD")

    @property
    def readable(self) -> bool:
        """Whether a client may read it."""
        return "r" in self.access

    @property
    def writable(self) -> bool:
        """Whether a client may write it."""
        return "w" in self.access

    @property
    def own(self) -> bool:
        """Whether its point is one of the component that the device serves, not one named by its whole path."""
        return self.point != "" and "." not in self.point

    @property
    def kept_exactly(self) -> bool:
        """Whether what is written to it is kept beside the bus vector, whose floats cannot hold all of it."""
        return self.kind.kind == TEXT or (self.words == 4 and self.kind.kind == INTEGER and not self.point)

    @property
    def constant(self) -> bool:
        """Whether it always shows the same."""
        return self.fixed != ""

    @property
    def mask(self) -> tuple[int, int] | None:
        """Of a bit or a half of a word: the place of its lowest bit in the word, and its width as a mask."""
        if self.bit is not None:
            return self.bit, 1
        return None if self.byte is None else (8 if self.byte == "high" else 0, 0xFF)

    @property
    def span(self) -> str:
        """`ir 8-9`, as messages show it."""
        last = self.address + self.words - 1
        bit = f".{self.bit}" if self.bit is not None else f".{self.byte}" if self.byte else ""
        return f"{self.table} {self.address}" + (f"-{last}" if last > self.address else bit)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for problem in problems(self):
            raise ValueError(f"{self.name!r} ({self.span}): {problem}")
        return self
