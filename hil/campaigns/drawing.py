"""Mutants drawn by a seed from the registers that a controller uses: every register and every kind in turn."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence

from hil.bus.bus import Bus
from hil.bus.maps.register import Register
from hil.bus.maps.register_types import SWAPPED, TEXT
from hil.bus.unit import Unit
from hil.campaigns.mutant import KINDS, READS, WRITES, Mutant
from hil.campaigns.use import Use


def drawn(use: Use, bus: Bus, count: int, seed: int) -> list[Mutant]:
    """So many mutants, or all there are: those whose register and kind were drawn least come first."""
    left = [Mutant("restarted"), *_candidates(use, bus)]
    draw = random.Random(seed)
    draw.shuffle(left)
    registers: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    found: list[Mutant] = []
    while left and len(found) < count:
        one = min(left, key=lambda mutant: (registers[mutant.register], kinds[mutant.kind]))
        left.remove(one)
        registers[one.register] += 1
        kinds[one.kind] += 1
        found.append(one)
    order = list(KINDS)
    return sorted(found, key=lambda mutant: (mutant.register, order.index(mutant.kind)))


def in_reach(mutant: Mutant, use: Use) -> bool:
    """Whether a mutant can make a difference where so much is used: its register is commanded, or changes."""
    return not mutant.register or mutant.register in (use.written if mutant.writes else use.read)


def _candidates(use: Use, bus: Bus) -> Iterator[Mutant]:
    for name in sorted(use.written):
        unit, register = _at(name, bus)
        partner = _partner(name, register, sorted(use.written))
        behind = _next(register, [one for one in unit.device.registers if one.writable])
        for kind in WRITES:
            if _fits(kind, register, partner, behind):
                other = {"swapped": partner, "shifted": f"{unit.name}.{behind.name}" if behind else ""}.get(kind, "")
                yield Mutant(kind, name, other)
    for name in sorted(use.read):
        unit, register = _at(name, bus)
        behind = _next(register, [one for one in unit.device.registers if one.readable and one.table == register.table])
        for kind in READS:
            if kind == "biased" and register.values:
                continue
            if kind != "neighbour":
                yield Mutant(kind, name)
            elif behind is not None:
                yield Mutant(kind, name, f"{unit.name}.{behind.name}")


def _at(name: str, bus: Bus) -> tuple[Unit, Register]:
    slot = bus.slot(name)
    unit = bus.units[slot.unit]
    return unit, unit.device.registers[slot.register]


def _fits(kind: str, register: Register, partner: str, behind: Register | None) -> bool:
    """Whether a mistake of that kind can be made with a register."""
    number = register.kind.numeric and not register.values and register.type not in ("bool", "bit")
    possible = {
        "swapped": bool(partner),
        "shifted": behind is not None,
        "word_swapped": number and register.words > 1 and register.wire_order in SWAPPED,
        "scaled": number,
    }
    return possible.get(kind, True)


def _partner(name: str, register: Register, used: Sequence[str]) -> str:
    """The register whose commands may be mistaken for those of this one: the same one of the next unit that has it."""
    same = [other for other in used if other.rpartition(".")[2] == register.name]
    at = same.index(name) + 1
    return same[at] if at < len(same) else same[0] if len(same) > 1 else ""


def _next(register: Register, others: Sequence[Register]) -> Register | None:
    """The next register by address that holds no text; None behind the last."""
    behind = [
        one
        for one in others
        if one.table == register.table and one.address > register.address and one.kind.kind != TEXT
    ]
    return min(behind, key=lambda one: one.address, default=None)
