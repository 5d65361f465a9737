"""What a bench file says of its lines: taken as written, or refused where it stands."""

import re
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hil.bench.bench_file import read_bench, read_line_keys
from hil.bench.line_keys import MqttKeys, PortKeys
from hil.bus.bus import Bus
from hil.bus.transport import Served
from hil.lines.modbus.line import modbus_server
from hil.lines.modbus.listener import ModbusPort
from hil.lines.mqtt.settings import MqttSettings, Publication
from plant_models.plant import build
from twin.errors import InputError

DOCS = Path(__file__).parents[3] / "docs"
BENCH = """\
bench: lines
plant: single_well
port: 5020
{keys}
units:
  - {{unit: 247, device: rig, component: rig}}
  - {{unit: 1, device: weather_station, component: weather, port: 5021}}
"""


def bench_file(folder: Path, keys: str) -> str:
    """A bench file with these keys from its fourth line on."""
    path = folder / "bench.yaml"
    path.write_text(BENCH.format(keys=keys))
    return str(path)


def test_every_key_is_a_setting_of_its_line() -> None:
    settings = {field.name for kind in (MqttSettings, Publication) for field in fields(kind)}
    assert set(MqttKeys.model_fields) == settings
    assert set(PortKeys.model_fields) == {field.name for field in fields(ModbusPort)} - {"units", "port", "host"}


def test_a_broker_with_all_that_can_be_said_of_it(tmp_path: Path) -> None:
    path = bench_file(
        tmp_path,
        """mqtt:
  {host: broker.example, user: rig, password_file: secret/pw, tls: yes, ca: ca.pem, cert: me.pem, key: me.key,
   version: 5, root: site/a, client_id: rig 1, period: 500 ms, only_changes: no, discovery: off,
   discovery_prefix: ha}""".replace("500 ms", "0.5 s"),
    )
    keys = read_line_keys(path, read_bench(path))["mqtt"]
    assert MqttSettings.of(keys) == MqttSettings(
        "broker.example", 8883, "rig", "", f"{tmp_path}/secret/pw", True,
        f"{tmp_path}/ca.pem", f"{tmp_path}/me.pem", f"{tmp_path}/me.key", "5",
    )  # fmt: skip
    assert Publication.of(keys) == Publication("site/a", "rig 1", 0.5, False, False, "ha")


def test_a_bench_without_a_word_of_its_lines_has_their_defaults(tmp_path: Path) -> None:
    path = bench_file(tmp_path, "")
    keys = read_line_keys(path, read_bench(path))
    assert keys == {"mqtt": {}, "modbus": {}}
    assert MqttSettings.of(keys["mqtt"]) == MqttSettings()
    assert Publication.of(keys["mqtt"]) == Publication()


@pytest.mark.parametrize("moved_to", [None, 7000])
def test_ports_behave_as_the_file_says_wherever_they_are_moved(tmp_path: Path, moved_to: int | None) -> None:
    path = bench_file(
        tmp_path,
        """ports:
  5020: {unknown_unit: silence, connections: 2, when_full: oldest, idle_timeout: 90 s}
  5021: {idle_timeout: never}""",
    )
    units = read_bench(path, moved_to)
    plant = build("single_well", datetime(2026, 1, 15, tzinfo=UTC))
    served = Served(Bus(plant.store, units), "single_well", lambda: 0, plant.instant, keys=read_line_keys(path, units))
    first, second = [listener.port for listener in modbus_server(served, "127.0.0.1")._listeners]
    assert (first.port, second.port) == ((5020, 5021) if moved_to is None else (7000, 7001))
    assert (first.unknown_unit, first.connections, first.when_full, first.idle_timeout) == ("silence", 2, "oldest", 90)
    assert (second.unknown_unit, second.connections, second.idle_timeout) == ("0B", None, None)


WRONG: list[tuple[str, str]] = [
    ("mqtt: {hots: a}", "bench.yaml:4:8: no key 'hots'; did you mean 'host'?"),
    ("mqtt: {host: a, user: rig, password: secret}", "bench.yaml:4:28: no key 'password'; did you mean"),
    ("mqtt: {host: a b}", "bench.yaml:4:14: mqtt.host: 'a b' is not the name or address of a host"),
    ("mqtt: {port: 70000}", "bench.yaml:4:14: mqtt.port: Input should be less than or equal to 65535, got '70000'"),
    ("mqtt: {password_env: 1A}", "bench.yaml:4:22: mqtt.password_env: '1A' is not the name of an environment variable"),
    ("mqtt: {version: 4}", "bench.yaml:4:17: no version of MQTT '4'; allowed: 3.1.1, 5"),
    ("mqtt: {root: a/+/b}", "bench.yaml:4:14: mqtt.root: 'a/+/b' is not levels of a topic"),
    ("mqtt: {period: 1}", "bench.yaml:4:16: '1' is not a duration"),
    ("mqtt: {period: 30 d}", "bench.yaml:4:16: '30 d' is more than a day"),
    ("mqtt: {discovery: perhaps}", "bench.yaml:4:19: mqtt.discovery: Input should be a valid boolean"),
    ("mqtt: {user: a, password_env: A, password_file: b}", "bench.yaml:4:7: mqtt: password_env and password_file"),
    ("mqtt: {password_env: A}", "bench.yaml:4:7: mqtt: a password without a user"),
    ("mqtt: {key: a.key}", "bench.yaml:4:7: mqtt: a key without its certificate (cert)"),
    ("mqtt: {tls: no, ca: ca.pem}", "bench.yaml:4:7: mqtt: certificates are given, but tls is off"),
    ("ports: {5022: {connections: 1}}", "bench.yaml:4:9: no port '5022'; did you mean"),
    ("ports: {first: {connections: 1}}", "bench.yaml:4:9: 'first' is neither a port nor a range of ports"),
    ("ports: {5021-5020: {connections: 1}}", "bench.yaml:4:9: '5021-5020' is not within 1 .. 65535"),
    ("ports: {5020-5021: {}, 5021: {}}", "bench.yaml:4:24: port 5021 is given twice"),
    ("ports: {5020: {connections: 0}}", "bench.yaml:4:29: ports.5020.connections: Input should be greater"),
    ("ports: {5020: {when_full: old}}", "bench.yaml:4:27: no behaviour when full 'old'; did you mean 'oldest'?"),
    ("ports: {5020: {unknown_unit: 0A}}", "bench.yaml:4:30: no answer to a unit that is not there '0A'"),
    ("ports: {5020: {idle_timeout: 0 s}}", "bench.yaml:4:30: '0 s' is no time"),
    ("ports: {5020: {idle: 5 s}}", "bench.yaml:4:16: no key 'idle'"),
]


@pytest.mark.parametrize(("keys", "told"), WRONG, ids=[keys for keys, _ in WRONG])
def test_what_is_wrong_is_told_with_its_place(keys: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_bench(bench_file(tmp_path, keys))
    message: Any = str(refused.value).removeprefix(f"{tmp_path}/")
    assert message.startswith(told)


def test_the_pages_show_all_keys_as_they_are_taken(tmp_path: Path) -> None:
    (shown,) = re.findall(r"^```yaml bench-keys\n(.*?)^```", (DOCS / "mqtt.md").read_text(), re.DOTALL | re.MULTILINE)
    path = bench_file(tmp_path, shown)
    keys = read_line_keys(path, read_bench(path))["mqtt"]
    assert set(keys) == set(MqttKeys.model_fields) - {"password_file"}
    assert "# password_file: " in shown
    page = (DOCS / "devices.md").read_text()
    _, ports = re.findall(r"^```yaml bench\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    (tmp_path / "ports.yaml").write_text(ports)
    assert len(read_bench(str(tmp_path / "ports.yaml"))) == 3
    assert all(f"| `{key}` |" in page for key in PortKeys.model_fields)
