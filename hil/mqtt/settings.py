"""Which broker, and how to reach it."""

import os
from dataclasses import dataclass
from pathlib import Path

from twin.errors import InputError
from twin.files import read_text

MQTT_3, MQTT_5 = 4, 5
"""Protocol versions as a connection says them: 4 is MQTT 3.1.1."""


@dataclass(frozen=True)
class MqttSettings:
    """How to reach a broker. The password stands in an environment variable or a file, never in a bench file or a log.

    password_env:  name of the environment variable that holds the password
    password_file: a file whose first line is the password
    ca, cert, key: PEM files; `ca` alone checks the broker, `cert` with `key` identifies us to it. `tls` without any
                   of them checks the broker against the system's authorities.
    version:       4 for MQTT 3.1.1, 5 for MQTT 5
    """

    host: str = "127.0.0.1"
    port: int = 1883
    user: str = ""
    password_env: str = ""
    password_file: str = ""
    tls: bool = False
    ca: str = ""
    cert: str = ""
    key: str = ""
    version: int = MQTT_3

    def password(self) -> str | None:
        """The password, or None where none is configured. InputError where the variable or the file is missing."""
        if self.password_env:
            if self.password_env not in os.environ:
                raise InputError(f"MQTT password: the environment variable {self.password_env} is not set")
            return os.environ[self.password_env]
        if self.password_file:
            return read_text(Path(self.password_file), where="MQTT password").partition("\n")[0]
        return None

    def secure(self) -> bool:
        """Whether the connection is encrypted: asked for, or certificates are given."""
        return bool(self.tls or self.ca or self.cert)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"
