"""Device models as data: one YAML or CSV file per model of a device, a table of its registers.

A file is hostile until it is read here: unknown keys, types and orders are refused with the nearest name and the place
in the file, and so are overlaps (over the whole span of a register) and what a table cannot do
(docs/fieldbus.md#register-maps).
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from hil.bus.register_types import ORDERS_16, ORDERS_WIDE, TABLES, TYPES, Order, RegisterType, Table, arrange
from twin.errors import unknown
from twin.units import is_unit
from twin.yaml_lines import FileModel, written


def _one_of(what: str, names: Any) -> Callable[[Any], Any]:
    def check(given: Any) -> Any:
        if isinstance(given, str) and given not in names:
            raise unknown(what, str(given), names, getattr(given, "where", ""))
        return given

    return check


Word = Annotated[int, Field(ge=0, le=65535)]
Bit = Annotated[int, Field(ge=0, le=15)]
Ascii = Annotated[str, Field(max_length=80, pattern=written(r"^[ -~]*$", "plain ASCII text"))]
Label = Annotated[str, Field(pattern=written(r"^[^;=\n]+$", "a name without ; and ="))]
_ACCESS, _BAD_WRITE = ("r", "w", "rw"), ("exc3", "clamp", "ignore")


class Identity(FileModel):
    """What the device answers to function 43/14."""

    vendor: Ascii
    product: Ascii
    revision: Ascii = ""


class Register(FileModel):
    """One register: where it stands, how its number is written, and which point of the component it serves.

    scale, offset: value in `uom` = raw * scale + offset
    min, max:      what a client may write, in `uom`; outside that range `on_bad_write` decides
    point:         a point of the component the device serves; without one the register keeps what is written to it
    means:         for numbers whose names in `values` are not those of the point: its state, or its number
    text:          the constant content of a string
    """

    table: Annotated[Table, BeforeValidator(_one_of("table", TABLES))]
    address: Annotated[int, Field(ge=0, le=65535, description="zero-based")]
    name: Annotated[
        str, Field(pattern=written(r"^[A-Za-z]\w*$", "a name: letters, digits and _, beginning with a letter"))
    ]
    type: Annotated[str, BeforeValidator(_one_of("type", TYPES)), Field(json_schema_extra={"enum": list(TYPES)})] = (
        "int16"
    )
    order: Annotated[Order | None, BeforeValidator(_one_of("order", ORDERS_16 + ORDERS_WIDE))] = None
    scale: Annotated[float, Field(allow_inf_nan=False)] = 1.0
    offset: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    uom: str = "1"
    access: Annotated[str, BeforeValidator(_one_of("access", _ACCESS)), Field(pattern="^(r|w|rw)$")] = "r"
    min: Annotated[float | None, Field(allow_inf_nan=False)] = None
    max: Annotated[float | None, Field(allow_inf_nan=False)] = None
    on_bad_write: Annotated[
        str, BeforeValidator(_one_of("on_bad_write", _BAD_WRITE)), Field(pattern="^(exc3|clamp|ignore)$")
    ] = "exc3"
    values: dict[Word, Label] = Field(default={})
    means: dict[Word, Label] = Field(default={}, description="what a number of `values` means for the point")
    bits: dict[Bit, Label] = Field(default={})
    length: Annotated[int | None, Field(ge=1, le=125, description="of a string, in registers")] = None
    bit: Bit | None = None
    text: Ascii = ""
    point: Annotated[str, Field(pattern=written(r"^(\w+(\[\d+\])?)?$", "the name of a point, such as speed_cmd"))] = ""
    comment: str = ""

    @property
    def kind(self) -> RegisterType:
        """The type's size, code and range."""
        return TYPES[self.type]

    def raw(self, value: float) -> int | float:
        """The raw number that is nearest to a value [uom]."""
        return self.kind.raw((value - self.offset) / self.scale)

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
    def span(self) -> str:
        """`ir 8-9`, as messages show it."""
        last = self.address + self.words - 1
        bit = "" if self.bit is None else f".{self.bit}"
        return f"{self.table} {self.address}" + (f"-{last}" if last > self.address else bit)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for problem in (_table_problem(self), _type_problem(self), _number_problem(self), _name_problem(self)):
            if problem:
                raise ValueError(f"{self.name!r} ({self.span}): {problem}")
        return self


def _table_problem(register: Register) -> str:
    one_bit = register.table in ("co", "di")
    orders: tuple[str, ...] = ("AB",) if one_bit or register.type == "bit" else ORDERS_16
    if register.words > 1 and register.type != "string":
        orders = ORDERS_WIDE
    if one_bit and register.type != "bool":
        return f"{TABLES[register.table]}s are bool, not {register.type}"
    if register.writable and register.table in ("di", "ir"):
        return f"{TABLES[register.table]}s cannot be written; access is r"
    if register.order is not None and register.order not in orders:
        return f"order {register.order} does not fit; allowed: {', '.join(orders)}"
    if register.address + register.words > 65536:
        return "runs past address 65535"
    return ""


def _type_problem(register: Register) -> str:
    fields = {
        "bit": ("bit", register.bit is not None),
        "length": ("string", register.length is not None),
        "text": ("string", register.text != ""),
        "values": ("enum", bool(register.values)),
        "means": ("enum", bool(register.means)),
        "bits": ("bitfield", bool(register.bits)),
    }
    for field, (kind, given) in fields.items():
        if given and register.type != kind:
            return f"{field!r} is for the type {kind}"
        if not given and register.type == kind and field in ("bit", "length"):
            return f"a {kind} needs {field!r}"
    if register.type == "string" and (register.point or register.writable):
        return "a string is constant: it has no point and is read only"
    if len(register.text) > 2 * register.words:
        return f"the text has {len(register.text)} characters, {register.words} registers hold {2 * register.words}"
    return ""


def _name_problem(register: Register) -> str:
    """What is wrong with the unit of measure, or with names that mean nothing or cannot be told apart."""
    if register.means and not register.point:
        return "'means' is for a register with a point"
    if register.bits and register.point:
        return "the bits of a word are points of their own: give each a register of type bit"
    if not is_unit(register.uom):
        return f"uom: {register.uom!r} is not a unit; expected such as degC, kW, m3/h, bar, %, or 1"
    for names in (register.values, register.bits):
        folded = [name.casefold() for name in names.values()]
        twice = next((name for name in names.values() if folded.count(name.casefold()) > 1), "")
        if twice:
            return f"two of its names are {twice!r}"
    return ""


def _number_problem(register: Register) -> str:
    given = (register.min, register.max)
    if not register.kind.numeric:
        plain = (register.scale, register.offset, *given) == (1.0, 0.0, None, None)
        clamped = register.type == "enum" and register.on_bad_write == "clamp"
        if clamped:
            return "an enum has nothing to clamp to; on_bad_write is exc3 or ignore"
        return "" if plain else f"scale, offset, min and max do not apply to the type {register.type}"
    if register.scale == 0.0:
        return "scale is 0"
    ends = sorted(raw * register.scale + register.offset for raw in (register.kind.lo, register.kind.hi))
    for limit in given:
        if limit is not None and not ends[0] <= limit <= ends[1]:
            return f"{limit:g} does not fit; {register.type} reaches from {ends[0]:g} to {ends[1]:g} {register.uom}"
    if register.min is not None and register.max is not None and register.min > register.max:
        return f"min {register.min:g} is above max {register.max:g}"
    return ""


class DeviceMap(FileModel):
    """One model of a device. `source` says where its map comes from: manual, revision, page."""

    device: Annotated[
        str, Field(pattern=written(r"^[A-Za-z][\w-]*$", "a name: letters, digits, - and _, and a letter first"))
    ]
    source: Annotated[str, Field(min_length=1)]
    identity: Identity | None = None
    numbering: Annotated[
        Literal["protocol", "manual"],
        Field(description="how addresses are counted: from zero as on the wire, or as manuals do, 40001 and on"),
    ] = "protocol"
    allow_partial: Annotated[bool, Field(description="whether half of a wide value may be read or written")] = False
    registers: Annotated[tuple[Register, ...], Field(min_length=1)]
