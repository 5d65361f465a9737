"""Mutants of a controller on the bus: one thing is wrong between the controller and one register that it uses."""

from dataclasses import dataclass

WRITES = {
    "inverted": "commands arrive upside down",
    "late": "commands arrive five minutes late",
    "lost": "commands never arrive",
    "stuck": "the first command stays",
    "repeated": "every command comes again two minutes later, whatever was ordered since",
    "swapped": "commands for this register and its neighbour change places",
    "shifted": "commands go to the next register",
    "word_swapped": "the words of commands are swapped",
    "scaled": "commands are a tenth of what they should be",
}
"""What may happen to the writes of a register, with what a person would say of it."""
READS = {
    "stale": "the value is ten minutes old",
    "frozen": "the value stays as it was when judging began",
    "biased": "the value is off",
    "neighbour": "the value of the next register is read",
}
"""What may happen to the reads of a register."""
RESTARTS = {"restarted": "the controller starts anew twice, and remembers nothing"}
KINDS = WRITES | READS | RESTARTS
LATE_S, AGAIN_S, STALE_S = 300.0, 120.0, 600.0


@dataclass(frozen=True)
class Mutant:
    """One mistake. register: `unit.register`, empty for a restart; other: the neighbour, where the kind has one."""

    kind: str
    register: str = ""
    other: str = ""

    @property
    def name(self) -> str:
        """`lost pump_1.enable_cmd`."""
        return " ".join(filter(None, (self.kind, self.register)))

    @property
    def sentence(self) -> str:
        """What is wrong, in words."""
        other = f" ({self.other})" if self.other else ""
        return f"{self.register}: {KINDS[self.kind]}{other}" if self.register else KINDS[self.kind]

    @property
    def writes(self) -> bool:
        """Whether it is about what the controller writes."""
        return self.kind in WRITES
