"""Every config for Home Assistant is one that it takes, and says of a point what its declaration says."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hil.bench.bench import Bench
from hil.bench.bench_file import BENCHES, read_bench, ready_device, ready_devices
from hil.bench.bus_link import BusLink
from hil.bus.bus_vector import write_limits
from hil.bus.maps.device_file import parse_device
from hil.bus.maps.register import Register
from hil.bus.transport import Served
from hil.controllers.registry import controller
from hil.lines.mqtt.broker import ForeignBroker
from hil.lines.mqtt.discovery import RISING, TOTAL, Announced, discovery
from hil.lines.mqtt.home_units import home_unit
from hil.lines.mqtt.line import mqtt_transport
from hil.lines.mqtt.payloads import Topics, json_value, read_command, text_value
from hil.lines.mqtt.settings import MqttSettings
from plant_models.plant import build
from tests.hil.mqtt.home_rules import broken
from twin.points import RISES

START = datetime(2026, 1, 15, tzinfo=UTC)
PLANTS = sorted(file.name.removesuffix(".yaml") for file in BENCHES.iterdir() if file.name.endswith(".yaml"))


def announced(plant: str, **more: Any) -> list[tuple[str, str]]:
    """All configs of a ready plant."""
    built = build(plant, START)
    bench = Bench(built, read_bench(plant), START)
    keys = {"mqtt": {"discovery": True} | more}
    served = Served(bench.bus, plant, lambda: 0, built.instant, keys=keys, speed=10.0)
    return mqtt_transport(served, ForeignBroker(MqttSettings()))._configs


@pytest.mark.parametrize("plant", [plant for plant in PLANTS if not plant.startswith("village")])
def test_all_of_a_ready_plant_is_accepted(plant: str) -> None:
    configs = announced(plant)
    assert len(configs) > 50
    assert [(topic, wrong) for topic, payload in configs if (wrong := broken(topic, payload))] == []
    assert len({json.loads(payload)["unique_id"] for _, payload in configs}) == len(configs)


@pytest.mark.parametrize("name", sorted(ready_devices()))
def test_every_ready_device_is_accepted_whatever_it_counts(name: str) -> None:
    device = ready_device(name)
    for counts in ("", TOTAL, RISING):
        points = [Announced(one, write_limits(one), counts, 30) for one in device.registers]
        for topic, payload in discovery(Topics("office", "a/b.c"), "x.1", device, points):
            wrong = broken(topic, payload)
            known = [f"{kind} as {counts}" for kind in ("temperature", "power", "pressure", "speed", "irradiance",
                     "volume_flow_rate", "current", "voltage", "frequency")]  # fmt: skip
            assert [one for one in wrong if one not in known] == []


def test_counters_are_what_their_points_are_declared_to_be() -> None:
    configs = {topic.split("geotwin_", 1)[1]: json.loads(payload) for topic, payload in announced("office")}
    classes = {topic: config.get("state_class") for topic, config in configs.items()}
    assert classes["office_load_meter/volume/config"] == TOTAL  # water that runs backwards counts down
    assert classes["office_load_meter/energy_heating/config"] == RISING
    assert classes["office_hp_1/heating_energy/config"] == TOTAL  # a defrost takes some back
    assert classes["office_hp_1/energy/config"] == RISING
    assert classes["office_hp_1/starts/config"] == RISING
    assert classes["office_hp_1/leaving_temp/config"] == "measurement"


@pytest.mark.parametrize("plant", ["office", "air_source", "sports_centre", "household_30"])
def test_what_is_declared_to_rise_rises(plant: str) -> None:
    built = build(plant, START)
    bench = Bench(built, read_bench(plant), START)
    bench.control(controller("reference", BusLink(bench.bus), plant), 10_000)
    rising = {path: built.store.index(path) for path, point in built.store.paths() if RISES in point.tags}
    assert len(rising) > 5
    built.prepare()
    last = built.store.values.data.tolist()
    grown = set()
    for until_ms in range(300_000, 4 * 3_600_000, 300_000):
        bench.schedule.run(until_ms)
        now = built.store.values.data.tolist()
        assert [path for path, slot in rising.items() if now[slot] < last[slot]] == []
        grown |= {path for path, slot in rising.items() if now[slot] > last[slot]}
        last = now
    assert grown


@pytest.mark.parametrize(
    ("uom", "shown"),
    [
        ("1", ("", None)), ("degC", ("°C", "temperature")), ("°C", ("°C", "temperature")), ("K", ("K", None)),
        ("m3/h", ("m³/h", "volume_flow_rate")), ("m^3/hour", ("m³/h", "volume_flow_rate")),
        ("litre/minute", ("L/min", "volume_flow_rate")), ("liter", ("L", "volume")), ("m³", ("m³", "volume")),
        ("kW*h", ("kWh", "energy")), ("kilowatt_hour", ("kWh", "energy")), ("hPa", ("mbar", "pressure")),
        ("second", ("s", "duration")), ("percent", ("%", None)), ("W/m^2", ("W/m²", "irradiance")),
        ("mg/L", ("mg/L", None)), ("nonsense", ("nonsense", None)),
    ],
)  # fmt: skip
def test_units_however_they_are_spelled(uom: str, shown: tuple[str, str | None]) -> None:
    assert home_unit(uom) == shown


HEADER = "device: unit\nsource: test\nregisters:\n"
NAMES = st.text(st.characters(exclude_characters=";=\n", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200)
ODD = st.sampled_from(["none", "None", "unknown", "on", "off", "ON", "Off", " a", "a "])


@settings(deadline=None)
@given(st.lists(NAMES | ODD, min_size=1, max_size=5, unique_by=str.casefold), st.sampled_from(["r", "rw"]))
def test_any_names_of_an_enumeration_are_accepted(names: list[str], access: str) -> None:
    values = dict(enumerate(names))
    fields = {"table": "hr", "address": 0, "name": "x", "type": "enum", "access": access, "values": values}
    register = Register.model_validate(fields)
    points = [Announced(register, write_limits(register))]
    ((topic, payload),) = discovery(Topics("office"), "hp_1", ready_device("rig"), points)
    assert broken(topic, payload) == []
    config = json.loads(payload)
    for order in [*config.get("options", ()), *(config[key] for key in ("payload_on", "payload_off") if key in config)]:
        if access == "rw":
            number = read_command(register, order.encode(), (0.0, 255.0))
            assert text_value(json_value(register, number)) == order


def entity(line: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """Kind and config of one register."""
    device = parse_device(HEADER + f"  - {{{line}}}\n", "unit.yaml")
    points = [Announced(one, write_limits(one), **more) for one in device.registers]
    ((topic, payload),) = discovery(Topics("office"), "hp.1", device, points)
    assert broken(topic, payload) == []
    return topic.removeprefix("homeassistant/").removesuffix("/config"), json.loads(payload)


def test_on_and_off_are_a_switch_with_their_own_words() -> None:
    kind, config = entity('table: hr, address: 0, name: x, type: enum, access: rw, values: {0: "Off", 5: "On"}')
    assert (kind, config["payload_on"], config["payload_off"]) == ("switch/geotwin_office_hp-2e-1/x", "On", "Off")
    kind, config = entity("table: ir, address: 0, name: x, type: enum, values: {0: on, 1: off}", expire_after=30)
    assert (kind.split("/")[0], config["payload_on"], config["expire_after"]) == ("binary_sensor", "on", 30)


def test_numbers_are_printed_as_their_type_has_them() -> None:
    _, config = entity("table: hr, address: 0, name: x, type: int16, scale: 0.1, uom: degC, access: rw")
    assert (config["min"], config["max"], config["step"]) == (-3276.8, 3276.7, 0.1)
    _, config = entity("table: hr, address: 0, name: x, type: uint16, uom: W, access: rw, min: 20, max: 55")
    assert json.dumps([config["min"], config["max"], config["step"]]) == "[20, 55, 1]"
    kind, config = entity("table: hr, address: 0, name: x, type: uint16, access: rw, min: 5, max: 5")
    assert (kind.split("/")[0], config["suggested_display_precision"]) == ("sensor", 0)
    _, config = entity("table: ir, address: 0, name: x, type: int16, scale: 0.01, uom: kW")
    assert config["suggested_display_precision"] == 2


def test_a_value_expires_where_all_are_renewed_at_a_known_pace() -> None:
    by_change = [json.loads(payload).get("expire_after") for _, payload in announced("household_5_6")]
    assert set(by_change) == {None}
    paced = [json.loads(payload) for _, payload in announced("household_5_6", only_changes=False, period=200.0)]
    assert {one.get("expire_after") for one in paced if "command_topic" not in one} == {60}
    assert {one.get("expire_after") for one in paced if "command_topic" in one} == {None}


def test_the_table_of_rules_refuses_what_home_assistant_refuses() -> None:
    topic, good = "homeassistant/sensor/a/b/config", entity("table: ir, address: 0, name: x, uom: degC")[1]
    assert broken(topic, json.dumps(good)) == []
    for wrong in (
        {"state_class": "total"}, {"unit_of_measurement": "kWh"}, {"min": 1}, {"device_class": "enum", "options": []},
        {"state_topic": 1}, {"suggested_display_precision": "1"},
    ):  # fmt: skip
        assert broken(topic, json.dumps(good | wrong)), wrong
    assert broken("homeassistant/sensor/ä/b/config", json.dumps(good))
    assert broken("homeassistant/climate/a/b/config", json.dumps(good))
