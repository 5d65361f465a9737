"""The shipped map against the reference table, CoolProp and hostile files."""

from pathlib import Path
from typing import Any

import pytest
from CoolProp.CoolProp import PropsSI

from plant_models.heat_pump.build_maps import carrier_points, en_14511, texts
from plant_models.heat_pump.performance_map import (
    MAPS,
    PerformanceMap,
    fill_map,
    load_map,
    look_up,
    read_map,
    saturation_pressure,
    shipped_maps,
)
from twin.errors import InputError
from twin.store import Store

# docs/physics/heat-pumps.md#maps: leaving evaporator/condenser [degC], Q_e [kW], P [kW]
TABLE = [
    (4, 50, 397, 150.1), (7, 30, 540, 75.4), (7, 35, 517, 91.1), (7, 45, 470, 126.0), (7, 50, 446, 146.3),
    (7, 55, 421, 169.3), (10, 35, 578, 87.7), (10, 45, 525, 123.0), (10, 50, 499, 142.9), (14, 50, 577, 138.6),
]  # fmt: skip


@pytest.fixture(scope="module")
def screw() -> Any:
    store = Store({PerformanceMap: ["screw"]})
    fill_map(store.row("screw"), load_map("screw_r134a"))
    return store.tables["performancemap"]


def test_the_reference_table_of_the_map(screw: Any, validation: Any) -> None:
    for evap, cond, cooling, power in TABLE:
        q, p, _, clamped = look_up(screw[0], evap, cond)
        validation(
            f"map screw_r134a at {evap}/{cond} degC: cooling capacity, power",
            "cycle with CoolProp, docs/physics/heat-pumps.md#maps",
            expected=[cooling, power], got=[q / 1e3, p / 1e3], tolerance="0.3 %", unit="kW",
        )  # fmt: skip
        assert clamped == 0.0


def test_rated_points_of_the_two_sizes(screw: Any) -> None:
    """docs/plants/documents.md#s7: 517 kW/91.1 kW at 7/35; with 9.5 % more displacement 648.2 kW heat from 160.3 kW at
    7/50."""
    q, p, _, _ = look_up(screw[0], 7.0, 35.0)
    assert q == pytest.approx(517e3, rel=0.005)
    assert p == pytest.approx(91.1e3, rel=0.005)
    q, p, _, _ = look_up(screw[0], 7.0, 50.0)
    assert 1.095 * (q + p) == pytest.approx(648.2e3, rel=0.005)
    assert 1.095 * p == pytest.approx(160.3e3, rel=0.005)


def test_sensitivities_and_discharge_temperature(screw: Any) -> None:
    """docs/physics/heat-pumps.md#maps: +3.7 %/K at the evaporator, -0.90 %/K at the condenser at 7/35; discharge 52 and
    75 degC."""
    q = look_up(screw[0], 7.0, 35.0)[0]
    assert look_up(screw[0], 8.0, 35.0)[0] / q - 1 == pytest.approx(0.037, abs=0.002)
    assert look_up(screw[0], 7.0, 36.0)[0] / q - 1 == pytest.approx(-0.0090, abs=0.0003)
    assert look_up(screw[0], 7.0, 35.0)[2] == pytest.approx(52.0, abs=0.6)
    assert look_up(screw[0], 7.0, 50.0)[2] == pytest.approx(75.0, abs=0.6)


def test_between_the_points_the_map_is_bilinear(screw: Any) -> None:
    corners = [look_up(screw[0], e, c) for e in (10.0, 12.0) for c in (40.0, 45.0)]
    middle = look_up(screw[0], 11.0, 42.5)
    for quantity in range(3):
        assert middle[quantity] == pytest.approx(sum(corner[quantity] for corner in corners) / 4, rel=1e-12)


def test_beyond_the_edge_the_map_is_held_and_says_so(screw: Any) -> None:
    edge, beyond = look_up(screw[0], -10.0, 60.0), look_up(screw[0], -12.0, 70.0)
    assert beyond[:3] == edge[:3]
    assert (edge[3], beyond[3]) == (0.0, 1.0)
    assert look_up(screw[0], 25.0, 10.0)[3] == 0.0
    assert look_up(screw[0], 25.1, 10.0)[3] == 1.0


@pytest.mark.parametrize(("name", "fluid", "low", "high"), [
    ("screw_r134a", "R134a", -25, 85), ("carrier_30xw_1012", "R134a", -25, 85), ("air_scroll_r410a", "R410A", -45, 66),
    ("geolia_17", "R410A", -25, 66), ("wwc_100h_x", "R407C", -25, 75), ("wwc_220h_x", "R407C", -25, 75),
])  # fmt: skip
def test_saturation_pressure_against_coolprop(name: str, fluid: str, low: int, high: int, validation: Any) -> None:
    table, temps = filled(name), [float(temp) for temp in range(low, high, 5)]
    validation(
        f"map {name}: saturation pressure of {fluid}", "CoolProp", tolerance="0.2 %", unit="Pa", x=("degC", temps),
        expected=[PropsSI("P", "T", temp + 273.15, "Q", 1, fluid) for temp in temps],
        got=[saturation_pressure(table[0], temp) for temp in temps],
    )  # fmt: skip


def filled(name: str) -> Any:
    store = Store({PerformanceMap: ["map"]})
    fill_map(store.row("map"), load_map(name))
    return store.tables["performancemap"]


def test_a_rebuild_gives_the_shipped_files() -> None:
    def points(text: str) -> list[list[float]]:
        return [[float(x) for x in line.split(",")] for line in text.splitlines() if line[0] in "-0123456789"]

    rebuilt = texts()
    assert sorted(rebuilt) == list(shipped_maps())
    for name, text in rebuilt.items():
        for was, now in zip(points((MAPS / f"{name}.csv").read_text()), points(text), strict=True):
            assert now == pytest.approx(was, rel=1e-3), name


FITTED = "The map's compressor laws were fitted to these points: the case shows that the shipped table gives them back."
EN_14511 = {  # docs/physics/heat-pumps.md#rated-points: heating capacity and power [kW] at W10/W35 and W10/W55
    "wwc_220h_x": ((21.80, 3.82), (20.33, 5.63)),
    "wwc_100h_x": ((11.00, 1.96), (9.00, 2.92)),
    "geolia_17": ((22.13, 4.25), (20.14, 5.69)),
}


def test_rated_points_of_makers(validation: Any) -> None:
    """docs/physics/heat-pumps.md#rated-points: the shipped maps give the makers' points back."""
    for name, points in EN_14511.items():
        kw = [(1e3 * heat, 1e3 * power) for heat, power in points]
        for rated, figures, (evap, cond, _, _) in zip(("W10/W35", "W10/W55"), points, en_14511(*kw), strict=True):
            q, p, _, _ = look_up(filled(name)[0], evap, cond)
            validation(
                f"map {name} at {rated}: heating capacity, power, COP",
                "EN 14511 points, Keymark, docs/physics/heat-pumps.md#rated-points",
                expected=[*figures, figures[0] / figures[1]], got=[(q + p) / 1e3, p / 1e3, (q + p) / p],
                tolerance="3 %", unit="kW, kW, 1", note=FITTED,
            )  # fmt: skip
    carrier, points = filled("carrier_30xw_1012"), carrier_points()
    for number, what in ((0, "cooling capacity"), (1, "power")):
        validation(
            f"Carrier 30XW-P 1012 at 7 degC: {what}", "maker's column, docs/physics/heat-pumps.md#rated-points",
            unit="kW",
            expected=[point[2 + number] / 1e3 for point in points], tolerance="3 %",
            got=[look_up(carrier[0], point[0], point[1])[number] / 1e3 for point in points],
            x=("condenser entering, degC", [25, 30, 35, 40, 45]), note=FITTED,
        )  # fmt: skip


def test_every_map_rises_and_falls_as_a_machine_does() -> None:
    """Colder source or warmer sink: less cold; COP below Carnot's at the leaving waters everywhere."""
    for name in shipped_maps():
        row = filled(name)[0]
        evap, cond = row.evap_temp[: int(row.n_evap)], row.cond_temp[: int(row.n_cond)]
        for c in cond:
            cold = [look_up(row, e, c)[0] for e in evap]
            assert cold == sorted(cold), (name, c)
        for e in evap:
            cold = [look_up(row, e, c)[0] for c in cond]
            assert cold == sorted(cold, reverse=True), (name, e)
            for c in cond[cond > e + 5.0]:
                q, p, _, _ = look_up(row, e, c)
                assert q < p * (e + 273.15) / (c - e), (name, e, c)


def test_what_no_machine_has_shown_is_marked() -> None:
    assert [name for name in shipped_maps() if load_map(name).speculative] == ["barocaloric"]
    assert "speculative" in load_map("barocaloric").source


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("cooling_capacity", "cooling_capacty"), "no column 'cooling_capacity'"),
        (("\n4,25,", "\n4,x,"), r"mine.csv:\d+: condenser_leaving_temp: 'x' is not a number"),
        (("\n4,25,", "\n4,nan,"), "not a finite number"),
        (("\n4,25,", "\n4,30,"), "4/30 degC is given twice"),
        (("\n4,25,", "\n4,26,"), "missing from the grid of 15 x 12"),
        (("# saturation: 32", "# saturation: 1 32"), "5 numbers; expected 4"),
        (("# approach: 2 K", "# approach: wide"), "approach: 'wide' is not a number"),
        (("# rating: 7 ", "# rating: "), "rating has 3 numbers; expected 4"),
    ],
)
def test_a_wrong_map_file_is_refused(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text((MAPS / "screw_r134a.csv").read_text().replace(change[0], change[1], 1))
    with pytest.raises(InputError, match=message):
        read_map(path)


def test_an_unknown_map_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'screw_r134a'"):
        load_map("screw_r143a")


def test_a_map_too_large_for_its_row_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    head = "# approach: 2 K\n# saturation: 1 2 3 4\n"
    head += "evaporator_leaving_temp,condenser_leaving_temp,cooling_capacity,power,discharge_temp\n"
    path.write_text(head + "".join(f"{e},{c},1,1,1\n" for e in range(17) for c in range(2)))
    with pytest.raises(InputError, match="at most 16 a side and 192 in all"):
        read_map(path)
