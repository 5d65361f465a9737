"""The broker on the command line, and what of it stands in the environment."""

import pytest

from hil.lines.mqtt.line import EMBEDDED, mqtt_wish
from hil.lines.mqtt.settings import MqttSettings
from twin.errors import InputError

PASSWORD = "GEOTWIN_MQTT_PASSWORD"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("broker.example:1884", MqttSettings("broker.example", 1884)),
        ("[::1]:1883", MqttSettings("::1", 1883)),
        ("mqtt://broker.example", MqttSettings("broker.example", 1883)),
        ("mqtts://broker.example", MqttSettings("broker.example", 8883, tls=True)),
        ("mqtts://rig@broker.example:9000", MqttSettings("broker.example", 9000, "rig", PASSWORD, tls=True)),
        ("mqtt5://10.0.0.1:1883/", MqttSettings("10.0.0.1", 1883, version="5")),
        ("mqtts5://[fe80::1]", MqttSettings("fe80::1", 8883, tls=True, version="5")),
        ("rig@broker.example:1883", MqttSettings("broker.example", 1883, "rig", PASSWORD)),
    ],
)
def test_addresses(text: str, meant: MqttSettings) -> None:
    assert mqtt_wish(text) == meant


def test_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"USER": "rig", "PASSWORD_FILE": "pw", "CA": "a.pem", "CERT": "c.pem", "KEY": "k.pem"}.items():
        monkeypatch.setenv(f"GEOTWIN_MQTT_{name}", value)
    assert mqtt_wish("mqtts://b") == MqttSettings("b", 8883, "rig", "", "pw", True, "a.pem", "c.pem", "k.pem")
    assert mqtt_wish("mqtt://b") == MqttSettings("b", 1883, "rig", "", "pw")
    monkeypatch.setenv(PASSWORD, "x")
    assert mqtt_wish("mqtt://other@b") == MqttSettings("b", 1883, "other", PASSWORD)
    assert (mqtt_wish(None), mqtt_wish("embedded")) == (None, EMBEDDED)


@pytest.mark.parametrize(
    "text", ["broker.example", "mqtt:/b", "http://b:80", "mqtt://", "b:123456", "mqtt://a b", "wss://b", "", "b:0"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(InputError, match=r"--mqtt: .*(mqtts://|outside 1)"):
        mqtt_wish(text)


@pytest.mark.parametrize("text", ["mqtts://rig:horse@b", "rig:horse@b:1883", "mqtt://rig:ho@rse@b", "x://:horse@b"])
def test_a_password_on_the_command_line_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(InputError, match=f"set {PASSWORD}") as refused:
        mqtt_wish(text)
    assert "horse" not in str(refused.value)
    assert "rse" not in str(refused.value)
