"""The person at a check-out: one register after the other, asked about and signed by typed lines."""

import re
from collections.abc import Awaitable, Callable

from hil.checkout.driving import DONE, Checkout
from hil.checkout.known_values import written
from hil.checkout.sheet import FAILED, OK, SKIPPED, TO_CONTROLLER, Item
from hil.plain_text import one_line
from twin.errors import InputError
from twin.units import quantity

HELP = """\
y or Enter   the controller shows it, or the plant has taken it: signed
n WORDS      it does not: failed, with a remark
v VALUE      drive the instrument to another value
s            skip it; b: back to the one before; r WORDS: a remark
q            end here; the same command goes on with what is open"""
_NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]+")
END = ""
"""What the source of lines gives at its end."""


class Dialog:
    """Asks about every line of a list that is not signed yet."""

    def __init__(
        self,
        checkout: Checkout,
        by: str,
        line: Callable[[], Awaitable[str]],
        tell: Callable[[str], None],
        save: Callable[[], None],
    ) -> None:
        """by: who signs; line: the next typed line, END at the end of all; save: called after every change"""
        self._checkout, self._by, self._line, self._tell, self._save = checkout, by, line, tell, save
        self._doubted = ""

    async def run(self) -> bool:
        """Ask about all; False where the person ended it before."""
        lines = self._checkout.lines
        number, back = 0, False
        while number < len(lines):
            if lines[number].result in DONE and not back:
                number += 1
                continue
            step = await self._ask(number, lines[number])
            if step == 0:
                return False
            back = step < 0
            number = max(0, number + step)
        return True

    async def _ask(self, number: int, line: Item) -> int:
        """Ask about one; how far to go on from there, 0 to end."""
        self._tell(f"\n{number + 1}/{len(self._checkout.lines)}  {line.name}: {_where(line)}")
        if line.values:
            self._driven(line, line.values[len(line.values) // 2])
        else:
            self._tell(self._state(line))
        try:
            while True:
                said = await self._line()
                if said == END:
                    return 0
                if step := self._answered(line, said.strip()):
                    return step
                if said.strip() == "q":
                    return 0
        finally:
            self._checkout.note(line)
            self._checkout.release(line)
            self._save()

    def _answered(self, line: Item, said: str) -> int:
        """What an answer does; how far to go on, 0 to stay."""
        word, _, rest = said.partition(" ")
        if word in ("", "y") and self._doubtful(line):
            self._tell("   the controller has not read it since; y again signs it all the same")
            return 0
        if word in ("", "y"):
            return self._signed(line, OK, rest)
        if word == "n":
            return self._signed(line, FAILED, rest)
        if word == "s":
            return self._signed(line, SKIPPED, rest)
        if word == "b":
            return -1
        if word == "r" and rest:
            line.remark = one_line(rest)
            self._tell("noted")
        elif word == "v" and rest:
            self._drive_to(line, rest)
        elif word != "q":
            self._tell(HELP)
        return 0

    def _doubtful(self, line: Item) -> bool:
        """Whether a line is to be signed that the controller has not read, where it reads others; asked once."""
        if line.direction != TO_CONTROLLER or self._checkout.reads(line) or not self._checkout.polled:
            return False
        before, self._doubted = self._doubted, line.name
        return before != line.name

    def _signed(self, line: Item, result: str, remark: str) -> int:
        if line.direction == TO_CONTROLLER:
            shown = self._checkout.bench.bus.forced().get(line.slot.place)
            what = "" if shown is None else f" at {written(line.register, [shown])}"
            line.seen = f"read {self._checkout.reads(line)} times{what}"
        self._checkout.note(line)
        self._checkout.sign(line, result, self._by, one_line(remark))
        return 1

    def _drive_to(self, line: Item, text: str) -> None:
        if line.direction != TO_CONTROLLER or not line.path:
            self._tell("only what an instrument of the plant shows can be driven")
            return
        try:
            named = {name: float(number) for number, name in line.register.values.items()}
            plain = f"{text} {line.register.uom}" if _NUMBER.fullmatch(text) else text
            self._driven(line, named[text] if text in named else quantity(plain, line.register.uom))
        except InputError as error:
            self._tell(f"not done: {error}")

    def _driven(self, line: Item, value: float) -> None:
        shown = self._checkout.drive(line, value)
        self._tell(f"   driven to {written(line.register, [shown])} {line.register.uom}".removesuffix(" 1"))
        self._tell("   does the controller show it? [y/n/v/s/b/r/q/?]")

    def _state(self, line: Item) -> str:
        count, last = self._checkout.writes(line)
        if line.direction == TO_CONTROLLER:
            return f"   read {self._checkout.reads(line)} times so far; is it right there? [y/n/s/b/r/q/?]"
        seen = f"written {count} times so far, last {last}" if count else "not written yet; give the command"
        return f"   {seen}. Is it right here? [y/n/s/b/r/q/?]"


def _where(line: Item) -> str:
    register, row = line.register, line.row()
    unit = f" {register.uom}" if register.uom != "1" else ""
    return (
        f"unit {row['unit']} on port {row['port']}, {register.table} {register.address} ({row['manual']}), "
        f"{register.type}{unit}, {line.direction}"
    )
