"""Temperature sensors: two lags in closed form, the tolerances of IEC 60751, their places and their faults."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from plant_models.equipment.tank import LayeredTank
from plant_models.piping import temperature_sensor as sensors
from plant_models.piping.temperature_sensor import TemperatureSensor
from plant_models.plant import Plant
from plant_models.water.network import Passage
from twin.errors import InputError
from twin.store import Store

PARTS = """
  pump:    {model: Pump, catalogue: il_80_220, drive: dol}
  heater:  {model: Boiler, kind: electric, rated_capacity: 300 kW, rated_flow: 60 m3/h}
  pipe:    {model: Pipe, dn_mm: 100 mm, length_m: 60 m}
  tank:    {model: LayeredTank, volume: 2 m3}
  chained: {model: TemperatureSensor}
  in_pipe: {model: TemperatureSensor, passage: pipe, pocket_time: 0 s, element_time: 0 s}
  at_end:  {model: TemperatureSensor, passage: pipe, end: upstream, pocket_time: 0 s, element_time: 0 s}
  on_top:  {model: TemperatureSensor, tank: tank, layer: 1, pocket_time: 0 s, element_time: 0 s}
  holding: {model: PressureHolding, volume: 200 L, loop_volume: 3 m3, loop: (return)}
"""
WATER = "  loop: (return) > pump > heater > chained > (supply) > pipe > tank > (return)"


class Bath:
    """A sensor in a way of water whose temperature is given."""

    def __init__(self, water: float = 20.0, **given: float) -> None:
        self.t = Store({TemperatureSensor: ["sensor"], Passage: ["way"], LayeredTank: ["tank"]}).tables
        self.sensor, self.way = self.t["temperaturesensor"][0], self.t["passage"][0]
        self.sensor.passage, self.way.flow = 0, 1.0
        for name, value in given.items():
            self.sensor[name] = value
        TemperatureSensor.connect(self.sensor, 0, self.t)
        self.run(water, 1.0)

    def run(self, water: float, seconds: float, dt: float = 1.0) -> Any:
        self.way.entering_temp = self.way.leaving_temp = water
        for _ in range(round(seconds / dt)):
            sensors.read(self.t["temperaturesensor"], self.t["passage"], self.t["layeredtank"], dt)
        return self.sensor


@pytest.mark.parametrize("dt", [0.5, 1.0, 10.0])
@pytest.mark.parametrize(("pocket", "element"), [(42.0, 10.0), (5.0, 20.0), (12.0, 12.0), (0.0, 10.0)])
def test_a_step_is_followed_as_by_two_lags(dt: float, pocket: float, element: float) -> None:
    """Step response of 1/((1 + s p)(1 + s e)): 1 - (p exp(-t/p) - e exp(-t/e))/(p - e), and its two limits."""
    bath = Bath(pocket_time=pocket, element_time=element)
    for seconds in (20.0, 40.0, 60.0):
        read = bath.run(60.0, 20.0, dt).temp
        if pocket == element:
            left = (1.0 + seconds / element) * math.exp(-seconds / element)
        else:
            slow = pocket * math.exp(-seconds / pocket) if pocket else 0.0
            left = (slow - element * math.exp(-seconds / element)) / (pocket - element)
        assert read == pytest.approx(60.0 - 40.0 * left, abs=1e-9)


def test_half_of_a_step_is_seen_as_late_as_a_maker_says(validation: Any) -> None:
    """Half-lives in flowing water: an insert 6 to 9 s, in a pocket 36 to 40 s."""
    found = []
    for given in ({"pocket_time": 0.0}, {}):
        bath, seconds = Bath(**given), 0.0
        while bath.run(60.0, 0.1, 0.1).temp < 40.0:
            seconds += 0.1
        found.append(seconds)
    validation(
        "temperature sensor, half-life of an insert and of one in its pocket",
        "Guenther, technical information on resistance thermometers, by EN 60751 in 0.4 m/s (read 2026)",
        expected=[(6.0, 9.0), (36.0, 40.0)], got=found, tolerance=0.0, unit="s",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "at_zero", "at_hundred"), [(0, 0.1, 0.27), (1, 0.15, 0.35), (2, 0.3, 0.8), (3, 0.6, 1.6)]
)
def test_the_tolerance_is_that_of_its_class(kind: float, at_zero: float, at_hundred: float, validation: Any) -> None:
    """IEC 60751: class B may be 0.3 K off at 0 degC and 0.8 K at 100 degC."""
    found = []
    for water in (0.0, 100.0):
        high, low = Bath(water, tolerance=kind, error=1.0).sensor, Bath(water, tolerance=kind, error=-1.0).sensor
        assert high.temp + low.temp == pytest.approx(2.0 * water)
        found.append(high.temp - water)
    case = f"temperature sensor of {sensors.CLASSES.names[int(kind)]}, tolerance at 0 and 100 degC"
    validation(case, "IEC 60751:2022", expected=[at_zero, at_hundred], got=found, tolerance=1e-9, unit="K")


def test_wires_pockets_and_ranges() -> None:
    bath = Bath(pocket_time=0.0)
    bath.sensor.fault_open_circuit = 1.0
    assert (bath.run(20.0, 1.0).temp, bath.sensor.alarm_wire) == (150.0, 1.0)
    bath.sensor.fault_open_circuit, bath.sensor.fault_short_circuit = 0.0, 1.0
    assert (bath.run(20.0, 1.0).temp, bath.sensor.alarm_wire) == (-50.0, 1.0)
    bath.sensor.fault_short_circuit = 0.0
    assert (bath.run(20.0, 1.0).temp, bath.sensor.alarm_wire, bath.sensor.beyond) == (20.0, 0.0, 0.0)
    assert bath.run(160.0, 300.0).temp == 150.0
    assert bath.sensor.beyond == pytest.approx(10.0, abs=0.01)
    bath = Bath(pocket_time=0.0, fault_dry_pocket=1.0)
    assert bath.run(60.0, 100.0).temp == pytest.approx(60.0 - 40.0 * math.exp(-1.0), abs=1e-9)
    bath = Bath(60.0, fault_out_of_pocket=1.0)
    assert bath.run(60.0, 200.0).temp == pytest.approx(20.0 + 40.0 * math.exp(-201.0 / 200.0), abs=1e-9)
    bath.sensor.fault_out_of_pocket = 0.0
    assert bath.run(60.0, 300.0).temp == pytest.approx(60.0, abs=0.1), "the pocket had stayed warm"


def test_every_place_shows_its_own_water(plant_of: Callable[..., Plant]) -> None:
    plant = plant_of(PARTS, WATER, temp=20.0)
    read = plant.store.read
    for path, value in (("pump.enable_cmd", 1.0), ("heater.enable_cmd", 1.0), ("heater.leaving_temp_sp", 70.0)):
        plant.store.write(path, value)
    plant.advance(45)
    assert read("at_end.temp") == read("pipe/passage.entering_temp") == read("supply.temp")
    assert read("in_pipe.temp") == read("pipe/passage.leaving_temp")
    assert read("on_top.temp") == plant.store.row("tank").layers[1]
    assert read("at_end.temp") > read("in_pipe.temp") + 0.1, "the pipe delays"
    assert read("chained.temp") < read("supply.temp") - 0.3, "the pocket delays"
    plant.store.write("pump.enable_cmd", 0.0)
    plant.advance(3600)
    assert read("chained.temp") == pytest.approx(read("supply.temp"), abs=0.1)
    assert plant.balance()["energy_residual"] < 1e-6


def test_water_that_runs_backwards_reaches_the_downstream_end_first() -> None:
    bath = Bath(pocket_time=0.0, element_time=0.0)
    bath.way.flow = -1.0
    bath.run(20.0, 1.0)
    bath.way.entering_temp, bath.way.leaving_temp = 50.0, 30.0
    sensors.read(bath.t["temperaturesensor"], bath.t["passage"], bath.t["layeredtank"], 1.0)
    assert bath.sensor.temp == 50.0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "stands in one water"),
        ("passage: pipe, tank: tank", "stands in one water"),
        ("passage: pipe, range_low: 50 degC, range_high: 20 degC", "is not below range_high"),
        ("passage: pope", "no component 'pope'; did you mean 'pipe'"),
    ],
)
def test_a_sensor_in_no_water_or_in_two_is_refused(plant_of: Callable[..., Plant], given: str, said: str) -> None:
    parts = PARTS + f"  wrong: {{model: TemperatureSensor, {given}}}\n"
    with pytest.raises(InputError, match=said):
        plant_of(parts, WATER)
