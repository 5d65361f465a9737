"""Fan coils at their rating points, their thermostat, valve, faults and energy accounts."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from plant_models.building import fan_coil as coils
from plant_models.building import zone as rooms
from plant_models.building.fan_coil import FanCoil, effectiveness, fan_coil_parameters, resistance
from plant_models.building.zone import Zone
from plant_models.water.network import HEAT_CAPACITY, STIRRED, Network, Passage
from plant_models.weather.psychrometrics import humidity_ratio, vapour_pressure
from plant_models.weather.weather import Weather
from tests.plant_models.stored import stored_vapour
from twin.errors import InputError
from twin.store import Store


class Room:
    """One fan coil in one room, with water of a given temperature behind its valve."""

    def __init__(self, supply: float = 45.0, room: float = 20.0, **parameters: float) -> None:
        store = Store({FanCoil: ["coil"], Zone: ["room"], Passage: ["way"], Network: ["net"], Weather: ["sky"]})
        self.t = store.tables
        self.coil, self.zone = self.t["fancoil"][0], self.t["zone"][0]
        self.way, self.net, self.sky = self.t["passage"][0], self.t["network"][0], self.t["weather"][0]
        self.coil.passage = self.coil.zone = 0
        for name, value in parameters.items():
            self.coil[name] = value
        self.zone.temp = room
        FanCoil.connect(self.coil, 0, self.t)
        Zone.connect(self.zone, 0, self.t)
        self.zone.humidity_ratio, self.zone.dew_point = 0.01036, 14.62  # 27 degC dry, 19 degC wet bulb
        self.supply, self.solutions, self.water_heat = supply, 0, 0.0
        self.pressure = self.coil.rated_pressure_drop

    def tick(self, dt: float = 1.0, hold_room: bool = True) -> None:
        """One tick in the order of the phases; the hydraulics are a constant pressure over this coil alone."""
        self.net.moved = 0.0
        coils.actuate(self.t["fancoil"], self.t["zone"], self.t["passage"], self.t["network"], dt)
        self.solutions += int(self.net.moved)
        self.way.flow = math.sqrt(self.pressure / self.way.quadratic)
        coils.exchange(self.t["fancoil"], self.t["zone"], self.t["passage"], dt)
        self.water_heat += self.way.heat * dt
        capacity_flow = self.way.flow * HEAT_CAPACITY
        end = self.supply + self.way.heat / capacity_flow
        decay = math.exp(-self.way.flow * dt / self.way.mass)
        self.way.temp = end + (self.way.temp - end) * decay
        self.way.entering_temp, self.way.leaving_temp = self.supply, self.way.temp
        coils.sense(self.t["fancoil"], self.t["passage"])
        if not hold_room:
            rooms.advance(self.t["zone"], self.t["weather"], dt)

    def run(self, seconds: int, dt: float = 1.0, hold_room: bool = True) -> "Room":
        for _ in range(round(seconds / dt)):
            self.tick(dt, hold_room)
        return self

    def from_coil(self) -> float:
        """Heat that the water has got but for its standing loss to the room [W]."""
        return float(self.way.heat + 0.05 * self.coil.mass * (self.way.temp - self.zone.temp))

    def sense_room(self, temp: float) -> None:
        """What the thermostat sees, while the air stays as it is."""
        self.zone.measured_temp = temp


@pytest.mark.parametrize("size", [3600.0, 36000.0])
def test_rated_heating(size: float) -> None:
    room = Room(45.0, 20.0, temp_sp=26.0, **fan_coil_parameters(size)).run(1200)
    assert room.coil.capacity == pytest.approx(size, rel=0.01)
    assert room.coil.leaving_temp == pytest.approx(40.0, abs=0.05)
    assert room.coil.water_flow == pytest.approx(size / 5.0 / HEAT_CAPACITY * 3.6, rel=1e-3)
    assert room.coil.power == pytest.approx(size / 60.0)
    assert (room.coil.fan_step, room.coil.running, room.coil.valve_open) == (3.0, 1.0, 1.0)


@pytest.mark.parametrize("size", [3600.0, 36000.0])
def test_rated_cooling_is_wet_and_three_quarters_sensible(validation: Any, size: float) -> None:
    room = Room(7.0, 27.0, temp_sp=20.0, mode_cmd=2.0, **fan_coil_parameters(size)).run(1200)
    given = {"tolerance": "1 %", "unit": "kW"}
    name = f"fan coil of {size / 1e3:g} kW at 7/12 degC water, room 27/19 degC"
    got, source = -room.coil.capacity / 1e3, "EN 1397 rating, docs/physics/buildings.md#fan-coils"
    validation(f"{name}: sensible cooling", source, expected=0.75e-3 * size, got=got, **given)
    validation(f"{name}: total cooling", source, expected=1e-3 * size, got=room.from_coil() / 1e3, **given)
    assert room.coil.leaving_temp == pytest.approx(12.0, abs=0.05)


def test_a_coil_warmer_than_the_dew_point_is_dry() -> None:
    room = Room(15.0, 27.0, temp_sp=20.0, mode_cmd=2.0).run(1200)
    assert room.from_coil() == pytest.approx(-room.coil.capacity, rel=1e-5)
    assert room.coil.latent_energy < 1.0
    assert room.zone.incoming_vapour == 0.0


def test_the_damper_the_room_the_wetter_the_coil_and_dry_air_leaves_it_dry() -> None:
    shares = []
    for dew in (5.0, 12.0, 14.62, 18.0, 22.0):
        room = Room(7.0, 27.0, temp_sp=20.0, mode_cmd=2.0)
        room.zone.dew_point = dew
        room.zone.humidity_ratio = humidity_ratio(vapour_pressure(dew))
        room.run(1200)
        shares.append(-room.coil.capacity / room.from_coil())
    assert shares[0] == pytest.approx(1.0, rel=1e-9)
    assert shares == sorted(shares, reverse=True)
    assert shares[2] == pytest.approx(0.75, abs=0.01), "the rating point"
    assert 0.4 < shares[4] < 0.55


def test_condensate_leaves_the_air_of_the_room_and_its_heat_goes_to_the_water() -> None:
    """Vapour out of the room = condensate = latent energy / 2501 kJ/kg; the room dries towards the coil's surface."""
    room = Room(7.0, 27.0, temp_sp=20.0, mode_cmd=2.0)
    room.sky.outdoor_temp, room.sky.dew_point = 33.5, 23.75
    start = stored_vapour(room.zone)
    room.run(3600, hold_room=False)
    zone, coil = room.zone, room.coil
    taken = coil.latent_energy / 2.501e6
    assert taken > 0.5
    assert coil.condensate == pytest.approx((room.from_coil() + coil.capacity) / 2.501e6 * 3600.0, rel=1e-5)
    held = zone.vapour_gained - zone.vapour_to_outside - zone.vapour_to_surfaces
    assert stored_vapour(zone) - start == pytest.approx(held, rel=1e-9)
    assert zone.vapour_gained + taken == pytest.approx(0.0, abs=1e-9), "nobody is in at midnight"
    assert room.water_heat == pytest.approx(coil.latent_energy - coil.heat_to_room, rel=1e-12)
    assert zone.dew_point < 14.62


@pytest.mark.parametrize(
    ("ua", "hot", "cold", "known"),
    [(400e3, 27.78, 27.78, 0.7746), (200e3, 27.78, 27.78, 0.6321), (400e3, 27.78, 13.89, 0.9837)],
)
def test_effectiveness_of_counterflow(ua: float, hot: float, cold: float, known: float) -> None:
    """The plate exchangers of docs/physics/equipment.md#plate-reference obey the same law."""
    assert effectiveness(ua, hot * HEAT_CAPACITY, cold * HEAT_CAPACITY) == pytest.approx(known, abs=1e-4)
    assert effectiveness(ua, cold * HEAT_CAPACITY, hot * HEAT_CAPACITY) == pytest.approx(known, abs=1e-4)
    assert effectiveness(ua, 0.0, cold) == 0.0


def test_capacity_grows_with_fan_step_less_than_in_proportion_and_half_the_water_costs_little() -> None:
    steps = [Room(45.0, 20.0, temp_sp=26.0, fan_cmd=float(step)).run(1200).coil for step in (1, 2, 3)]
    low, medium, high = (coil.capacity for coil in steps)
    assert 0.4 * high < low < 0.75 * high < medium < high
    assert [coil.power for coil in steps] == pytest.approx([18.0, 36.0, 60.0])
    throttled = Room(45.0, 20.0, temp_sp=26.0)
    throttled.pressure /= 4.0
    throttled.run(1200)
    assert throttled.way.flow == pytest.approx(0.086)
    assert 0.75 < throttled.coil.capacity / high < 0.95


def test_the_coil_follows_with_its_lag() -> None:
    room = Room(45.0, 20.0, temp_sp=26.0, enable_cmd=0.0, position=1.0, valve_stuck=1.0).run(60)
    assert room.coil.capacity == 0.0
    room.coil.enable_cmd = 1.0
    room.run(45)
    full = room.coil.target * 25.0
    assert room.coil.capacity == pytest.approx((1.0 - math.exp(-1.0)) * full, rel=0.01)


@pytest.mark.parametrize("mode", [1.0, 2.0])
def test_the_thermostat_switches_half_a_kelvin_around_its_set_point(mode: float) -> None:
    room = Room(temp_sp=20.0, mode_cmd=mode)
    sign = 1.0 if mode == 1.0 else -1.0
    calls = []
    for offset in (0.0, -0.4, -0.51, -0.4, 0.0, 0.4, 0.51, 0.4, 0.0, -0.4, -0.6):
        room.sense_room(20.0 + sign * offset)
        room.tick()
        calls.append(room.coil.calling)
    assert calls == [0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1]
    for key, season in ((0.0, mode), (1.0, 0.0)):
        room.coil.enable_cmd, room.coil.mode_cmd = key, season
        room.tick()
        assert (room.coil.calling, room.coil.fan_step) == (0.0, 0.0)


def test_fan_steps_follow_the_deviation_without_hunting() -> None:
    room = Room(temp_sp=22.0)
    steps = []
    for short in (0.6, 0.75, 0.6, 0.45, 1.6, 1.4, 1.2, 0.45, -0.3, -0.6):
        room.sense_room(22.0 - short)
        room.tick()
        steps.append(room.coil.fan_step)
    assert steps == [1, 2, 2, 1, 3, 3, 2, 1, 1, 0]


def test_a_fan_set_by_hand_runs_in_the_dead_band_and_stops_with_the_key() -> None:
    room = Room(20.0, 20.0, fan_cmd=2.0).run(5)
    assert (room.coil.calling, room.coil.fan_step, room.coil.running) == (0.0, 2.0, 1.0)
    room.coil.enable_cmd = 0.0
    room.run(300)
    assert (room.coil.fan_step, room.coil.running, room.coil.power) == (0.0, 0.0, 0.0)


def test_a_set_point_beyond_the_range_is_clamped_and_refused_at_the_edge() -> None:
    room = Room(temp_sp=40.0)
    room.sense_room(31.0)
    room.tick()
    assert room.coil.calling == 1.0
    room.sense_room(32.6)
    room.tick()
    assert room.coil.calling == 0.0
    with pytest.raises(InputError, match=r"outside 16 \.\. 32"):
        FanCoil.point("temp_sp").check(40.0, "coil.temp_sp")


def test_the_valve_strokes_in_its_time_and_the_network_hears_of_it_in_steps() -> None:
    room = Room(temp_sp=26.0, stroke=120.0)
    room.tick()
    assert room.solutions == 1
    room.run(118)
    assert room.coil.valve_open == 0.0
    room.run(2)
    assert room.coil.valve_open == 1.0
    assert 15 <= room.solutions <= 22
    assert room.way.flow == pytest.approx(room.coil.rated_flow)
    after = room.solutions
    room.run(200)
    assert room.solutions == after
    room.coil.enable_cmd = 0.0
    room.run(121)
    assert room.coil.position == 0.0
    assert room.way.quadratic == resistance(room.coil, 0.0)
    assert 0.0 < room.way.flow < 0.003 * room.coil.rated_flow, "leakage"


def test_what_the_water_loses_the_room_gains() -> None:
    room = Room(45.0, 18.0, temp_sp=21.0)
    for k in range(40):
        room.supply = 45.0 if k % 7 else 10.0
        room.coil.mode_cmd = 1.0 if k % 5 else 2.0
        room.coil.fan_failed = float(k % 11 == 3)
        room.run(200, hold_room=False)
    coil = room.coil
    assert room.water_heat == pytest.approx(coil.latent_energy - coil.heat_to_room, rel=1e-12)
    assert room.zone.heat_from_emitter == pytest.approx(coil.heat_to_room + coil.energy, rel=1e-12)
    assert coil.latent_energy > 0.0
    assert coil.energy > 1e4
    assert room.zone.incoming == pytest.approx(0.0, abs=coil.rated_heating * 61)


@pytest.mark.parametrize("dt", [0.5, 1.0, 10.0])
def test_a_closed_valve_leaves_the_coil_at_room_temperature_and_never_beyond(dt: float) -> None:
    room = Room(45.0, 20.0, temp_sp=26.0, fan_cmd=3.0).run(600, dt)
    room.sense_room(30.0)
    lowest = 99.0
    for _ in range(round(1200 / dt)):
        room.tick(dt)
        lowest = min(lowest, room.way.temp)
    assert lowest >= 20.0 - 1e-9
    assert room.way.temp < 40.0
    assert room.coil.capacity < 0.02 * room.coil.rated_heating


def test_the_thermostat_holds_the_room_in_winter() -> None:
    room = Room(45.0, 16.0, temp_sp=21.0)
    room.zone.gains_always = room.zone.gains_occupied = 0.0
    room.sky.outdoor_temp = -7.6
    room.run(6 * 3600, 10.0, hold_room=False)
    seen = []
    for _ in range(6 * 360):
        room.run(10, 10.0, hold_room=False)
        seen.append(room.zone.temp)
    assert 20.0 < min(seen) < 20.6, "half a kelvin, and what is lost while the valve opens"
    assert 21.3 < max(seen) < 22.2


def test_faults_show_as_an_engineer_would_see_them() -> None:
    healthy = Room(45.0, 20.0, temp_sp=26.0).run(900)
    blocked = Room(45.0, 20.0, temp_sp=26.0, filter_blocked=1.0).run(900)
    assert blocked.coil.capacity < 0.6 * healthy.coil.capacity
    assert blocked.coil.leaving_temp > healthy.coil.leaving_temp + 1.5
    dirty = Room(45.0, 20.0, temp_sp=26.0).run(900)
    dirty.coil.dirty_coil = 1.0
    dirty.run(600)
    assert 0.4 < dirty.coil.capacity / healthy.coil.capacity < 0.8
    assert dirty.coil.power == healthy.coil.power
    stuck = Room(45.0, 20.0, temp_sp=26.0, valve_stuck=1.0).run(900)
    assert (stuck.coil.calling, stuck.coil.valve_open) == (1.0, 0.0)
    assert stuck.coil.capacity < 0.1 * healthy.coil.capacity
    failed = Room(45.0, 20.0, temp_sp=26.0, fan_failed=1.0).run(900)
    assert (failed.coil.valve_open, failed.coil.running, failed.coil.capacity, failed.coil.power) == (1.0, 0, 0, 0)


def test_people_at_war_over_the_set_point_make_the_room_swing_and_the_fan_run_up() -> None:
    swings = []
    for war in (0.0, 1.0):
        room = Room(45.0, 20.0, temp_sp=21.0, setpoint_war=war)
        room.sky.outdoor_temp = -7.6
        room.run(6 * 3600, 10.0, hold_room=False)
        seen, steps = [], set()
        for _ in range(6 * 360):
            room.run(10, 10.0, hold_room=False)
            seen.append(room.zone.temp)
            steps.add(room.coil.fan_step)
        swings.append((max(seen) - min(seen), max(steps)))
    assert swings[1][0] > swings[0][0] + 0.5
    assert swings[1][1] == 3.0 > swings[0][1]


def test_sizes_of_the_plant_file() -> None:
    sized = FanCoil.size({"cooling_capacity": 40e3, "heating_capacity": 50e3, "pressure_drop": 20e3})
    assert sized["rated_flow"] == pytest.approx(50e3 / 5.0 / HEAT_CAPACITY)
    assert FanCoil.size({"heating_capacity": 5e3})["rated_cooling"] == 5e3
    assert {name for name in sized if name not in FanCoil.points} == set()
    for name, value in fan_coil_parameters(3600.0).items():
        assert FanCoil.points[name].default == pytest.approx(value, rel=2e-3), name
    with pytest.raises(InputError, match="must all be positive"):
        fan_coil_parameters(0.0)
    room = Room()
    assert room.way.kind == STIRRED
    room.coil.zone = -1
    with pytest.raises(InputError, match="no room"):
        FanCoil.connect(room.coil, 0, room.t)


TRAJECTORY = """
import hashlib
from plant_models.building import fan_coil as coils
from plant_models.building import zone as rooms
from plant_models.water.network import Network, Passage
from plant_models.weather.weather import Weather
from twin.store import Store
store = Store({coils.FanCoil: ["a", "b"], rooms.Zone: ["x", "y"], Passage: ["p", "q"], Network: ["n"], Weather: ["w"]})
t = store.tables
for k in range(2):
    t["fancoil"][k].passage = t["fancoil"][k].zone = k
    coils.FanCoil.connect(t["fancoil"][k], k, t)
t["fancoil"][1].mode_cmd = 2.0
t["fancoil"][0].temp_sp = 23.0
for k in range(3000):
    coils.actuate(t["fancoil"], t["zone"], t["passage"], t["network"], 1.0)
    for n in range(2):
        t["passage"][n].flow = 0.17 * (k % 1000) / 1000.0
        t["passage"][n].entering_temp = (45.0, 7.0)[n] + k % 13
    t["fancoil"][0].filter_blocked = float(k > 2000) * 0.5
    t["zone"][1].gains_always = 2500.0
    t["zone"][1].vapour_always = 4e-4
    coils.exchange(t["fancoil"], t["zone"], t["passage"], 1.0)
    rooms.advance(t["zone"], t["weather"], 1.0)
    coils.sense(t["fancoil"], t["passage"])
print(t["fancoil"][0].heat_to_room > 1e6, t["fancoil"][1].latent_energy > 1e4)
print(hashlib.sha256(store.values.tobytes()).hexdigest())
"""


def test_compiled_and_plain_python_give_the_same_bits(printed_both_ways: Callable[[str], set[str]]) -> None:
    printed = printed_both_ways(TRAJECTORY)
    assert len(printed) == 1
    assert printed.pop().startswith("True True")
