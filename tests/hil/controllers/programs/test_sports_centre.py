"""The sports-centre program on a link of two methods, clause by clause (docs/sequences/sports_centre.md)."""

import pytest

from hil.controllers.programs.hot_water import HotWaterWiring
from hil.controllers.programs.sports_centre import SportsCentre, SportsWiring
from hil.controllers.settings.settings import CHANGING, WINTER
from hil.controllers.settings.sports_settings import SportsSettings
from hil.controllers.settings.wiring import Groups, LoopWiring, WellWiring

GROUND, LOAD, HOT = ("gp_1", "gp_2", "gp_3"), ("tp_1", "tp_2", "tp_3"), ("dp_1",)
WELLS, UNITS = ("wp_1", "wp_2", "wp_3"), ("hp_2", "hp_3")
VALVES = ("v1", "v2", "v9", "v11", "sv", "pv", "ev_1", "ev_2", "ev_3", "cv_2", "cv_3")
LOOPS = {"ground": GROUND, "load": LOAD, "dhw": HOT}
WIRING = SportsWiring(
    wells=WellWiring(stations="w_1, w_2, w_3", pumps=WELLS),
    source=LoopWiring(pumps=GROUND, meter="ground", holding="ground_holding"),
    load=LoopWiring(pumps=LOAD, meter="load", holding="load_holding"),
    units=UNITS,
    evaporator_valves="ev_2, ev_3",
    condenser_valves="cv_2, cv_3",
    rooms="hall",
    lock="panel.utility_lock",
    warm_rooms="pool_hall",
    changeover=Groups(winter="v1", summer="v2"),
    hot_water=HotWaterWiring(
        unit="hp_1",
        evaporator_valve="ev_1",
        joining="v9",
        parting="v11",
        pumps=HOT,
        meter="dhw",
        holding="dhw_holding",
        store="store",
        store_valve="sv",
        pool="pool",
        pool_valve="pv",
        pool_pump="fp",
        circulation_pump="cp",
        heater="heater",
    ),
)


class Centre:
    """A sports centre whose equipment does at once what it is ordered; the scan period is 10 s."""

    def __init__(self, link) -> None:
        self.link, self.time_s = link, -10.0
        self.program = SportsCentre(link, WIRING, SportsSettings())
        link.set(panel__season_selector=1.0, weather__outdoor_temp=0.0, v1__open_cmd=1.0, ground__supply_temp=14.0,
                 store__middle_temp=50.0, store__bottom_temp=50.0, pool__temp=27.0, pool__flow_ok=1.0,
                 load__supply_temp=43.5)  # fmt: skip
        for loop in LOOPS:
            link.set(**{f"{loop}_holding__pressure": 250.0})
        for station in ("w_1", "w_2", "w_3"):
            link.set(**{f"{station}__leaving_temp": 14.5, f"{station}__level": 10.0})
        for unit in ("hp_1", *UNITS):
            link.set(**{f"{unit}__capacity": 50.0, f"{unit}__evaporator_leaving_temp": 8.0})
        self.follow()

    def follow(self) -> None:
        link = self.link
        for name in (*GROUND, *LOAD, *HOT, *WELLS, *UNITS, "hp_1", "cp"):
            link.set(**{f"{name}__running": link[f"{name}.enable_cmd"]})
        for loop, pumps in LOOPS.items():
            link.set(**{f"{loop}__flow": 70.0 * sum(link[f"{pump}.enable_cmd"] for pump in pumps)})
        for number, well in enumerate(WELLS, 1):
            link.set(**{f"w_{number}__flow": 16.0 * link[f"{well}.enable_cmd"]})
        for valve in VALVES:
            is_open = link[f"{valve}.open_cmd"]
            link.set(**{f"{valve}__position": 100.0 * is_open, f"{valve}__open_proof": is_open,
                        f"{valve}__closed_proof": 1.0 - is_open})  # fmt: skip

    def scan(self, times: int = 1, **values: float) -> "Centre":
        """Change registers, then scan as many times."""
        self.link.set(**values)
        for _ in range(times):
            self.time_s += 10.0
            self.program.scan(self.time_s)
            self.follow()
        return self

    def on(self, *names: str) -> list[str]:
        """Those that are ordered to run."""
        return [name for name in names if self.link[f"{name}.enable_cmd"] == 1.0]


@pytest.fixture
def centre(link):
    """In winter; nothing is wanted."""
    return Centre(link).scan(3)


@pytest.fixture
def heating(centre):
    """A hall calls, and one unit runs."""
    centre.scan(12, hall__calling=1.0)
    assert centre.on(*UNITS) == ["hp_2"]
    return centre


def test_the_centre_works_in_its_season(link):
    """Clause SC-1.1."""
    centre = Centre(link).scan()
    assert link["panel.season"] == CHANGING
    assert (centre.scan().link["panel.season"], link["hall.mode_cmd"]) == (WINTER, 1.0)


def test_a_changeover_waits_for_the_recovery_unit(link):
    """Clause SC-1.1."""
    centre = Centre(link).scan(12, store__middle_temp=40.0)
    assert centre.on("hp_1") == ["hp_1"]
    mild = {f"{loop}__{side}_temp": 20.0 for loop in ("load", "ground") for side in ("supply", "return")}
    stopped_at = centre.time_s + 10.0
    centre.scan(1, panel__season_selector=2.0, **mild)
    assert centre.on("hp_1") == []
    while centre.time_s < stopped_at + 1250.0:
        centre.scan()
    assert link["v1.open_cmd"] == 1.0
    assert centre.scan(2).link["v1.open_cmd"] == 0.0


@pytest.mark.parametrize("room", ["hall", "pool_hall"])
def test_either_kind_of_room_wants_the_units(centre, room):
    """Clause SC-1.2."""
    assert (centre.link["hall.temp_sp"], centre.link["pool_hall.temp_sp"]) == (20.0, 28.0)
    centre.scan(12, **{f"{room}__calling": 1.0})
    assert centre.on(*UNITS) == ["hp_2"]


def test_as_many_pumps_as_units_take_water(heating):
    """Clause SC-2.1: the recovery unit takes its cold from the ground in winter."""
    assert (len(heating.on(*GROUND)), len(heating.on(*LOAD))) == (1, 1)
    heating.scan(6, store__middle_temp=40.0)
    assert heating.on("hp_1") == []
    heating.scan(6)
    assert (len(heating.on(*GROUND)), len(heating.on(*LOAD)), heating.on("hp_1")) == (2, 1, ["hp_1"])


def test_a_loop_without_pressure_stands(heating):
    """Clauses SC-2.2, SC-3.1."""
    heating.scan(2, load_holding__pressure=149.0)
    assert heating.on(*LOAD, *UNITS) == []


def test_wells_by_the_load_of_all_units(heating):
    """Clause SC-2.3: half a load asks for two wells, one and a half with the recovery unit for all three."""
    assert len(heating.on(*WELLS)) == 2
    heating.scan(14, store__middle_temp=40.0, hp_1__capacity=100.0)
    assert len(heating.on(*WELLS)) == 3


@pytest.mark.parametrize(("loop", "flow", "on"), [("ground", 46.0, ["hp_2"]), ("ground", 45.0, []), ("load", 45.0, [])])
def test_no_water_no_unit(heating, loop, flow, on):
    """Clause SC-3.1."""
    heating.link.set(**{f"{loop}__flow": flow})
    heating.program.scan(heating.time_s + 3.0)
    assert heating.on(*UNITS) == on


def test_units_stop_without_wells_or_with_a_cold_source(heating):
    """Clause SC-3.2: the recovery unit's evaporator counts in winter."""
    heating.scan(14, store__middle_temp=40.0)
    heating.scan(4, hp_1__evaporator_leaving_temp=4.0)
    assert (heating.on(*UNITS), heating.link["panel.alarm_low_source"]) == ([], 1.0)


def test_units_stop_with_the_wells(heating):
    """Clause SC-3.2."""
    for well in WELLS:
        heating.link.set(**{f"{well}__alarm_trip": 1.0, f"{well}__running": 0.0})
    heating.scan(2)
    assert heating.on(*UNITS) == []


def test_a_unit_waits_for_a_pump_in_both_loops(centre):
    """Clause SC-3.3: 35 s after the start of the pumps."""
    centre.scan(4, hall__calling=1.0)
    assert centre.link["ev_2.open_cmd"] == 0.0
    centre.scan(2)
    assert (centre.link["ev_2.open_cmd"], centre.link["cv_2.open_cmd"]) == (1.0, 1.0)


def test_the_utility_locks_all_units_and_nothing_else(heating):
    """Clause OP-4.1."""
    heating.scan(14, store__middle_temp=40.0)
    assert heating.on(*UNITS, "hp_1") == ["hp_2", "hp_1"]
    heating.scan(panel__utility_lock=1.0)
    assert heating.on(*UNITS, "hp_1") == []
    heating.scan(100)
    assert heating.on(*UNITS, *GROUND, *LOAD, *HOT, "hp_1", "fp", "cp", "heater") == ["fp", "cp", "heater"]
    assert heating.link["panel.alarm"] == 0.0
    heating.scan(100, panel__utility_lock=0.0)
    assert heating.on("hp_1") == ["hp_1"]


def test_the_emergency_stop_of_the_centre(heating):
    """Clauses SC-5.1, SC-5.2."""
    heating.scan(panel__emergency_stop=1.0)
    assert heating.on(*GROUND, *LOAD, *WELLS, *UNITS, "fp", "cp", "heater") == []
    assert heating.scan(20, panel__emergency_stop=0.0).on(*GROUND, *UNITS, "cp") == []
    heating.scan(2, hp_3__alarm=1.0, panel__alarm_reset=1.0)
    assert heating.on("cp", "fp") == ["cp", "fp"]
    assert [heating.link[f"{unit}.reset_cmd"] for unit in UNITS] == [0.0, 1.0]


@pytest.mark.parametrize(("cause", "lamp"), [
    ({"hp_1__alarm": 1.0}, "unit"), ({"hp_3__alarm": 1.0}, "unit"), ({"heater__alarm_lockout": 1.0}, "load_pump"),
    ({"dhw_holding__pressure": 149.0}, "pressure"), ({"ground_holding__alarm_leak": 1.0}, "leak"),
    ({"w_1__alarm_dry": 1.0}, "well_pump"),
])  # fmt: skip
def test_lamps_of_the_centre(heating, cause, lamp):
    """Clauses SC-5.3, SC-4.10."""
    assert heating.link["panel.alarm"] == 0.0
    heating.scan(2, **cause)
    assert [name for name in heating.program.lamps._places if heating.link[f"panel.alarm_{name}"] == 1.0] == [lamp]
