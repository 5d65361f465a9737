"""`geotwin serve --console`: faults, switches and readings by typed lines, in the words of a scenario's timeline."""

import asyncio
import json
import re
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from hil.bench.bench import Bench
from hil.bench.performer import Performer, check_action
from hil.bus.wire_fault_kinds import WIRE_FAULTS
from hil.plain_text import one_line
from scenarios.timeline.actions import EndFault, Fault, Start
from scenarios.timeline.entries import read_entry
from scenarios.timeline.timeline import Timeline, points
from twin.errors import InputError, unknown
from twin.event import SET
from twin.faults import SENSOR, VALUE_FAULTS, FaultKind
from twin.points import FAULT, Point, fault_name
from twin.yaml_lines import load

LONGEST_LINE, MOST_SHOWN = 500, 40
MOST_LINES = 100
"""Lines that may wait to be carried out; a file of any length is read no faster than that."""
HELP = """\
set PATH to VALUE                      set panel.season_selector to summer; set panel.emergency_stop to 1
ramp PATH to VALUE over TIME           ramp weather.temp_shift to -10 K over 90 min
fault PATH [to VALUE] [over T] [for T] fault source_pump_1.fault_trip; fault well_1.seal_leak to 0.2 over 1 h
fault sensor.KIND target PATH ...      fault sensor.offset target load_meter.supply_temp offset 3 K for 20 min
clear ID, clear all                    end a fault
active                                 the faults that are present
read PATH                              read hp_1.power; read zone_[1-8].temp; read bus.hp_1.power
find WORD                              points and faults with that word in their name or meaning
status, help, quit"""


class Console:
    """Carries out one line after the other; what it says goes to `tell`."""

    def __init__(self, bench: Bench, status: Callable[[], str], tell: Callable[[str], None]) -> None:
        self.bench, self.status, self.tell = bench, status, tell
        self.performer = Performer(bench, [], self._note)
        self.present: dict[str, str] = {}
        self._count = 0

    def say(self, line: str) -> bool:
        """Carry out a line; what is wrong with it is told. False when it asks to end."""
        words = line.split()
        if not words:
            return True
        try:
            if len(line) > LONGEST_LINE:
                raise InputError(f"a line of {len(line)} characters; at most {LONGEST_LINE} are taken")
            return self._carry_out(words)
        except InputError as error:
            self._tell(f"not done: {error}")
        return True

    def _carry_out(self, words: list[str]) -> bool:
        verb, rest = words[0].lower(), words[1:]
        if verb in ("quit", "exit"):
            return False
        if verb == "help":
            self.tell(HELP)
            return True
        simple: dict[str, Callable[[], Iterable[str]]] = {
            "status": lambda: [self.status()],
            "active": lambda: [f"{ident}: {what}" for ident, what in self.present.items()] or ["no fault is present"],
            "read": lambda: self._read(" ".join(rest)),
            "find": lambda: self._find(" ".join(rest).lower()),
        }
        if verb in simple:
            for text in simple[verb]():
                self._tell(text)
        elif verb == "clear":
            self._clear(" ".join(rest))
        elif verb in ("set", "ramp", "fault"):
            self._act(verb, rest)
        else:
            raise unknown("word", verb, [*simple, "clear", "set", "ramp", "fault", "help", "quit"])
        return True

    def _act(self, verb: str, rest: list[str]) -> None:
        """The line as an entry of a timeline that begins with the next tick."""
        entry = {"id": f"c{self._count + 1}", "at": f"{self._soon()} s", verb: "", **_pairs(verb, rest)}
        if verb == "fault" and "target" not in entry and "to" not in entry:
            entry["to"] = f"{self._full(str(entry['fault']))}"
        parsed = read_entry(load(json.dumps(entry), "console"))
        actions = Timeline([parsed], float("inf")).actions(self.bench.directory, WIRE_FAULTS)
        for action in actions:
            check_action(self.bench, action, "")
        self._count += 1
        for action in actions:
            if isinstance(action, Fault):
                self.present[action.id] = action.subject
            self.performer.plan(action)

    def _soon(self) -> float:
        return (self.bench.schedule.now_ms + self.bench.schedule.tick_ms) / 1000.0

    def _full(self, path: str) -> float:
        """The most that a physical fault can be."""
        if path.startswith(SENSOR) or path in WIRE_FAULTS:
            raise InputError(f"the fault {path!r} needs a target, such as: fault {path} target load_meter.supply_temp")
        found = points(path, self.bench.directory, "console")
        point = self.bench.store.point(found[0])
        if point.kind != FAULT:
            raise InputError(f"{found[0]} is a {point.kind}, not a fault; `find` lists the faults of a component")
        return 1.0 if point.hi is None else point.hi

    def _clear(self, ident: str) -> None:
        wanted = list(self.present) if ident == "all" else [ident]
        for one in wanted:
            if one not in self.present:
                raise unknown("fault", one, [*self.present, "all"])
            self.performer.plan(EndFault(one, Start(at_s=self._soon())))

    def _read(self, path: str) -> Iterable[str]:
        directory = self.bench.directory
        found = points(path, directory, "console")
        for point in found[:MOST_SHOWN]:
            value, unit = self.bench.read(point), directory.unit(point)
            name = directory.values(point).get(round(value), "")
            yield f"{point} = {value:.6g} {unit}".removesuffix(" 1") + (f" ({name})" if name else "")
        if len(found) > MOST_SHOWN:
            yield f"... and {len(found) - MOST_SHOWN} more"

    def _find(self, word: str) -> Iterable[str]:
        paths = self.bench.store.paths()
        found = [(path, p) for path, p in paths if word and (word in _called(path, p).lower() or word in p.doc.lower())]
        for path, point in found[:MOST_SHOWN]:
            yield f"{_called(path, point)} ({point.kind}): {point.doc}"
        if len(found) > MOST_SHOWN:
            yield f"... and {len(found) - MOST_SHOWN} more; give a longer word"
        if not found:
            yield f"nothing has {word!r} in its name or meaning"

    def _note(self, time_ms: int, ident: str, kind: str, on: bool, detail: str) -> None:
        if not on:
            self.present.pop(ident, None)
        state = "begins" if on else "ends"
        self._tell(f"{time_ms / 1000.0:.0f} s: {ident} {state}: {detail}" if kind != SET else f"{ident}: {detail}")

    def _tell(self, text: str) -> None:
        self.tell(one_line(text))


def _keys() -> set[str]:
    """The words that an entry of a timeline knows, parameters of faults among them."""
    kinds: list[FaultKind] = [*VALUE_FAULTS.values(), *WIRE_FAULTS.values()]
    return {"to", "over", "for", "target", "from", "shape"} | {key for kind in kinds for key in kind.keys}


def _called(path: str, point: Point) -> str:
    """The path by which a point is called: a fault by its prefix."""
    component, _, name = path.partition(".")
    return f"{component}.{fault_name(name)}" if point.kind == FAULT else path


def _pairs(verb: str, words: list[str]) -> dict[str, Any]:
    """`PATH to -16 degC over 90 min` as keys and values; a key is a word that an entry knows."""
    found: dict[str, list[str]] = {verb: []}
    key, keys = verb, _keys()
    for word in words:
        name = re.sub(r"[:=]$", "", word)
        if name in keys and found[key]:
            if name in found:
                raise InputError(f"{name!r} is given twice")
            key, found[name] = name, []
        else:
            found[key].append(word)
    for name, value in found.items():
        if not value:
            raise InputError(f"{name!r} needs a value" if name != verb else f"{verb}: what? `help` shows examples")
    return {name: " ".join(value) for name, value in found.items()}


def lines_of(stream: TextIO, take: Callable[[str], None]) -> None:
    """Hand every line of a stream to the running event loop, at its end an empty text without an end of line.

    The stream is read in a thread of its own that ends with the program.
    """
    loop = asyncio.get_running_loop()
    room = threading.Semaphore(MOST_LINES)

    def taken(line: str) -> None:
        room.release()
        take(line)

    def read() -> None:
        line = "anything"
        while line:
            line = stream.readline(LONGEST_LINE + 2)
            room.acquire()
            try:
                loop.call_soon_threadsafe(taken, line)
            except RuntimeError:  # the loop is closed: nobody is there to take it
                return

    threading.Thread(target=read, name="console", daemon=True).start()


def attach(bench: Bench, status: Callable[[], str], stop: asyncio.Event) -> None:
    """Take lines from the terminal until one of them says quit."""

    def tell(text: str) -> None:
        print(text, flush=True)

    console = Console(bench, status, tell)

    def take(line: str) -> None:
        if not console.say(line):
            stop.set()

    lines_of(sys.stdin, take)
    tell("type `help` for what can be typed here")
