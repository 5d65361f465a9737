"""Faults of a line: what goes wrong between a device and its controller.

Here every kind is declared, once, with what it is and its numbers; those of REPLIES mean the same on every line on
which a device answers requests. What a kind does to the bytes stands with its protocol (hil.modbus.replies). While a
fault is present it stands among the active ones of the bus, where each transport looks for those that concern it;
without any, looking costs one test of an empty tuple.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hil.bus.fault_scope import SCOPE, Request, Scope, parse_scope
from hil.bus.unit import Unit
from twin.errors import InputError, unknown
from twin.faults import FaultKind, FaultParameter

_LONGEST_S = 3600.0


@dataclass(frozen=True)
class WireFaultKind(FaultKind):
    """A kind of fault of a line; its name has the place before a dot: `modbus.no_reply`.

    aims:    whether it can be put on a unit of the bench; by default on every one
    scoped:  whether it acts on single requests, so that they can be chosen (hil.bus.fault_scope)
    choices: parameters that are one of some words; the first is the default
    """

    aims: Callable[[Unit], bool] = field(default=lambda _: True, kw_only=True)
    scoped: bool = field(default=False, kw_only=True)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict, kw_only=True)

    def parse(self, given: Mapping[str, object], point_unit: str, where: str) -> dict[str, Any]:
        """Numbers, words and scope of a fault as a scenario gives it; InputError says what is wrong."""
        chosen = {name: self._chosen(name, given.get(name, words[0]), where) for name, words in self.choices.items()}
        scope = {name: value for name, value in given.items() if self.scoped and name in SCOPE}
        rest = {name: value for name, value in given.items() if name not in chosen and name not in scope}
        known = [*(parameter.name for parameter in self.parameters), *self.choices, *(SCOPE if self.scoped else ())]
        for name in rest:
            if name not in known:
                raise unknown(f"parameter of fault {self.name!r}", name, known, where)
        return super().parse(rest, point_unit, where) | chosen | parse_scope(scope, where)

    def _chosen(self, name: str, given: object, where: str) -> str:
        if given not in self.choices[name]:
            raise unknown(name, str(given), self.choices[name], where)
        return str(given)


def _seconds(name: str, doc: str, default: float | None = None) -> FaultParameter:
    return FaultParameter(name, "s", doc, default, lo=-math.ulp(0.0), hi=_LONGEST_S)


def _count(name: str, doc: str, default: float | None = None, lo: float = 0.0) -> FaultParameter:
    return FaultParameter(name, "1", doc, default, lo=lo, hi=65535.0)


REPLIES: tuple[WireFaultKind, ...] = (
    WireFaultKind("no_reply", "Requests are not answered.", scoped=True),
    WireFaultKind(
        "delay",
        "Answers come late, in real time: by a fixed time, a random one on top, and one for each byte.",
        (
            _seconds("delay", "fixed part", 0.0),
            _seconds("jitter", "the random part is up to this", 0.0),
            _seconds("per_byte", "for every byte of the answer", 0.0),
        ),
        scoped=True,
    ),
    WireFaultKind(
        "exception",
        "The device answers with an exception.",
        (FaultParameter("code", "1", "the exception code, such as 6 for busy", lo=0.0, hi=255.0),),
        scoped=True,
    ),
    WireFaultKind(
        "truncated", "The end of the answer is missing.", (_count("bytes", "bytes that arrive", lo=-1.0),), scoped=True
    ),
    WireFaultKind(
        "slow",
        "The answer comes one byte at a time, in real time.",
        (_seconds("gap", "between two bytes", 0.005),),
        scoped=True,
    ),
    WireFaultKind(
        "split",
        "The answer comes in two parts, in real time.",
        (_count("bytes", "bytes of the first part", 1.0), _seconds("gap", "between the parts", 0.2)),
        scoped=True,
    ),
    WireFaultKind("joined", "An answer is held until the next one, and both come in one piece.", scoped=True),
    WireFaultKind("late", "An answer comes only when the next request has come, before its answer.", scoped=True),
    WireFaultKind("duplicate", "The answer comes twice.", scoped=True),
    WireFaultKind(
        "garbage", "Bytes that mean nothing come before the answer.", (_count("bytes", "how many", 3.0),), scoped=True
    ),
    WireFaultKind("wrong_unit", "The answer bears the id of another unit.", scoped=True),
    WireFaultKind("wrong_function", "The answer is to another function.", scoped=True),
    WireFaultKind("wrong_byte_count", "The answer to a read says another number of bytes than follow.", scoped=True),
    WireFaultKind("reset", "The connection is reset instead of an answer.", scoped=True),
    WireFaultKind("close_after", "The connection is closed after some answers.", (_count("answers", "how many", 1.0),)),
    WireFaultKind("half_open", "The device has lost the connections, without a word: nothing is answered on them."),
    WireFaultKind("refuse", "New connections are refused."),
    WireFaultKind(
        "few_connections",
        "Few connections are possible; a further one is refused, displaces the oldest, or is taken and never answered.",
        (_count("most", "how many are possible"),),
        choices={"when_full": ("refuse", "oldest", "mute")},
    ),
    WireFaultKind("down", "The line is down: connections end, and no new one can be made."),
    WireFaultKind("stale", "Reads show the values of when the fault began; writes are taken.", scoped=True),
    WireFaultKind("no_value", "Reads show the device's number for no value.", scoped=True),
    WireFaultKind("word_swapped", "Values of several registers have their words in another order.", scoped=True),
    WireFaultKind(
        "restart", "The device starts anew: it is away for as long as the fault lasts, and forgets its orders."
    ),
)
"""What can go wrong on every line on which a device answers requests."""
_MBAP: tuple[WireFaultKind, ...] = (
    WireFaultKind("wrong_transaction", "The answer bears the id of another transaction.", scoped=True),
    WireFaultKind("wrong_length", "The header of the answer says another length than follows.", scoped=True),
)


AWAY = ("no_reply", "down", "half_open", "restart")
"""Kinds by which a whole device is out of reach, where they are put on all of its requests."""


def on_line(line: str, kinds: Sequence[WireFaultKind]) -> dict[str, WireFaultKind]:
    """The kinds under their full names on a line, such as `modbus.no_reply`."""
    named = {f"{line}.{kind.name}": kind for kind in kinds}
    return {
        name: WireFaultKind(
            name, kind.sentence, kind.parameters, aims=kind.aims, scoped=kind.scoped, choices=kind.choices
        )
        for name, kind in named.items()
    }


WIRE_FAULTS: dict[str, WireFaultKind] = on_line("modbus", (*REPLIES, *_MBAP))
"""Every kind of fault of a line by its full name; scenarios, console and lists read it."""


@dataclass(eq=False)
class ActiveWireFault:
    """A fault that is present: its kind, the units it is on, its numbers and words, and how many requests it met.

    id: of the line of the timeline it comes from
    """

    kind: WireFaultKind
    units: frozenset[str]
    parameters: Mapping[str, Any]
    scope: Scope = field(default_factory=Scope)
    id: str = ""

    @property
    def name(self) -> str:
        """Its id, or its kind where it has none."""
        return self.id or self.kind.name

    @property
    def whole(self) -> bool:
        """Whether it acts on every request."""
        return not any(name in self.parameters for name in SCOPE)

    def meets(self, request: Request) -> bool:
        """Whether it acts on a request; it is asked once for each, since it counts and draws."""
        return request.unit in self.units and self.scope.meets(request)


class WireFaults:
    """The faults that are on the lines of a bench; `active` is what transports look at.

    changed: called with a fault and whether it begins, for transports that have to do something then
    """

    def __init__(self, units: Sequence[Unit], seed: int = 0) -> None:
        """units: all units of the bench; a fault aims at one by its name, or at all with `*`. seed: of the run."""
        self._units, self._seed = units, seed
        self.active: tuple[ActiveWireFault, ...] = ()
        self.changed: list[Callable[[ActiveWireFault, bool], None]] = []

    def check(self, kind: str, target: str, where: str) -> None:
        """InputError where there is no such kind or nothing that it can be put on."""
        if kind not in WIRE_FAULTS:
            raise unknown("fault", kind, WIRE_FAULTS, where)
        names = [unit.name for unit in self._units if WIRE_FAULTS[kind].aims(unit)]
        if target != "*" and target not in names:
            raise unknown("unit on the bus", target, [*names, "*"], where)
        if not names:
            raise InputError(f"{where}: no unit of the bench can have the fault {kind!r}")

    def start(self, kind: str, target: str, parameters: Mapping[str, Any], ident: str = "") -> Callable[[], None]:
        """Put a fault, checked before, on the line; what is returned takes it off again, once. ident: of its line."""
        what = WIRE_FAULTS[kind]
        units = frozenset(unit.name for unit in self._units if target in ("*", unit.name) and what.aims(unit))
        scope = Scope.of(parameters, self._seed, f"{kind} {target}")
        fault = ActiveWireFault(what, units, dict(parameters), scope, ident)
        self.active = (*self.active, fault)
        self._tell(fault, True)

        def end() -> None:
            if fault in self.active:
                self.active = tuple(one for one in self.active if one is not fault)
                self._tell(fault, False)

        return end

    def away(self) -> frozenset[str]:
        """The units that are out of reach, whole."""
        gone = [fault.units for fault in self.active if fault.kind.name.partition(".")[2] in AWAY and fault.whole]
        return frozenset[str]().union(*gone)

    def _tell(self, fault: ActiveWireFault, begins: bool) -> None:
        for told in self.changed:
            told(fault, begins)
