"""Commands of programs that the rig starts: their words, and the placeholders in them."""

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from hil.bus.address import Address
from hil.bus.transport import Transport
from hil.bus.unit import Unit
from twin.errors import InputError, unknown

_PLACEHOLDER = re.compile(r"\{([a-z]+(?::[A-Za-z0-9_.-]+)?)\}")
_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104  (what is listened on, not a wish to)


def words_of(command: str) -> list[str]:
    """The words of a command; no shell reads them. InputError where there are none."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise InputError(f"exec {command!r}: {error}") from error
    if not words:
        raise InputError("exec: no program is named")
    return words


def check(command: str, units: Sequence[Unit]) -> None:
    """InputError for a placeholder that means nothing, with the nearest that does."""
    known = ["host", "port", "mqtt", "folder", *(f"port:{name}" for name in ("modbus", "mqtt"))]
    known += [f"port:{unit.name}" for unit in units]
    for word in words_of(command):
        for name in _PLACEHOLDER.findall(word):
            if name not in known:
                raise unknown("placeholder", name, known, f"exec {command!r}")


def places(transports: Sequence[Transport], units: Sequence[Unit]) -> dict[str, str]:
    """What the placeholders mean: {host} and {port} of the first line, {mqtt}, and {port:NAME} of a line or a unit."""
    reached = {transport.line: _reached(transport.address()) for transport in transports}
    first = next(iter(reached.values()))
    found = {"host": first.host, "port": str(first.port)}
    found |= {f"port:{line}": str(address.port) for line, address in reached.items()}
    if "mqtt" in reached:
        found["mqtt"] = f"{reached['mqtt'].host}:{reached['mqtt'].port}"
    if "modbus" in reached:
        shift = reached["modbus"].port - min(unit.port for unit in units)
        found |= {f"port:{unit.name}": str(unit.port + shift) for unit in units}
    return found


def _reached(address: Address) -> Address:
    return Address("127.0.0.1", address.port) if address.host in _ANYWHERE else address


def placed(words: Sequence[str], places: Mapping[str, str]) -> list[str]:
    """The words with what the placeholders mean in their places; InputError for a line that is not open."""

    def put(match: re.Match[str]) -> str:
        name = match[1]
        if name not in places:
            raise InputError(f"exec: {{{name}}} means nothing here: that line is not open (--mqtt opens one)")
        return places[name]

    return [_PLACEHOLDER.sub(put, word) for word in words]


def found_from_here(words: Sequence[str]) -> list[str]:
    """Words that name a file or folder of the present folder, as whole paths: the program runs in another one.

    The first is a program on the PATH where it has no slash in it.
    """
    return [
        str(Path(word).absolute()) if (number or "/" in word) and word and Path(word).exists() else word
        for number, word in enumerate(words)
    ]
