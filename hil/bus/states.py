"""What the names of an enumeration on the bus mean for the point behind it.

A device has numbers of its own: a pump's hand switch may be {0: AUTO, 1: OFF, 2: ON}. Where the point has named states,
the register's names are matched with them, whatever their case; where it is a plain yes or no, the usual words are
known; anything else the file says itself (`means`). Nothing that could be read in two ways is taken.
"""

from collections.abc import Mapping

from hil.bus.maps.register import Register
from twin.errors import Gathered, InputError, nearest
from twin.points import Point
from twin.units import quantity

OFF = ("off", "no", "false", "stop", "stopped", "disable", "disabled", "inactive", "idle", "released")
ON = ("on", "yes", "true", "start", "started", "run", "running", "enable", "enabled", "active", "pressed")
OPEN, SHUT = ("open", "opened"), ("closed", "close", "shut")
HEALTHY, FAULTY = ("normal", "ok", "healthy", "clear"), ("alarm", "fault", "trip", "tripped", "failed")


def states(register: Register, point: Point, where: str) -> dict[int, float]:
    """The number of the point [its unit] behind every number of an enumeration; InputError where a name has none.

    where: the register, for messages
    """
    wrong = Gathered()
    for raw in register.means:
        if raw not in register.values:
            wrong.parts.append(InputError(f"{where}: means: {raw} is not among the values"))
    found: dict[int, float] = {}
    words = _words(register, point)
    for raw, name in register.values.items():
        with wrong.trying(where):
            found[raw] = _meaning(register, raw, name, words, point)
    if register.readable and not wrong.parts:
        missing = [name for code, name in point.values.items() if float(code) not in found.values()]
        if missing:
            wrong.parts.append(
                InputError(
                    f"{where}: no number stands for {', '.join(missing)} of {register.point}; "
                    "give each a value, or say with `means` which number shows it"
                )
            )
    wrong.tell()
    return found


def _words(register: Register, point: Point) -> dict[str, float]:
    """The numbers of the point by the words that are known for them."""
    if point.values:
        return {name.casefold(): float(code) for code, name in point.values.items()}
    if point.unit != "1" or (point.lo, point.hi) != (0.0, 1.0):
        return {}
    words = dict.fromkeys(OFF, 0.0) | dict.fromkeys(ON, 1.0)
    if "open" in register.point:
        words |= dict.fromkeys(SHUT, 0.0) | dict.fromkeys(OPEN, 1.0)
    if point.kind == "alarm":
        words |= dict.fromkeys(HEALTHY, 0.0) | dict.fromkeys(FAULTY, 1.0)
    return words


def _meaning(register: Register, raw: int, name: str, words: Mapping[str, float], point: Point) -> float:
    given = register.means.get(raw)
    text = name if given is None else str(given)
    if text.casefold() in words:
        return words[text.casefold()]
    if given is not None:
        try:
            return point.check(quantity(text, point.unit), f"means: {raw}")
        except InputError as error:
            raise error.under(f"means: {raw}: {text!r} is no state of {register.point}") from error
    example = next(iter(point.values.values()), "0")
    raise InputError(
        f"what {raw}: {name!r} means for {register.point} is not known{nearest(name, words)}; "
        f"say it with `means`, such as means: {{{raw}: {example}}}"
    )
