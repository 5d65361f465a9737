"""What a bench file says of its lines: the broker and what is published there, and the habits of its Modbus ports.

Plain values, checked where they stand. The rooms of the protocols make their settings of them (`Served.keys`), under
the same names.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from hil.bus.maps.register_fields import one_of
from hil.bus.unit import Unit
from twin.errors import Gathered, InputError, unknown
from twin.units import seconds
from twin.yaml_lines import FileModel, Map, place_of, written

_LEVELS = written(
    r"^[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)*$", "levels of a topic: letters, digits, _, - and ., with /"
)
_HOST = written(r"^[A-Za-z0-9_.:-]+$", "the name or address of a host")
_VARIABLE = written(r"^[A-Za-z_]\w*$", "the name of an environment variable")
_PRINTED = written(r"^[ -~]+$", "plain ASCII text")
_DAY_S = 86_400.0
_FILES = ("password_file", "ca", "cert", "key")
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


def _span(given: Any) -> float:
    span_s = seconds(given, place_of(given))
    if span_s > _DAY_S:
        raise InputError(f"{place_of(given)}: {str(given)!r} is more than a day")
    return span_s


def _idle(given: Any) -> float | None:
    if given == "never":
        return None
    if not (span_s := seconds(given, place_of(given))):
        raise InputError(f"{place_of(given)}: {str(given)!r} is no time; expected such as 60 s, or never")
    return span_s


_DURATION = WithJsonSchema({"type": "string", "description": "such as 1 s"})
_VERSIONS, _FULL, _UNKNOWN = ("3.1.1", "5"), ("refuse", "oldest"), ("0B", "silence")


class MqttKeys(FileModel):
    """The broker, and what is published there. The password itself stands in none of these."""

    host: Annotated[str, Field(pattern=_HOST, description="of the broker; without it one is named by --mqtt")] = ""
    port: Annotated[int | None, Field(ge=1, le=65535, description="1883 where not given, with TLS 8883")] = None
    user: Annotated[str, Field(pattern=_PRINTED)] = ""
    password_env: Annotated[
        str, Field(pattern=_VARIABLE, description="the environment variable that holds the password")
    ] = ""
    password_file: Annotated[str, Field(min_length=1, description="a file whose first line is the password")] = ""
    tls: Annotated[bool, Field(description="whether the connection is encrypted")] = False
    ca: Annotated[str, Field(min_length=1, description="PEM file of the authority that vouches for the broker")] = ""
    cert: Annotated[str, Field(min_length=1, description="PEM file that identifies the rig to the broker")] = ""
    key: Annotated[str, Field(min_length=1, description="PEM file of its key")] = ""
    version: Annotated[Literal["3.1.1", "5"], BeforeValidator(one_of("version of MQTT", _VERSIONS))] = "3.1.1"
    root: Annotated[str, Field(pattern=_LEVELS, description="what all topics begin with")] = "geotwin"
    client_id: Annotated[str, Field(pattern=_PRINTED, max_length=128, description="of the rig at the broker")] = ""
    period: Annotated[
        float,
        PlainValidator(_span),
        _DURATION,
        Field(description="plant time between two publications, 0 s for all ticks"),
    ] = 1.0
    only_changes: Annotated[bool, Field(description="leave out what has not changed")] = True
    discovery: Annotated[bool, Field(description="whether Home Assistant is told of all points")] = True
    discovery_prefix: Annotated[str, Field(pattern=_LEVELS)] = "homeassistant"

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        if self.password_env and self.password_file:
            raise ValueError("password_env and password_file: one of them says where the password is")
        if not self.user and (self.password_env or self.password_file):
            raise ValueError("a password without a user")
        if self.key and not self.cert:
            raise ValueError("a key without its certificate (cert)")
        if "tls" in self.model_fields_set and not self.tls and (self.ca or self.cert):
            raise ValueError("certificates are given, but tls is off")
        return self

    def plain(self, folder: Path) -> dict[str, Any]:
        """What is given, as plain values; files are looked for in the folder of the bench file."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return given | {name: str(folder / given[name]) for name in _FILES if name in given}


class PortKeys(FileModel):
    """How a Modbus port behaves beside the devices behind it."""

    unknown_unit: Annotated[
        Literal["0B", "silence"],
        BeforeValidator(one_of("answer to a unit that is not there", _UNKNOWN)),
        Field(description="what a unit id that is not there gives: exception 0B, or nothing"),
    ] = "0B"
    connections: Annotated[int | None, Field(ge=1, le=2000, description="clients at once")] = None
    when_full: Annotated[
        Literal["refuse", "oldest"],
        BeforeValidator(one_of("behaviour when full", _FULL)),
        Field(description="refuse the new client, or close the oldest"),
    ] = "refuse"
    idle_timeout: Annotated[
        float | None, PlainValidator(_idle), _DURATION, Field(description="silence after which a client is let go")
    ] = None

    def plain(self) -> dict[str, Any]:
        """What is given, as plain values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def port_settings(ports: dict[str, PortKeys], tree: Map, units: list[Unit], by: int) -> dict[int, dict[str, Any]]:
    """The habits of each port, by its number `by` further on; InputError for one at which there is no unit."""
    found: dict[int, dict[str, Any]] = {}
    served = {unit.port for unit in units}
    wrong = Gathered()
    for key in tree:
        with wrong.trying():
            for port in _numbers(key):
                if port not in served:
                    raise unknown("port", str(port), [str(one) for one in sorted(served)], key.where)
                if port + by in found:
                    raise InputError(f"{key.where}: port {port} is given twice")
                found[port + by] = ports[key].plain()
    wrong.tell()
    return found


def _numbers(key: Any) -> Iterator[int]:
    match = _RANGE.fullmatch(key)
    if match is None:
        raise InputError(f"{key.where}: {str(key)!r} is neither a port nor a range of ports such as 5020-5023")
    first, last = int(match[1]), int(match[2] or match[1])
    if not 1 <= first <= last <= 65535:
        raise InputError(f"{key.where}: {str(key)!r} is not within 1 .. 65535, the lower port first")
    yield from range(first, last + 1)
