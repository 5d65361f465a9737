"""Fields of any layout and depth: places, responses against pygfunction, the cache, and what is refused."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pygfunction
import pytest

from plant_models.assembly.plant_file import read_plant
from plant_models.ground import borehole_wall, field_response, fit_boreholes
from plant_models.ground.borehole import BoreholeField
from plant_models.ground.field_layout import FIELDS, arrange, find_field
from plant_models.plant import Plant
from twin.errors import InputError

START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
YEARS = 25.0 * 8760.0 * 3600.0


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "geotwin" / "borehole_fields"


def answers(response: list[float], times: Any) -> list[float]:
    """g of the a_k at times [s]."""
    tau = borehole_wall.FIRST_TIME * 3.0 ** np.arange(borehole_wall.TERMS)
    return [float(np.sum(np.asarray(response) * (1.0 - np.exp(-t / tau)))) for t in times]


def by_pygfunction(field: Any) -> tuple[Any, Any]:
    """Hours and g of a field built by pygfunction itself."""
    times = pygfunction.utilities.time_geometric(3600.0, YEARS, 60)
    g = pygfunction.gfunction.gFunction(field, 2.0 / 2.4e6, time=times, boundary_condition="UBWT")
    return np.asarray(times)[::6], np.asarray(g.gFunc)[::6]


def l_shape() -> Any:
    return pygfunction.borefield.Borefield.L_shaped_field(5, 4, 6.0, 6.0, 80.0, 1.5, 0.075)


def deep() -> Any:
    return pygfunction.borefield.Borefield.rectangle_field(6, 4, 7.5, 7.5, 150.0, 1.5, 0.075)


@pytest.mark.parametrize(("name", "depth", "field"), [("6x4_7.5m", 150.0, deep), ("L_5x4_6m", 80.0, l_shape)])
def test_a_field_that_is_not_shipped_follows_pygfunction(name: str, depth: float, field: Any, validation: Any) -> None:
    values = find_field({"field": name, "depth": depth})
    times, g = by_pygfunction(field())
    assert values["boreholes"] == len(field())
    assert values["depth"] == depth
    got, hours, source = answers(values["response"], times), list(times / 3600.0), "pygfunction, its own layout"
    early = int(np.sum(g < 2.0))
    validation(f"g-function of {name}, {depth:g} m, first days", source, expected=list(g[:early]), got=got[:early],
               tolerance=0.03, x=("hours", hours[:early]))  # fmt: skip
    validation(f"g-function of {name}, {depth:g} m, to 25 years", source, expected=list(g[early:]), got=got[early:],
               tolerance="1 %", x=("hours", hours[early:]))  # fmt: skip


def test_layouts() -> None:
    assert arrange("", 2, 3, 5.0) == ((0, 0), (0, 5), (0, 10), (5, 0), (5, 5), (5, 10))
    assert len(arrange("L", 6, 4, 7.5)) == 9
    assert len(arrange("U", 6, 4, 7.5)) == 12
    assert (37.5, 22.5) in arrange("U", 6, 4, 7.5)
    assert (37.5, 22.5) not in arrange("L", 6, 4, 7.5)
    assert find_field({"field": "2x3", "spacing": 5.0, "boreholes": 6.0})["boreholes"] == 6.0


def test_free_coordinates_beside_the_plant_file(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("# a triangle\nx,y\n0,0\n8,0\n4,6\n")
    values = find_field({"field": "mine.csv", "depth": 100.0, "beside": tmp_path})
    assert values["boreholes"] == 3.0
    assert sum(values["own_response"]) < sum(values["response"]) < 3.0 * sum(values["own_response"])
    (tmp_path / "mine.csv").write_text("x,y\n0,0\n# remark\n0.5,0\n")
    with pytest.raises(InputError, match=r"mine.csv:4: less than 1 m"):
        find_field({"field": "mine.csv", "beside": tmp_path})
    (tmp_path / "mine.csv").write_text("x,y\n0,zero\n")
    with pytest.raises(InputError, match=r"mine.csv:2: y: 'zero' is not a number"):
        find_field({"field": "mine.csv", "beside": tmp_path})


def test_an_answer_is_kept_read_again_and_thrown_away_when_corrupt(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = {"field": "1x2_6m", "depth": 100.0}
    first = find_field(figures)["response"]
    (kept,) = cache.glob("*.json")
    assert FIELDS.parent not in kept.parents
    monkeypatch.setattr(field_response, "find_spec", lambda _: None)
    assert find_field(figures)["response"] == first, "what is kept needs no pygfunction"
    for text in ("", "{", "[]", json.dumps({"response": [1.0] * 13, "digest": "x"})):
        kept.write_text(text)
        with pytest.raises(InputError, match=re.escape("pip install 'geotwin[boreholes]'")):
            find_field(figures)
        assert not kept.exists()
    monkeypatch.undo()


def test_the_depth_reaches_the_response() -> None:
    """g grows with the depth of the holes that see each other; the shipped lines are exact depths, not near ones."""
    hundred, deeper = (find_field({"field": "4x8", "depth": depth}) for depth in (100.0, 120.0))
    assert sum(deeper["response"]) > 1.03 * sum(hundred["response"])
    assert deeper["own_response"] != hundred["own_response"]


def test_the_shipped_table_is_what_the_script_writes() -> None:
    lines = FIELDS.read_text(encoding="utf-8").splitlines()[2:]
    assert len(lines) == 1 + len(fit_boreholes.SHIPPED)
    found = [float(value) for value in lines[2].split(",")[4:-1]]
    made = [float(value) for value in fit_boreholes.line(1, 2, 100.0).split(",")[4:-1]]
    assert made == pytest.approx(found, abs=2e-3)


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ({"field": "2x33y"}, "no borehole field '2x33y'"),
        ({"field": "2x3", "boreholes": 5.0}, "boreholes 5 given, the field has 6"),
        ({"field": "2x3_6m", "spacing": 5.0}, "spacing 5 given, the field has 6"),
        ({"field": "single", "boreholes": 2.0}, "boreholes 2 given"),
        ({"field": "4x4_0.5m"}, "at least 1 m apart"),
        ({"field": "100x100"}, "expected 1 to 1000"),
        ({"field": "mine.csv"}, "the plant is a ready one"),
    ],
)
def test_figures_that_contradict_the_field_are_refused(figures: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=re.escape(reason)):
        BoreholeField.size(figures)


PLANT = """\
plant: mine
title: A field and a pump from files of the user's
source: test
components:
  pump:    {model: Pump, catalogue: %s}
  field:   {model: BoreholeField, field: %s}
  holding: {model: PressureHolding, volume: 80 L, loop_volume: 8 m3, loop: (a)}
water: {loop: (a) > pump > field > (a)}
"""


def build(folder: Path, pump: str, field: str) -> Plant:
    (folder / "mine.yaml").write_text(PLANT % (pump, field))
    return Plant(read_plant(str(folder / "mine.yaml")), START, 86400.0)


def test_catalogues_are_extended_by_files_beside_the_plant_file(tmp_path: Path) -> None:
    pumps = "item,head_0,head_2,source\nmine,33,-0.5,a data sheet\n"
    row = next(line for line in FIELDS.read_text().splitlines() if line.startswith("1x2"))
    head = next(line for line in FIELDS.read_text().splitlines() if line.startswith("item"))
    (tmp_path / "pumps.csv").write_text(pumps)
    (tmp_path / "fields.csv").write_text(f"{head}\n{row.replace('1x2', 'two', 1)}\n")
    for pump, field in (("mine", "fields.csv#two"), ("pumps.csv#mine", "1x2")):
        plant = build(tmp_path, pump, field)
        assert plant.store.read("pump.head_0") == 33.0
        assert plant.store.read("field.boreholes") == 2.0
    with pytest.raises(InputError, match=r"no item in the catalogue 'pumps.csv' 'mines'; did you mean 'mine'"):
        build(tmp_path, "pumps.csv#mines", "1x2")
    with pytest.raises(InputError, match=r"no file beside the plant file 'pump.csv'; did you mean 'pumps.csv'"):
        build(tmp_path, "pump.csv#mine", "1x2")
    (tmp_path / "pumps.csv").write_text(pumps.replace("33", "high"))
    with pytest.raises(InputError, match=r"mine.yaml:5:3: pump: .*pumps.csv:2: head_0: 'high' is not a number"):
        build(tmp_path, "mine", "1x2")
    (tmp_path / "pumps.csv").write_text(pumps.replace("mine", "il_80_220"))
    with pytest.raises(InputError, match="'il_80_220' ships already"):
        build(tmp_path, "il_80_220", "1x2")


def test_a_map_and_a_unit_beside_the_plant_file(tmp_path: Path) -> None:
    map_file = tmp_path / "mine_r410a.csv"
    map_file.write_text((FIELDS.parent / "maps" / "geolia_17.csv").read_text())
    (tmp_path / "units.csv").write_text("item,map,scale,part_load,steps,source\nmine,mine_r410a.csv,2,0,1,data sheet\n")
    for given in ("catalogue: mine", "map: mine_r410a.csv"):
        text = f"""\
plant: unit
title: A unit from a map of the user's
source: test
components:
  hp:      {{model: WaterWaterUnit, {given}}}
  duct:    {{model: Pipe, dn_mm: 50 mm, length_m: 10 m}}
  drum:    {{model: Pipe, dn_mm: 50 mm, length_m: 10 m}}
  holding: {{model: PressureHolding, volume: 80 L, loop_volume: 8 m3, loop: (a)}}
  warm:    {{model: PressureHolding, volume: 80 L, loop_volume: 8 m3, loop: (b)}}
water: {{source: (a) > hp.evaporator > (c) > duct > (a), load: (b) > hp.condenser > (d) > drum > (b)}}
"""
        (tmp_path / "unit.yaml").write_text(text)
        plant = Plant(read_plant(str(tmp_path / "unit.yaml")), START, 86400.0)
        assert plant.store.row("mine_r410a").cooling_capacity[0] == 12270.2
        assert plant.store.row("hp").scale == (2.0 if "catalogue" in given else 1.0)
    map_file.write_text(map_file.read_text().replace("\n-10,10,", "\n-10,ten,"))
    with pytest.raises(InputError, match=r"mine_r410a.csv:13: condenser_leaving_temp: 'ten' is not a number"):
        Plant(read_plant(str(tmp_path / "unit.yaml")), START, 86400.0)
