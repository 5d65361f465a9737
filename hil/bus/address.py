"""A host and a port, as they are written."""

import ipaddress
import re
from dataclasses import dataclass

from twin.errors import InputError

_ADDRESS = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]+):(?P<port>[0-9]{1,5})", re.ASCII)
_NAME = re.compile(r"(?!-)[\w-]{1,63}(?<!-)(\.(?!-)[\w-]{1,63}(?<!-))*\.?", re.ASCII)
_NUMBERS = re.compile(r"[0-9.]+", re.ASCII)
_LONGEST = 253


@dataclass(frozen=True)
class Address:
    """A host and a TCP port."""

    host: str
    port: int

    def __str__(self) -> str:
        """HOST:PORT, as it is written."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str, where: str) -> "Address":
        """HOST:PORT; InputError says what was given."""
        match = _ADDRESS.fullmatch(text)
        if match is None or not 0 <= int(match["port"]) <= 65535:
            raise InputError(f"{where}: {text!r} is not HOST:PORT, such as 127.0.0.1:5020")
        try:
            return cls(host(match["host"].strip("[]")), int(match["port"]))
        except InputError as error:
            raise error.under(where) from error


def host(text: str) -> str:
    """The host itself: an IPv4 or IPv6 address, or a name; InputError for anything else, nothing among it."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        named = len(text) <= _LONGEST and _NAME.fullmatch(text) and not _NUMBERS.fullmatch(text)
    if not named:
        raise InputError(f"{text!r} is not a host, such as 127.0.0.1, ::1, rig.example.org, or 0.0.0.0 for all")
    return text
