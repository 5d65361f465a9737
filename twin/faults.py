"""Value faults: what a bad instrument makes of a good value, between the plant's sensors and the bus.

The plant is untouched (a physical fault is a point of its component). A fault acts on the sensed vector, which is
gathered afresh from the plant before each call; faults on one slot act in the order in which they were started.
A lost sample shows the last good value or a substitute; an instrument that shows no value at all (broken, shorted, out
of its range) leaves a number that no measurement gives, of which the device makes what its maker shows then.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from twin.errors import InputError, unknown
from twin.kernel import Rows, kernel
from twin.noise import gaussian, uniform
from twin.points import Model, link, state
from twin.units import quantity

OFFSET, SCALE, DRIFT, STUCK, NOISE, DROPOUT, QUANTISATION, BROKEN, SHORT, OVER, UNDER = range(11)
SHORTED = -1.7976931348623157e308
"""What stands in the sensed vector for a short-circuited instrument: no measured value is that. NaN stands for a broken
one, the infinities for values beyond a range; a device makes of each what its maker shows then."""
SENSOR = "sensor."
"""Stands before the name of a value fault in scenarios and lists."""


class ValueFault(Model):
    """One active value fault on one slot of the sensed vector; the rows in use come first, the rest has slot -1."""

    slot = link("", "index in the sensed vector; -1 ends the list")
    kind = link("", "number of the kind: OFFSET, SCALE, ...")
    handle = link("", "the rows of one fault share it")
    seed = link("", "seed of this row's noise")
    amount = state("1", doc="offset, factor, rate per hour, sigma, substitute value or step, in the unit of the point")
    share = state("1", 1.0, doc="dropout: the share of samples that is lost")
    start = state("s", doc="plant time from which it acts")
    until = state("s", math.inf, doc="plant time from which it acts no more")
    ramp = state("s", doc="time over which it grows in from nothing")
    held = state("1", math.nan, doc="the value held; NaN until there is one")


@dataclass(frozen=True)
class FaultParameter:
    """A number of a fault kind as a scenario gives it.

    unit: "point" the unit of the faulty point; "difference" the same, kelvin where the point is a temperature;
          "rate" a difference per hour; else a unit as it stands
    default: None where it must be given
    lo, hi: the allowed range; lo itself is not allowed (`step: 0`, `share: 0`)
    """

    name: str
    unit: str
    doc: str
    default: float | None = None
    field: str = "amount"
    lo: float = -math.inf
    hi: float = math.inf

    def unit_for(self, point_unit: str) -> str:
        """The unit in which this parameter is given for a point of that unit."""
        difference = "K" if point_unit == "degC" else point_unit
        return {"point": point_unit, "difference": difference, "rate": f"{difference}/h"}.get(self.unit, self.unit)

    def parse(self, given: object, point_unit: str, where: str) -> float:
        """The number in `unit_for(point_unit)`; InputError where it is no such quantity or out of range."""
        unit = self.unit_for(point_unit)
        if unit.startswith("K") and re.search(r"(?<!delta_)deg[CF]|[°℃℉]", str(given)):
            raise InputError(
                f"{where}: {given!r} is a temperature; expected a difference in {unit}, such as '2 {unit}'"
            )
        value = quantity(given, unit, where)
        if not (self.lo < value <= self.hi and math.isfinite(value)):
            above = "" if self.lo == -math.inf else f" above {self.lo:g}"
            raise InputError(f"{where}: got {given!r}, expected a value{above} up to {self.hi:g} {unit}")
        return value


@dataclass(frozen=True)
class FaultKind:
    """A kind of fault: its name, its parameters and what an engineer would see."""

    name: str
    sentence: str
    parameters: tuple[FaultParameter, ...] = ()
    ramps: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """What a scenario may say of it."""
        return tuple(parameter.name for parameter in self.parameters)

    def parse(self, given: Mapping[str, object], point_unit: str, where: str) -> dict[str, float]:
        """The numbers of a fault as a scenario gives it, with the defaults filled in; InputError says what is wrong."""
        names = [parameter.name for parameter in self.parameters]
        for name in given:
            if name not in names:
                raise unknown(f"parameter of fault {self.name!r}", name, names, where)
        parsed = {}
        for parameter in self.parameters:
            if parameter.name in given:
                at = f"{where}: {parameter.name}" if where else parameter.name
                parsed[parameter.name] = parameter.parse(given[parameter.name], point_unit, at)
        return self.completed(parsed, where)

    def completed(self, numbers: Mapping[str, float], where: str) -> dict[str, float]:
        """The numbers with the defaults filled in; InputError where one is missing that has none."""
        full = {}
        for parameter in self.parameters:
            value = numbers.get(parameter.name, parameter.default)
            if value is None:
                raise InputError(f"{where}: fault {self.name!r} needs {parameter.name!r}: {parameter.doc}")
            full[parameter.name] = value
        return full


@dataclass(frozen=True)
class ValueFaultKind(FaultKind):
    """A kind of value fault; number: of its law in the kernel."""

    number: int = field(kw_only=True)


_KINDS = (
    ValueFaultKind(
        "offset",
        "The instrument reads too much or too little by a constant amount.",
        (FaultParameter("offset", "difference", "how much too much it reads"),),
        ramps=True,
        number=OFFSET,
    ),
    ValueFaultKind(
        "scale",
        "The instrument reads in wrong proportion: a wrong range, pulse value or transformer ratio.",
        (FaultParameter("factor", "1", "reading per true value"),),
        ramps=True,
        number=SCALE,
    ),
    ValueFaultKind(
        "drift",
        "The reading wanders away from the truth, a little more every hour.",
        (FaultParameter("rate", "rate", "how fast the error grows"),),
        number=DRIFT,
    ),
    ValueFaultKind(
        "stuck", "The reading stays what it was when the fault began, whatever the plant does.", number=STUCK
    ),
    ValueFaultKind(
        "noise",
        "The reading jumps about the truth from sample to sample (normal distribution).",
        (FaultParameter("sigma", "difference", "standard deviation", lo=0.0),),
        ramps=True,
        number=NOISE,
    ),
    ValueFaultKind(
        "dropout",
        "Samples are lost: the device shows the last good reading or, where one is chosen, a substitute value.",
        (
            FaultParameter("value", "point", "substitute value shown; without it the last good reading", math.nan),
            FaultParameter("share", "1", "share of the samples that is lost", 1.0, "share", 0.0, 1.0),
        ),
        number=DROPOUT,
    ),
    ValueFaultKind(
        "quantisation",
        "The reading moves in coarse steps: a poor converter or a register without decimals.",
        (FaultParameter("step", "difference", "size of a step", lo=0.0),),
        number=QUANTISATION,
    ),
    ValueFaultKind(
        "broken",
        "The probe or its wire is broken (open circuit): the device shows its number for no value.",
        number=BROKEN,
    ),
    ValueFaultKind(
        "short",
        "The probe or its wire is short-circuited: the device shows its number for that, or for no value.",
        number=SHORT,
    ),
    ValueFaultKind(
        "over",
        "The value is above what the instrument can measure: the device shows its number for that, or for no value.",
        number=OVER,
    ),
    ValueFaultKind(
        "under",
        "The value is below what the instrument can measure: the device shows its number for that, or for no value.",
        number=UNDER,
    ),
)

VALUE_FAULTS: dict[str, ValueFaultKind] = {kind.name: kind for kind in _KINDS}
"""Every kind of value fault by name; the command, the scenario loader and the documentation read it."""


@kernel
def apply_faults(sensed: Rows, faults: Rows, time_s: float) -> None:
    """Put every active fault on the sensed vector.

    sensed: the true values, just gathered (float64); changed in place
    faults: the table of ValueFault; the first row with slot -1 ends the list, so without faults this costs nothing
    time_s: plant time [s]; noise is a function of it, in whole milliseconds
    """
    for i in range(len(faults)):
        if faults[i].slot < 0:
            break
        if faults[i].start <= time_s < faults[i].until:
            sensed[faults[i].slot] = _faulty(faults[i], sensed[faults[i].slot], time_s)


@kernel
def _faulty(fault: Rows, true: float, time_s: float) -> float:
    """What one fault makes of a value."""
    kind = fault.kind
    elapsed = time_s - fault.start
    grown = elapsed / fault.ramp if elapsed < fault.ramp else 1.0
    counter = math.floor(time_s * 1000.0 + 0.5)
    shown = true
    if kind == OFFSET:
        shown = true + fault.amount * grown
    elif kind == SCALE:
        shown = true * (1.0 + (fault.amount - 1.0) * grown)
    elif kind == DRIFT:
        shown = true + fault.amount * elapsed / 3600.0
    elif kind == STUCK:
        if math.isnan(fault.held):
            fault.held = true
        shown = fault.held
    elif kind == NOISE:
        shown = true + fault.amount * grown * gaussian(int(fault.seed), counter)
    elif kind == DROPOUT:
        lost = uniform(int(fault.seed), counter) < fault.share
        if math.isnan(fault.held) or not lost:
            fault.held = true
        if lost:
            shown = fault.held if math.isnan(fault.amount) else fault.amount
    elif kind == QUANTISATION:
        shown = math.floor(true / fault.amount + 0.5) * fault.amount
    elif BROKEN <= kind <= UNDER:
        shown = _valueless(kind)
    return shown


@kernel
def _valueless(kind: int) -> float:
    """What stands for an instrument that shows no value."""
    if kind == OVER:
        return math.inf
    if kind == UNDER:
        return -math.inf
    return SHORTED if kind == SHORT else math.nan
