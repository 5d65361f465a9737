"""Names that come into being by being mentioned: what a typing error in the water of a plant looks like."""

from datetime import datetime

import pytest

from plant_models.assembly.plant_file import PlantText, ready_plants
from plant_models.plant import Plant
from twin.errors import InputError
from twin.yaml_lines import load

START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
TWO_LOOPS = """\
plant: loops
title: Two loops and an exchanger
source: test
components:
  pump_[1-2]: {model: Pump, catalogue: il_80_220}
  pipe_[1-2]: {model: Pipe, dn_mm: 100 mm, length_m: 50 m}
  hx:         {model: PlateExchanger, area: 10 m2}
  holding_1:  {model: PressureHolding, loop: (cold), loop_volume: 1 m3}
  holding_2:  {model: PressureHolding, loop: (warm), loop_volume: 1 m3}
  meter:      {model: HeatMeter, passage: pipe_2, supply: (far), back: (warm)}
water:
  one: (cold) > pump_1 > pipe_1 > hx.primary > (cold)
  two: (warm) > pump_2 > hx.secondary > (far)
  back: (far) > pipe_2 > (warm)
"""


def plant_of(text):
    return Plant(PlantText(load(text, "loops.yaml")), START, 86400.0)


def plant(old, new):
    assert old in TWO_LOOPS
    return plant_of(TWO_LOOPS.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        ("hx.primary > (cold)", "hx.primary > (clod)", ["12:3: (clod) is the end of hx only; did you mean (cold)?"]),
        ("hx.primary > (cold)", "hx.primary", ["12:3: the water of hx leads nowhere: a chain begins and ends at a"]),
        ("supply: (far)", "supply: (fra)", ["10:59: meter.supply: no junction 'fra'; did you mean 'far'?"]),
        ("loop: (warm),", "loop: (wram),", ["9:46: holding_2.loop: no junction 'wram'; did you mean 'warm'?"]),
        ("(warm) > pump_2 > hx.secondary", "(far) > pump_2 > hx.secondary", ["14:3: (warm) is the end of pipe_2 only"]),
        ("pipe_2 > (warm)", "pipe_2 > (far)", ["14:3: the water of pipe_2 leads back into itself"]),
        ("(warm) > pump_2", "(warm) > (hot) > pump_2", ["13:3: (warm) and (hot) are one junction here"]),
        ("(cold) > pump_1", "(cold) > (cold) > pump_1", ["12:3: nothing stands between (cold) and (cold)"]),
        ("> pipe_1 >", "> [pipe_1 | (cold)] >", ["12:3: a branch of a group [a | b] has no component"]),
        ("(cold) > pump_1", "(cold_[1-3]) > pump_1", ["12:3: (cold_1) and (cold_2) are one junction here"]),
    ],
)
def test_what_leads_nowhere_is_refused_with_its_line(old, new, messages):
    with pytest.raises(InputError) as error:
        plant(old, new)
    for message in messages:
        assert f"loops.yaml:{message}" in str(error.value)


def test_every_mistake_is_told_at_once():
    text = TWO_LOOPS.replace("area: 10 m2", "area: 10 bar").replace("dn_mm: 100 mm", "width: 1 m")
    with pytest.raises(InputError) as error:
        plant_of(text)
    assert [part.nearest for part in error.value.parts] == ["", "", ""]
    assert [str(part).split(": ")[1] for part in error.value.parts] == ["pipe_1.width", "pipe_2.width", "hx.area"]


def test_ranges_in_the_names_of_junctions_run_lane_by_lane():
    text = TWO_LOOPS[: TWO_LOOPS.index("water:")].replace("passage: pipe_2, supply: (far)", "passage: pipe_2")
    text = text.replace("(cold)", "(loop_1)").replace("(warm)", "(loop_2)")
    text = text[: text.index("  hx:")] + text[text.index("  holding_1") :]
    found = plant_of(text + "water:\n  both: (loop_[1-2]) > pump_[1-2] > pipe_[1-2] > (loop_[1-2])\n")
    assert {"loop_1", "loop_2"} <= set(found.junctions.values())
    first, second = (found.store.row(f"pump_{n}/passage") for n in (1, 2))
    assert first.upstream != second.upstream
    with pytest.raises(InputError, match=r"\(loop_\[1-3\]\) names 3 junctions for 2 lanes"):
        plant_of(text + "water:\n  both: (loop_[1-2]) > pump_[1-2] > pipe_[1-2] > (loop_[1-3])\n")


def test_a_loop_without_a_given_pressure_is_refused():
    text = TWO_LOOPS.replace("  holding_2:  {model: PressureHolding, loop: (warm), loop_volume: 1 m3}\n", "")
    with pytest.raises(InputError, match="nothing gives a pressure to the water of pump_2, hx, pipe_2; a closed loop"):
        plant_of(text)


def test_water_that_can_never_run_is_refused_however_its_names_agree():
    text = TWO_LOOPS.replace("(warm) > pump_2", "(warm) > pump_2 > (stub)\n  spare: (stub)")
    text = text.replace("back: (far) > pipe_2 > (warm)", "back: (far) > pipe_2 > (stub)")
    with pytest.raises(InputError, match=r"\(warm\) is the end of pump_2 only"):
        plant_of(text)
    text = text.replace(
        "  spare:", "  pipe: (warm) > pipe_3 > (warm_end)\n  end: (warm_end) > pipe_4 > (warm)\n  spare:"
    )
    text = text.replace("pipe_[1-2]:", "pipe_[1-4]:")
    with pytest.raises(InputError, match="no water can run through pump_2: it leads nowhere"):
        plant_of(text)


def test_a_way_may_end_where_the_file_says_so():
    text = TWO_LOOPS.replace("pipe_[1-2]:", "pipe_[1-3]:") + "  spare: (far) > pipe_3 > (flange)\n"
    with pytest.raises(InputError, match=r"\(flange\) is the end of pipe_3 only; a second end, or `open: flange`"):
        plant_of(text)
    assert plant_of(text + "open: (flange)\n").parts["pipe_3"]
    with pytest.raises(InputError, match="no junction 'flnage'; did you mean 'flange'"):
        plant_of(text + "open: (flange), (flnage)\n")


@pytest.mark.parametrize("name", ready_plants())
def test_a_single_wrong_name_in_a_chain_of_a_ready_plant_is_found(name):
    source = ready_plants()[name].read_text(encoding="utf-8")
    at = source.find("\nwater:")
    if at < 0:
        return
    end = source.index(")", at)
    wrong = source[:end] + "x" + source[end:]
    with pytest.raises(InputError):
        Plant(PlantText(load(wrong, f"{name}.yaml")), START, 86400.0)
