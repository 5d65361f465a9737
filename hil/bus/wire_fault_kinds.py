"""The kinds of fault of a line: what can go wrong between a device and its controller.

Every kind is declared here, once, with what it is and its numbers: those of EVERYWHERE mean the same on every line,
those of REPLIES on every line on which a device answers requests, and each line has some of its own. What a kind does
to the bytes stands with its protocol (hil.lines.modbus.replies, hil.lines.mqtt.topic_faults).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hil.bus.fault_scope import MESSAGES, SCOPE, parse_scope
from hil.bus.unit import Unit
from twin.errors import unknown
from twin.faults import FaultKind, FaultParameter

_LONGEST_S = 3600.0
_A_YEAR_S = 366.0 * 86400.0


@dataclass(frozen=True)
class WireFaultKind(FaultKind):
    """A kind of fault of a line; its name has the place before a dot: `modbus.no_reply`.

    aims:    whether it can be put on a unit of the bench; by default on every one
    whole:   whether it is of the whole line, so that its target is always `*`
    scope:   the keys by which the requests or messages are chosen that it acts on (hil.bus.fault_scope)
    choices: parameters that are one of some words; the first is the default
    """

    aims: Callable[[Unit], bool] = field(default=lambda _: True, kw_only=True)
    whole: bool = field(default=False, kw_only=True)
    scope: tuple[str, ...] = field(default=(), kw_only=True)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict, kw_only=True)

    @property
    def keys(self) -> tuple[str, ...]:
        """What a scenario may say of it."""
        return (*super().keys, *self.choices, *self.scope)

    def parse(self, given: Mapping[str, object], point_unit: str, where: str) -> dict[str, Any]:
        """Numbers, words and scope of a fault as a scenario gives it; InputError says what is wrong."""
        chosen = {name: self._chosen(name, given.get(name, words[0]), where) for name, words in self.choices.items()}
        scope = {name: value for name, value in given.items() if name in self.scope}
        rest = {name: value for name, value in given.items() if name not in chosen and name not in scope}
        for name in rest:
            if name not in self.keys:
                raise unknown(f"parameter of fault {self.name!r}", name, self.keys, where)
        return super().parse(rest, point_unit, where) | chosen | parse_scope(scope, where)

    def _chosen(self, name: str, given: object, where: str) -> str:
        if given not in self.choices[name]:
            raise unknown(name, str(given), self.choices[name], where)
        return str(given)


def _seconds(name: str, doc: str, default: float | None = None) -> FaultParameter:
    return FaultParameter(name, "s", doc, default, lo=-math.ulp(0.0), hi=_LONGEST_S)


def _count(name: str, doc: str, default: float | None = None, lo: float = 0.0) -> FaultParameter:
    return FaultParameter(name, "1", doc, default, lo=lo, hi=65535.0)


EVERYWHERE: tuple[WireFaultKind, ...] = (
    WireFaultKind("no_reply", "The device is silent: it answers nothing, sends nothing and takes nothing."),
    WireFaultKind(
        "delay",
        "What the device says comes late, in real time: by a fixed time, a random one on top, and one for each byte.",
        (
            _seconds("delay", "fixed part", 0.0),
            _seconds("jitter", "the random part is up to this", 0.0),
            _seconds("per_byte", "for every byte of the answer", 0.0),
        ),
    ),
    WireFaultKind(
        "truncated", "The end of what the device says is missing.", (_count("bytes", "bytes that arrive", lo=-1.0),)
    ),
    WireFaultKind("duplicate", "What the device says comes twice."),
    WireFaultKind(
        "garbage", "Bytes that mean nothing come before what the device says.", (_count("bytes", "how many", 3.0),)
    ),
    WireFaultKind("stale", "The device shows the values of when the fault began; writes are taken."),
    WireFaultKind("no_value", "The device shows its number or word for no value."),
)
"""What can go wrong on every line with single requests or messages."""
DEVICES: tuple[WireFaultKind, ...] = (
    WireFaultKind("down", "The line is down: connections end, and no new one can be made."),
    WireFaultKind(
        "restart", "The device starts anew: it is away for as long as the fault lasts, and forgets its orders."
    ),
)
"""What can happen to a device as a whole on every line."""
REPLIES: tuple[WireFaultKind, ...] = (
    WireFaultKind(
        "exception",
        "The device answers with an exception.",
        (FaultParameter("code", "1", "the exception code, such as 6 for busy", lo=0.0, hi=255.0),),
    ),
    WireFaultKind(
        "slow",
        "The answer comes one byte at a time, in real time.",
        (_seconds("gap", "between two bytes", 0.005),),
    ),
    WireFaultKind(
        "split",
        "The answer comes in two parts, in real time.",
        (_count("bytes", "bytes of the first part", 1.0), _seconds("gap", "between the parts", 0.2)),
    ),
    WireFaultKind("joined", "An answer is held until the next one, and both come in one piece."),
    WireFaultKind("late", "An answer comes only when the next request has come, before its answer."),
    WireFaultKind("wrong_unit", "The answer bears the id of another unit."),
    WireFaultKind("wrong_function", "The answer is to another function."),
    WireFaultKind("wrong_byte_count", "The answer to a read says another number of bytes than follow."),
    WireFaultKind(
        "fewer",
        "The answer to a read holds less than was asked for, and says so.",
        (_count("words", "how many registers are missing", 1.0),),
    ),
    WireFaultKind("word_swapped", "Values of several registers have their words in another order."),
)
"""What can go wrong with single answers on every line on which a device answers requests for registers."""
CONNECTIONS: tuple[WireFaultKind, ...] = (
    WireFaultKind("close_after", "The connection is closed after some answers.", (_count("answers", "how many", 1.0),)),
    WireFaultKind("half_open", "The device has lost the connections, without a word: nothing is answered on them."),
    WireFaultKind("refuse", "New connections are refused."),
    WireFaultKind(
        "few_connections",
        "Few connections are possible; a further one is refused, displaces the oldest, or is taken and never answered.",
        (_count("most", "how many are possible"),),
        choices={"when_full": ("refuse", "oldest", "mute")},
    ),
)
"""What can happen to the connections of every line to which clients connect."""
_TCP: tuple[WireFaultKind, ...] = (
    WireFaultKind("reset", "The connection is reset instead of an answer."),
    WireFaultKind("wrong_transaction", "The answer bears the id of another transaction."),
    WireFaultKind("wrong_length", "The header of the answer says another length than follows."),
)
_PUBLISHED: tuple[WireFaultKind, ...] = (
    WireFaultKind("reordered", "A message comes after the next one of its device: the old after the new."),
    WireFaultKind("not_retained", "What is sent is not retained: who subscribes gets the values of before the fault."),
    WireFaultKind(
        "wrong_type",
        "Values are written as something else: a word, NaN, with a decimal comma, in quotes, with a unit, as nothing, "
        "as a list.",
        choices={"as": ("text", "nan", "comma", "quoted", "unit", "empty", "list")},
    ),
)
_BROKER: tuple[WireFaultKind, ...] = (
    WireFaultKind(
        "clock_skew",
        "Times in messages are wrong.",
        (FaultParameter("by", "s", "how much too late", lo=-_A_YEAR_S, hi=_A_YEAR_S),),
    ),
    WireFaultKind("session_lost", "The broker starts anew and has forgotten sessions and retained values.", whole=True),
    WireFaultKind("offline", "The plant is said to be offline while it goes on.", whole=True),
)
_CONTROLLER: tuple[WireFaultKind, ...] = (
    WireFaultKind("freeze", "The controller stands still, and goes on from there when the fault ends.", whole=True),
    WireFaultKind(
        "restart", "The controller loses its power, and starts anew when the fault ends, with nothing kept.", whole=True
    ),
)
"""What can happen to a controller that the rig runs itself."""
FREEZE, RESTART = "controller.freeze", "controller.restart"
CONTROLLER_FAULTS = (FREEZE, RESTART)


AWAY = ("no_reply", "down", "half_open", "restart")
"""Kinds by which a whole device is out of reach, where they are put on all of its requests."""


def on_line(line: str, kinds: Sequence[WireFaultKind], scope: tuple[str, ...] = ()) -> dict[str, WireFaultKind]:
    """The kinds under their full names on a line, such as `modbus.no_reply`; scope: by what they can be chosen."""
    return {f"{line}.{kind.name}": replace(kind, name=f"{line}.{kind.name}", scope=scope) for kind in kinds}


WIRE_FAULTS: dict[str, WireFaultKind] = (
    on_line("modbus", (*EVERYWHERE, *REPLIES, *_TCP), SCOPE)
    | on_line("modbus", (*CONNECTIONS, *DEVICES))
    | on_line("mqtt", (*EVERYWHERE, *_PUBLISHED), MESSAGES)
    | on_line("mqtt", (*_BROKER, *(replace(kind, whole=kind.name == "down") for kind in DEVICES)))
    | on_line("controller", _CONTROLLER)
)
"""Every kind of fault of a line by its full name; scenarios, console and lists read it."""


def kind_on(line: str, name: str) -> str:
    """A kind by its short name where it acts on a line, else empty: a device starts anew on all of its lines at once.

    name: full, such as `modbus.no_reply`
    """
    of, _, kind = name.partition(".")
    return kind if of == line or (kind == "restart" and name != RESTART) else ""
