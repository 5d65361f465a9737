"""Lies for a controller: faults of the line drawn by a seed and put into a scenario's timeline."""

import random
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from hil.bus.wire_fault_kinds import WIRE_FAULTS
from scenarios import Scenario, read
from twin.errors import InputError

PREFIX = "lie_"
"""What the ids of lies begin with."""
MOST_LIES = 500
_WINDOW_S = (2.0, 6.0)
"""A lie lasts between so long [s of real time]: long enough for a controller's time-outs to run out."""
_TIMELINE = re.compile(r"^timeline:[ \t]*(#.*)?$", re.MULTILINE)
_EVERYWHERE: dict[str, Callable[[random.Random], str]] = {
    "no_reply": lambda _: "",
    "delay": lambda draw: f"delay: {draw.choice((0.3, 0.8, 2.0))} s, jitter: 200 ms",
    "duplicate": lambda _: "probability: 50 %",
    "down": lambda _: "",
    "stale": lambda _: "",
    "no_value": lambda _: "",
    "restart": lambda _: "",
}
_KINDS: dict[str, dict[str, Callable[[random.Random], str]]] = {
    "modbus": _EVERYWHERE
    | {
        "exception": lambda draw: f"code: {draw.choice((1, 2, 3, 4, 6, 10, 11))}, probability: 50 %",
        "truncated": lambda draw: f"bytes: {draw.randint(0, 12)}",
        "slow": lambda _: "gap: 5 ms",
        "split": lambda draw: f"bytes: {draw.randint(1, 9)}, gap: 200 ms",
        "joined": lambda _: "probability: 50 %",
        "late": lambda _: "probability: 50 %",
        "garbage": lambda draw: f"bytes: {draw.randint(1, 20)}, probability: 50 %",
        "wrong_unit": lambda _: "probability: 50 %",
        "wrong_transaction": lambda _: "probability: 50 %",
        "wrong_function": lambda _: "probability: 50 %",
        "wrong_length": lambda _: "probability: 20 %",
        "wrong_byte_count": lambda _: "probability: 50 %",
        "fewer": lambda _: "probability: 50 %",
        "reset": lambda _: "probability: 20 %",
        "half_open": lambda _: "",
        "refuse": lambda _: "",
        "word_swapped": lambda _: "",
    },
    "mqtt": _EVERYWHERE
    | {
        "truncated": lambda draw: f"bytes: {draw.randint(0, 40)}, probability: 50 %",
        "garbage": lambda draw: f"bytes: {draw.randint(1, 20)}, probability: 50 %",
        "reordered": lambda _: "",
        "not_retained": lambda _: "",
        "wrong_type": lambda draw: f"as: {draw.choice(('text', 'nan', 'comma', 'quoted', 'unit', 'empty', 'list'))}",
        "clock_skew": lambda draw: f"by: {draw.choice((-3600, -60, 60, 3600))} s",
        "offline": lambda _: "",
    },
}
"""The kinds of each line, with how their numbers are drawn; `session_lost` is part of `down`."""


class Lie(NamedTuple):
    """One lie. line: its entry of the timeline."""

    id: str
    line: str


def lies(scenario: Scenario, units: Sequence[str], seed: int, count: int, speed: float, line: str) -> list[Lie]:
    """So many lies, spread evenly over the judged part of a scenario; every kind before one comes twice.

    units: names of the units that may lie; line: on which they do
    speed: plant seconds in one second, so that lies last in real time
    """
    if not units or not 1 <= count <= MOST_LIES:
        raise InputError(f"{count} lies of {len(units)} devices; expected 1 .. {MOST_LIES} of at least one")
    draw, found = random.Random(seed), list[Lie]()
    begin, end = scenario.warm_up, scenario.clock.duration
    step = (end - begin) / (count + 1)
    kinds: list[str] = []
    for number in range(1, count + 1):
        kinds = kinds or draw.sample(sorted(_KINDS[line]), len(_KINDS[line]))
        kind, at = kinds.pop(), begin + step * (number - 0.5 + draw.random() / 2.0)
        length = min(draw.uniform(*_WINDOW_S) * speed, step, end - at)
        target = '"*"' if WIRE_FAULTS[f"{line}.{kind}"].whole else draw.choice(units)
        parts = [f"id: {PREFIX}{number}", f"at: {at:.0f} s", f"fault: {line}.{kind}", f"target: {target}"]
        parts += [f"for: {max(length, 1.0):.0f} s", *filter(None, [_KINDS[line][kind](draw)])]
        found.append(Lie(f"{PREFIX}{number}", f"{{{', '.join(parts)}}}"))
    return found


def tormented(scenario: Scenario, told: Sequence[Lie]) -> Scenario:
    """The scenario with lies in its timeline; its text has them too, so that it can be judged again and replayed."""
    text = scenario.text
    found = _TIMELINE.search(text)
    if found is None:
        if re.search(r"^timeline:", text, re.MULTILINE):
            raise InputError(f"{scenario.scenario}: its timeline is written in one line; write an entry a line")
        lines = "".join(f"  - {lie.line}\n" for lie in told)
        new = f"{text.rstrip()}\ntimeline:\n{lines}"
    else:
        after = text[found.end() + 1 :]
        indent = re.match(r"(?:\s*(?:#.*)?\n)*( *)-", after)
        lines = "".join(f"{indent[1] if indent else '  '}- {lie.line}\n" for lie in told)
        new = f"{text[: found.end()]}\n{lines}{after}"
    return read(new, f"{scenario.scenario} with {len(told)} lies").model_copy(update={"plant": scenario.plant})
