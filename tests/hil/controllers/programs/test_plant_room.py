"""The plant-room program on a link of two methods, clause by clause (docs/sequences/plant_room.md)."""

import pytest

from hil.controllers.panel.utility_lock import UtilityLock
from hil.controllers.programs.plant_room import PlantRoom
from hil.controllers.settings.settings import CHANGING, SUMMER, WINTER, Settings
from hil.controllers.settings.wiring import Groups, LoopWiring, RecoveryWiring, TowerWiring, WellWiring, Wiring

PUMPS = ("sp_1", "sp_2", "lp_1", "lp_2", "wp_1", "wp_2", "wp_3")
VALVES = ("v1", "v2")
UNITS = ("hp_1", "hp_2")
LOOPS = {"source": ("sp_1", "sp_2"), "load": ("lp_1", "lp_2")}


class Plant:
    """A plant room whose equipment does at once what it is ordered; the scan period is 10 s."""

    def __init__(self, link, **parts: object) -> None:
        wiring = Wiring(
            wells=WellWiring(stations="w_1, w_2, w_3", pumps="wp_1, wp_2, wp_3"),
            **{"source": LoopWiring(pumps="sp_1, sp_2", meter="source", holding="source_holding"), **parts},
            load=LoopWiring(pumps="lp_1, lp_2", meter="load", holding="load_holding"),
            units=UNITS,
            rooms="room",
            changeover=Groups(winter="v1", summer="v2"),
            lock="panel.utility_lock",
        )
        self.link, self.program, self.time_s = link, PlantRoom(link, wiring, Settings()), -10.0
        link.set(panel__season_selector=1.0, room__calling=1.0, weather__outdoor_temp=0.0, v1__open_cmd=1.0)
        link.set(source_holding__pressure=250.0, load_holding__pressure=250.0)
        link.set(source__supply_temp=14.0, load__supply_temp=43.5)
        for station in ("w_1", "w_2", "w_3"):
            link.set(**{f"{station}__leaving_temp": 14.5, f"{station}__level": 10.0})
        for unit in UNITS:
            link.set(**{f"{unit}__capacity": 50.0, f"{unit}__evaporator_leaving_temp": 8.0})
        self.follow()

    def follow(self) -> None:
        link = self.link
        for name in (*PUMPS, *UNITS):
            tripped = name in PUMPS and link[f"{name}.alarm_trip"] == 1.0
            link.set(**{f"{name}__running": 0.0 if tripped else link[f"{name}.enable_cmd"]})
        for number in (1, 2, 3):
            link.set(**{f"w_{number}__flow": 16.0 * link[f"wp_{number}.enable_cmd"]})
        for loop, pumps in LOOPS.items():
            link.set(**{f"{loop}__flow": 60.0 * any(link[f"{pump}.running"] for pump in pumps)})
        for valve in VALVES:
            is_open = link[f"{valve}.open_cmd"]
            link.set(**{f"{valve}__position": 100.0 * is_open, f"{valve}__open_proof": is_open,
                        f"{valve}__closed_proof": 1.0 - is_open})  # fmt: skip

    def scan(self, times: int = 1, **values: float) -> "Plant":
        """Change registers, then scan as many times."""
        self.link.set(**values)
        for _ in range(times):
            self.time_s += 10.0
            self.program.scan(self.time_s)
            self.follow()
        return self

    def on(self, *names: str) -> list[str]:
        """Those that are ordered to run."""
        return [name for name in names or (*PUMPS, *UNITS) if self.link[f"{name}.enable_cmd"] == 1.0]


@pytest.fixture
def plant(link):
    """At work in winter, with one unit."""
    made = Plant(link).scan(5)
    assert made.on(*UNITS) == ["hp_1"]
    return made


def test_the_plant_works_in_its_season(link):
    """Clauses PR-1.1, PR-1.2."""
    plant = Plant(link).scan()
    assert (link["panel.season"], plant.on()) == (CHANGING, [])
    plant.scan(room__calling=0.0)
    assert (link["panel.season"], link["room.mode_cmd"], plant.on()) == (WINTER, 1.0, [])
    plant.scan(room__calling=1.0)
    assert plant.on("sp_1", "lp_1") == ["sp_1", "lp_1"]


def test_pumps_run_on_after_the_last_unit(plant):
    """Clauses PR-2.1, UN-2.8."""
    assert [plant.link[f"{pump}.speed_cmd"] for pump in ("sp_1", "lp_1")] == [95.0, 95.0]
    plant.scan(100).scan(panel__season_selector=0.0)
    assert plant.on(*UNITS) == []
    assert plant.scan(17).on("sp_1", "lp_1") == ["sp_1", "lp_1"]
    assert plant.scan().on() == []


def test_a_change_to_summer_runs_pumps_on_and_proves_them(plant):
    """Clauses PR-2.1, PR-1.1."""
    link = plant.scan(100).link
    plant.scan(panel__season_selector=2.0, weather__outdoor_temp=30.0)
    assert (plant.on(*UNITS), plant.on("sp_1", "lp_1")) == ([], ["sp_1", "lp_1"])
    plant.scan(24)
    assert plant.on() == []
    for _ in range(200):
        if link["panel.season"] == SUMMER:
            break
        assert plant.on(*UNITS) == []
        plant.scan()
    assert link["panel.season"] == SUMMER
    assert (link["v1.open_cmd"], link["v2.open_cmd"]) == (0.0, 1.0)
    assert [link[f"{pump}.speed_cmd"] for pump in ("sp_1", "lp_1")] == [100.0, 90.0]


def test_the_utility_locks_the_units(plant):
    """Clause OP-4.1: at once, whatever their least run; the pumps run on, and no alarm is given."""
    plant.scan(panel__utility_lock=1.0)
    assert (plant.on(*UNITS), plant.on("sp_1", "lp_1")) == ([], ["sp_1", "lp_1"])
    assert plant.scan(18).on() == []
    assert plant.scan(200).on() == []
    assert (plant.link["panel.alarm"], plant.link["panel.season"]) == (0.0, WINTER)
    assert plant.scan(5, panel__utility_lock=0.0).on(*UNITS) != []


def test_a_plant_without_a_contact_is_never_locked(link):
    """Clause OP-4.1."""
    lock = UtilityLock(link, "")
    lock.look()
    assert lock.locked is False


def test_a_loop_of_one_season_stands_in_the_other(link):
    """Clause PR-2.2."""
    source = LoopWiring(pumps="sp_1, sp_2", meter="source", holding="source_holding", season="summer")
    plant = Plant(link, source=source).scan(5)
    assert plant.on("sp_1", "sp_2", "lp_1", *UNITS) == ["lp_1", "hp_1"]


def test_a_loop_without_pressure_stands(plant):
    """Clauses PR-2.3, PR-3.2."""
    plant.scan(load_holding__pressure=149.0)
    assert plant.on("lp_1", "lp_2", *UNITS) == []
    assert plant.link["panel.alarm_pressure"] == 1.0


def test_wells_by_the_load(plant):
    """Clause PR-2.4: half a load asks for 1.2 wells, 95 % for 2.3."""
    assert len(plant.on("wp_1", "wp_2", "wp_3")) == 2
    plant.scan(2, hp_1__capacity=95.0)
    assert len(plant.on("wp_1", "wp_2", "wp_3")) == 3


@pytest.mark.parametrize(("loop", "flow", "on"), [("source", 46.0, ["hp_1"]), ("source", 45.0, []), ("load", 45.0, [])])
def test_no_water_no_unit(plant, loop, flow, on):
    """Clause PR-3.1: at the first scan after 2 s."""
    plant.scan(5).link.set(**{f"{loop}__flow": flow})
    plant.program.scan(plant.time_s + 3.0)
    assert plant.on(*UNITS) == on


def test_units_wait_for_a_well(link):
    """Clause PR-3.2."""
    plant = Plant(link)
    for _ in range(5):
        plant.scan()
        link.set(w_1__flow=0.0, w_2__flow=0.0, w_3__flow=0.0)
    assert plant.on(*UNITS) == []
    plant.follow()
    assert plant.scan().on(*UNITS) == ["hp_1"]


def test_a_cold_evaporator_holds_units_back_and_stops_them(plant):
    """Clauses PR-3.2, PR-3.3."""
    plant.scan(5, hp_1__evaporator_leaving_temp=5.0)
    assert plant.link["hp_2.capacity_limit_cmd"] == 25.0
    assert len(plant.on("wp_1", "wp_2", "wp_3")) == 3
    plant.scan(4, hp_1__evaporator_leaving_temp=4.0)
    assert (plant.on(*UNITS), plant.link["hp_1.capacity_limit_cmd"]) == ([], 25.0)
    assert plant.link["panel.alarm_low_source"] == 1.0


def test_towers_rest_in_winter(link):
    """Clause PR-3.4."""
    plant = Plant(link, tower=TowerWiring(fans="fan")).scan(6, source__supply_temp=30.0)
    assert plant.on("fan", *UNITS) == ["hp_1"]


def test_towers_run_in_summer_with_a_unit(link):
    """Clause PR-3.4."""
    plant = Plant(link, tower=TowerWiring(fans="fan"))
    link.set(panel__season_selector=2.0, v1__open_cmd=0.0, v2__open_cmd=1.0, weather__outdoor_temp=30.0)
    plant.follow()
    plant.scan(3, load__supply_temp=20.0, source__supply_temp=30.0)
    assert plant.on("fan", *UNITS) == ["hp_1"]
    assert plant.scan().on("fan", *UNITS) == ["fan", "hp_1"]


@pytest.mark.parametrize(("calls", "on"), [(True, ["hp_1"]), (False, [])])
def test_the_store_calls_units_in_winter(link, calls, on):
    """Clause PR-4.1."""
    hot_water = RecoveryWiring(pumps="rp_1, rp_2", store="store", circulation_pump="cp", heater="heater", calls=calls)
    plant = Plant(link, hot_water=hot_water)
    assert plant.scan(6, room__calling=0.0, store__middle_temp=30.0).on(*UNITS) == on


def test_the_emergency_stop_of_the_plant_room(plant):
    """Clauses PR-5.1, PR-5.2."""
    plant.scan(panel__emergency_stop=1.0)
    assert plant.on() == []
    assert plant.scan(200, panel__emergency_stop=0.0).on() == []
    plant.scan(5, panel__alarm_reset=1.0)
    assert plant.on(*UNITS) == ["hp_1"]


def test_resets_go_to_what_has_tripped(plant):
    """Clauses PR-5.2, PR-5.3."""
    link = plant.link
    plant.scan(2, sp_1__alarm_trip=1.0, hp_2__alarm=1.0)
    assert plant.on("sp_1", "sp_2") == ["sp_2"]
    plant.scan(panel__alarm_reset=1.0)
    resets = ("sp_1", "sp_2", "lp_1", "wp_1", "hp_1", "hp_2")
    assert [name for name in resets if link[f"{name}.reset_cmd"] == 1.0] == ["sp_1", "hp_2"]
    plant.scan(2)
    assert not any(link[f"{name}.reset_cmd"] for name in resets)


@pytest.mark.parametrize(("cause", "lamp"), [
    ({"sp_1__alarm_trip": 1.0}, "source_pump"), ({"lp_1__alarm_trip": 1.0}, "load_pump"),
    ({"wp_1__alarm_trip": 1.0}, "well_pump"), ({"hp_2__alarm": 1.0}, "unit"),
    ({"source_holding__pressure": 351.0}, "pressure"), ({"load_holding__alarm_leak": 1.0}, "leak"),
])  # fmt: skip
def test_lamps_of_the_plant_room(plant, cause, lamp):
    """Clause PR-6.1."""
    assert plant.link["panel.alarm"] == 0.0
    plant.scan(2, **cause)
    assert [name for name in plant.program.lamps._places if plant.link[f"panel.alarm_{name}"] == 1.0] == [lamp]
    assert plant.link["panel.alarm"] == 1.0
