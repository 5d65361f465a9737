"""A host and a port, as they are written."""

import re
from dataclasses import dataclass

from twin.errors import InputError

_ADDRESS = re.compile(r"^(?P<host>\[[0-9A-Fa-f:]+\]|[\w.-]+):(?P<port>\d{1,5})$")


@dataclass(frozen=True)
class Address:
    """A host and a TCP port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str, where: str) -> "Address":
        """HOST:PORT; InputError says what was given."""
        match = _ADDRESS.match(text)
        if match is None or not 0 <= int(match["port"]) <= 65535:
            raise InputError(f"{where}: {text!r} is not HOST:PORT, such as 127.0.0.1:5020")
        return cls(match["host"].strip("[]"), int(match["port"]))
