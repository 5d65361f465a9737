"""Air handling units at their rating points, Mundt's layers, recovery, control, frost guard and closed accounts."""

import math
from typing import Any

import pytest

from plant_models.building import air_handler as units
from plant_models.building.air_handler import AirHandlingUnit
from plant_models.building.coil_laws import DRY_AIR
from plant_models.building.layered_supply import floor_share
from plant_models.building.zone import Zone
from plant_models.constants import EVAPORATION_HEAT
from plant_models.water.network import HEAT_CAPACITY, Network, Passage
from plant_models.weather.psychrometrics import humidity_ratio, vapour_pressure
from plant_models.weather.weather import Weather
from twin.store import Store


class Hall:
    """A unit of 60 kW in a hall of 800 m2, with water of a given temperature behind its valve."""

    def __init__(self, supply: float = 50.0, room: float = 20.0, outdoor: float = -5.0, **parameters: float) -> None:
        store = Store({AirHandlingUnit: ["ahu"], Zone: ["hall"], Passage: ["way"], Network: ["net"], Weather: ["sky"]})
        self.t = store.tables
        self.ahu, self.zone = self.t["airhandlingunit"][0], self.t["zone"][0]
        self.way, self.sky = self.t["passage"][0], self.t["weather"][0]
        self.zone.area, self.zone.temp, self.zone.measured_temp, self.zone.dew_point = 800.0, room, room, 8.0
        self.ahu.passage = self.ahu.zone = 0
        for name, value in (AirHandlingUnit.size({"heating_capacity": 60e3}) | parameters).items():
            self.ahu[name] = value
        self.sky.outdoor_temp, self.sky.dew_point = outdoor, outdoor - 5.0
        self.ahu.enable_cmd = 1.0
        AirHandlingUnit.connect(self.ahu, 0, self.t)
        self.way.temp = supply
        self.supply, self.water = supply, 0.0

    def run(self, seconds: int, dt: float = 1.0) -> Any:
        for _ in range(round(seconds / dt)):
            units.actuate(self.t["airhandlingunit"], self.t["passage"], self.t["network"], dt)
            self.way.flow = math.sqrt(self.ahu.rated_pressure_drop / self.way.quadratic)
            units.exchange(self.t["airhandlingunit"], self.t["zone"], self.t["passage"], self.t["weather"], dt)
            self.water -= self.way.heat * dt
            self.way.entering_temp = self.supply
            end = self.supply + self.way.heat / (self.way.flow * HEAT_CAPACITY)
            self.way.temp = end + (self.way.temp - end) * math.exp(-self.way.flow * dt / self.way.mass)
            self.way.leaving_temp = self.way.temp
            units.sense(self.t["airhandlingunit"], self.t["zone"], self.t["passage"])
        return self.ahu

    def stand(self, seconds: int) -> Any:
        """The same without flow: what the air takes cools the water in the coil."""
        self.way.flow = 0.0
        for _ in range(seconds):
            units.actuate(self.t["airhandlingunit"], self.t["passage"], self.t["network"], 1.0)
            units.exchange(self.t["airhandlingunit"], self.t["zone"], self.t["passage"], self.t["weather"], 1.0)
            self.way.temp += self.way.heat / (self.way.mass * HEAT_CAPACITY)
            units.sense(self.t["airhandlingunit"], self.t["zone"], self.t["passage"])
        return self.ahu


def test_fresh_air_cools_the_coil_whose_pump_stands_and_the_guard_stops_the_fans() -> None:
    """60 kg on the film of 2 % of the flow, towards air of -10 degC; without the guard it would be below 0 degC."""
    bare = {"fault_damper": 1.0, "fault_recovery": 1.0}
    guarded, summer = Hall(20.0, outdoor=-10.0, **bare), Hall(20.0, outdoor=-10.0, mode_cmd=2.0, **bare)
    for hall in (guarded, summer):
        hall.ahu.speed = 1.0
    ahu = summer.stand(600)
    stream = DRY_AIR * ahu.rated_air_flow / 3600.0
    coil = ahu.conductance_heating / (0.7 + 0.3 * 0.02**-0.8)
    rate = stream * (1.0 - math.exp(-coil / stream)) / (60.0 * HEAT_CAPACITY)
    assert summer.way.temp == pytest.approx(-10.0 + 30.0 * math.exp(-rate * (600.0 - 30.0)), abs=0.3)
    assert summer.stand(3000).alarm_frost == 0.0
    assert summer.way.temp < 0.0
    assert guarded.stand(3600).alarm_frost == 1.0
    assert guarded.ahu.running == 0.0
    assert 4.0 < guarded.way.temp < 6.0


def test_rated_heating_with_full_fresh_air() -> None:
    """50/45 degC water, air entering at 10 degC: 60 kW, so the air leaves at 10 + 60e3 / (q rho c)."""
    hall = Hall(outdoor=10.0, valve=1.0, fault_valve_stuck=1.0, fresh_cmd=1.0, recovery=0.0)
    ahu = hall.run(900)
    assert ahu.coil_heat == pytest.approx(60e3, rel=0.01)
    assert ahu.leaving_temp == pytest.approx(45.0, abs=0.1)
    blown = 10.0 + (60e3 + ahu.power) / (DRY_AIR * ahu.air_flow / 3600.0)
    assert ahu.supply_temp == pytest.approx(blown, abs=0.3)


def test_rated_cooling_is_wet() -> None:
    hall = Hall(7.0, 26.0, 30.0, mode_cmd=2.0, valve=1.0, fault_valve_stuck=1.0, fresh_cmd=1.0, recovery=0.0)
    hall.sky.dew_point = 15.6
    ahu = hall.run(900)
    assert hall.way.heat == pytest.approx(60e3, rel=0.02)
    assert -ahu.coil_heat == pytest.approx(45e3, rel=0.02)
    assert ahu.latent_energy > 0.0


def test_the_condensate_leaves_the_room() -> None:
    """Fresh air as moist as the room brings nothing; the vapour taken out is the latent heat over 2.5 MJ/kg."""
    hall = Hall(7.0, 26.0, 30.0, mode_cmd=2.0, valve=1.0, fault_valve_stuck=1.0)
    hall.sky.dew_point = 18.0
    hall.zone.humidity_ratio = humidity_ratio(vapour_pressure(18.0))
    ahu = hall.run(900)
    assert ahu.latent_energy > 1e6
    assert hall.zone.incoming_vapour == pytest.approx(-ahu.latent_energy / EVAPORATION_HEAT, rel=1e-9)


def test_fresh_winter_air_dries_the_room() -> None:
    hall = Hall()
    ahu = hall.run(900)
    exchanged = 1.2 * ahu.fresh_air / 3600.0 * 900.0
    dry = humidity_ratio(vapour_pressure(-10.0)) - hall.zone.humidity_ratio
    assert hall.zone.incoming_vapour == pytest.approx(exchanged * dry, rel=0.03)
    assert ahu.latent_energy == 0.0


def test_layers_are_those_of_mundt(validation: Any) -> None:
    """REHVA Guidebook 1: about 0.5 at 5 l/(s m2), 0.3..0.4 at 10 l/(s m2)."""
    validation(
        "layered supply: floor air over the rise to the exhaust, at 2 and 5 L/(s m2)", "Mundt 1996, closed form",
        expected=[1.0 / (1.0 + q * 1.2 * 1006.0 * 0.4) for q in (2e-3, 5e-3)], tolerance=0.01,
        got=[floor_share(q, 1.0) for q in (2e-3, 5e-3)],
    )  # fmt: skip
    hall = Hall(7.0, 25.0, 30.0, mode_cmd=2.0, temp_sp=23.0)
    ahu = hall.run(3600)
    assert ahu.supply_temp < ahu.floor_temp < 25.0 < ahu.exhaust_temp
    gained = DRY_AIR * ahu.air_flow / 3600.0 * (ahu.supply_temp - ahu.exhaust_temp)
    assert ahu.heat == pytest.approx(gained, rel=0.01)
    mixing = Hall(7.0, 25.0, 30.0, mode_cmd=2.0, temp_sp=23.0, layered=0.0).run(3600)
    assert mixing.exhaust_temp == 25.0
    assert ahu.heat < mixing.heat < 0.0, "the same supply takes more heat out of a layered room"


def test_warm_supply_mixes() -> None:
    ahu = Hall(room=18.0, temp_sp=22.0).run(1800)
    assert ahu.supply_temp > 20.0
    assert ahu.exhaust_temp == pytest.approx(18.0, abs=0.5)


def test_recovery_saves_its_share_of_the_fresh_air() -> None:
    ahu = Hall(fresh_cmd=1.0).run(1800)
    stream = DRY_AIR * ahu.air_flow / 3600.0
    assert ahu.recovered == pytest.approx(0.7 * stream * 25.0, rel=0.01)
    assert ahu.mixed_temp == pytest.approx(-5.0 + 0.7 * 25.0, abs=0.1)
    warm = Hall(outdoor=15.0, room=24.0, supply=7.0, mode_cmd=2.0, fresh_cmd=1.0).run(600)
    assert warm.recovered == 0.0, "free cooling goes round the recovery"


@pytest.mark.parametrize(("supply", "mode", "room"), [(45.0, 1.0, 19.0), (8.0, 2.0, 26.0)])
def test_the_supply_goes_where_the_room_controller_wants_it(supply: float, mode: float, room: float) -> None:
    outdoor = -2.0 if mode < 1.5 else 30.0
    wanted = 21.0 if mode < 1.5 else 25.0
    ahu = Hall(supply, room, outdoor, mode_cmd=mode, temp_sp=wanted, room_time=1e9).run(3600)
    assert ahu.supply_sp == pytest.approx(wanted + 3.0 * (wanted - room))
    assert ahu.supply_temp == pytest.approx(ahu.supply_sp, abs=0.3)
    assert 0.02 < ahu.valve < 0.99


def test_accounts_close() -> None:
    hall = Hall()
    ahu = hall.run(5000)
    assert ahu.water_energy == pytest.approx(hall.water, rel=1e-12)
    assert ahu.coil_energy - ahu.latent_energy == pytest.approx(ahu.water_energy, rel=1e-12)
    assert ahu.room_energy == pytest.approx(hall.zone.heat_from_emitter, rel=1e-12)
    assert ahu.room_energy == pytest.approx(ahu.coil_energy + ahu.energy - ahu.outside_energy, rel=1e-9)


def test_the_frost_guard_stops_the_fans_and_opens_the_valve() -> None:
    hall = Hall(supply=20.0, outdoor=-15.0, fresh_cmd=1.0, recovery=0.0)
    hall.run(600)
    hall.supply = hall.way.temp = 2.0
    ahu = hall.run(900)
    assert (ahu.alarm_frost, ahu.running, ahu.valve) == (1.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("fault_belt", lambda u, _: u.running == 0.0 and u.air_flow == 0.0 and u.heat == 0.0),
        ("fault_filter", lambda u, was: u.air_flow < 0.4 * was.rated_air_flow),
        ("fault_coil", lambda u, was: u.valve > was.valve + 0.02),
        ("fault_valve_stuck", lambda u, _: u.valve == 0.0 and u.supply_temp < u.supply_sp - 2.0),
        ("fault_damper", lambda u, was: u.fresh_air > 2.0 * was.fresh_air),
        ("fault_recovery", lambda u, was: u.recovered == 0.0 and u.mixed_temp < was.mixed_temp - 3.0),
    ],
)
def test_faults(fault: str, seen: Any) -> None:
    healthy, faulty = Hall(temp_sp=23.0).run(5400), Hall(temp_sp=23.0, **{fault: 1.0}).run(5400)
    assert seen(faulty, healthy)
