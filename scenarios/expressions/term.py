"""The terms of a bound expression: what is evaluated, on a recording or live, with names and units settled."""

from dataclasses import dataclass, replace

YES_NO = "yes/no"
TEMPERATURE, DIFFERENCE = "degC", "K"
DAY_S = 86400.0
CLOCK = "time of day"
"""The unit of a time of day, which is counted in seconds from midnight and compared with another one only."""


@dataclass(frozen=True)
class Term:
    """One step of an evaluation. `unit` is YES_NO for a condition.

    op:    constant (value), read (path), + - * / neg abs min max mean sum rate, rolling (mean over `value` seconds),
           number (a condition as 1 or 0), at_trigger (the last value before the trigger; series.freeze),
           time_of_day (of a time in seconds since a midnight),
           previous (the value `value` seconds ago, or the one before where that is 0),
           count (how often the condition became true in the last `value` seconds),
           since (seconds since `event` of the timeline, or since the condition became true; infinite before it);
           and the conditions truth, < <= > >= ==, and, or, not, rising, held (for all of the last `value` seconds),
           within (at some moment not more than `value` seconds before or after; `hopeful`: where the recording ends
           before that time is over, taken as true)
    """

    op: str
    unit: str
    operands: tuple["Term", ...] = ()
    value: float = 0.0
    path: str = ""
    event: str = ""
    hopeful: bool = False

    def reads(self) -> list[str]:
        """The paths that the term reads, from left to right, each once."""
        own = [self.path] if self.path else []
        return list(dict.fromkeys(own + [path for operand in self.operands for path in operand.reads()]))

    def events(self) -> list[str]:
        """The events of the timeline that the term counts from."""
        own = [self.event] if self.event else []
        return own + [event for operand in self.operands for event in operand.events()]

    @property
    def looks_ahead(self) -> bool:
        """True where what comes later decides what the term is now."""
        return self.op == "within" or any(operand.looks_ahead for operand in self.operands)

    def hoping(self, hopeful: bool) -> "Term":
        """The term with what lies behind the end of a recording taken for true (or false) at its best (or worst)."""
        inner = hopeful is not (self.op == "not")
        return replace(self, operands=tuple(operand.hoping(inner) for operand in self.operands), hopeful=hopeful)

    @property
    def triggered(self) -> bool:
        """True where the term compares with what was before the trigger."""
        return self.op == "at_trigger" or any(operand.triggered for operand in self.operands)

    def own_means(self) -> list[str]:
        """Paths that a comparison holds against their own mean of the last minutes: true of a signal that is dead."""
        found = [path for operand in self.operands for path in operand.own_means()]
        if self.op in ("<", "<=", ">", ">="):
            sides = [{path for one in side.rolling() for path in one.reads()} for side in self.operands]
            plain = [set(side.without_rolling()) for side in self.operands]
            found += sorted((sides[0] & plain[1]) | (sides[1] & plain[0]))
        return found

    def rolling(self) -> list["Term"]:
        """The means over time within the term; one before the trigger is none, it does not follow."""
        if self.op == "at_trigger":
            return []
        inner = [one for operand in self.operands for one in operand.rolling()]
        return [self, *inner] if self.op == "rolling" else inner

    def without_rolling(self) -> list[str]:
        """The paths that are read as they are at the moment."""
        if self.op in ("rolling", "at_trigger"):
            return []
        own = [self.path] if self.path else []
        return own + [path for operand in self.operands for path in operand.without_rolling()]

    @property
    def momentary(self) -> bool:
        """True for a condition that holds only at single instants, such as rising(..)."""
        if self.op == "or":
            return all(operand.momentary for operand in self.operands)
        return self.op == "rising" or (self.op == "and" and any(operand.momentary for operand in self.operands))


def difference(unit: str) -> str:
    """The unit of the difference of two values in `unit`."""
    return {TEMPERATURE: DIFFERENCE, CLOCK: "s"}.get(unit, unit)


def product(unit: str, other: str) -> str:
    """The unit of a product."""
    return unit if other == "1" else other if unit == "1" else f"{unit}*{other}"
