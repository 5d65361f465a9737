"""The broker as the command line names it: HOST:PORT or a URL, with what is secret in the environment."""

import os
import re

from hil.lines.mqtt.settings import MQTT_3, MQTT_5, PLAIN_PORT, TLS_PORT, MqttSettings
from twin.errors import InputError

USER, PASSWORD, PASSWORD_FILE = "GEOTWIN_MQTT_USER", "GEOTWIN_MQTT_PASSWORD", "GEOTWIN_MQTT_PASSWORD_FILE"
CERTIFICATES = {"ca": "GEOTWIN_MQTT_CA", "cert": "GEOTWIN_MQTT_CERT", "key": "GEOTWIN_MQTT_KEY"}
_SCHEMES = {"mqtt": (False, MQTT_3), "mqtts": (True, MQTT_3), "mqtt5": (False, MQTT_5), "mqtts5": (True, MQTT_5)}
_URL = re.compile(
    r"(?:(?P<scheme>\w+)://)?(?:(?P<user>[^@:/\s]+)@)?(?P<host>\[[0-9A-Fa-f:]+\]|[\w.-]+)(?::(?P<port>\d{1,5}))?/?"
)
_EXPECTED = "expected HOST:PORT, mqtt://[USER@]HOST[:PORT], mqtts:// (TLS), mqtt5://, mqtts5:// (MQTT 5), or embedded"


def broker_address(text: str, where: str) -> MqttSettings:
    """The broker at HOST:PORT or a URL; user, password and certificates come from the environment.

    Raises InputError, which never repeats a text that may hold a password.
    """
    _refuse_password(text, where)
    match = _URL.fullmatch(text)
    scheme = match["scheme"] if match else None
    if match is None or (scheme or "mqtt") not in _SCHEMES or not (scheme or match["port"]):
        raise InputError(f"{where}: {text!r} is no address of a broker; {_EXPECTED}")
    tls, version = _SCHEMES[scheme or "mqtt"]
    port = int(match["port"] or (TLS_PORT if tls else PLAIN_PORT))
    if not 1 <= port <= 65535:
        raise InputError(f"{where}: port {port} is outside 1 .. 65535")
    user = match["user"] or os.environ.get(USER, "")
    given = {name: os.environ.get(variable, "") for name, variable in CERTIFICATES.items()} if tls else {}
    in_file = PASSWORD not in os.environ and PASSWORD_FILE in os.environ
    return MqttSettings(
        match["host"].strip("[]"),
        port,
        user,
        password_env=PASSWORD if user and not in_file else "",
        password_file=os.environ[PASSWORD_FILE] if user and in_file else "",
        tls=tls,
        version=version,
        **given,
    )


def _refuse_password(text: str, where: str) -> None:
    before, at, _ = text.rpartition("@")
    if at and ":" in before.rpartition("://")[2]:
        raise InputError(
            f"{where}: a password on the command line is seen by everybody on this computer; set {PASSWORD}, or "
            f"{PASSWORD_FILE} to the file that holds it"
        )
