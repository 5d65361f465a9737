"""Which broker, how to reach it, and what is published there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from twin.errors import InputError
from twin.files import read_text

MQTT_3, MQTT_5 = "3.1.1", "5"
PLAIN_PORT, TLS_PORT = 1883, 8883


@dataclass(frozen=True)
class MqttSettings:
    """How to reach a broker. The password stands in an environment variable or a file, never in a bench file or a log.

    password_env:  name of the environment variable that holds the password
    password_file: a file whose first line is the password
    ca, cert, key: PEM files; `ca` alone checks the broker, `cert` with `key` identifies us to it. `tls` without any
                   of them checks the broker against the system's authorities.
    version:       of the protocol, 3.1.1 or 5
    """

    host: str = "127.0.0.1"
    port: int = PLAIN_PORT
    user: str = ""
    password_env: str = ""
    password_file: str = ""
    tls: bool = False
    ca: str = ""
    cert: str = ""
    key: str = ""
    version: str = MQTT_3

    @classmethod
    def of(cls, keys: Mapping[str, Any]) -> "MqttSettings":
        """The broker that a bench file names; the port is by default the one for its kind of connection."""
        own = {field.name: keys[field.name] for field in fields(cls) if field.name in keys}
        settings = cls(**own | {"port": own.get("port") or PLAIN_PORT})
        return settings if own.get("port") or not settings.secure() else cls(**own | {"port": TLS_PORT})

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


@dataclass(frozen=True)
class Publication:
    """What is published at a broker.

    root:             what all topics begin with
    client_id:        of the rig at the broker; by default made of root and plant
    period:           plant seconds between two publications, 0 for every tick
    only_changes:     leave out what has not changed since (no deadband)
    discovery:        whether Home Assistant is told of all points, below `discovery_prefix`
    """

    root: str = "geotwin"
    client_id: str = ""
    period: float = 1.0
    only_changes: bool = True
    discovery: bool = True
    discovery_prefix: str = "homeassistant"

    @classmethod
    def of(cls, keys: Mapping[str, Any]) -> "Publication":
        """What a bench file says of it."""
        return cls(**{field.name: keys[field.name] for field in fields(cls) if field.name in keys})
