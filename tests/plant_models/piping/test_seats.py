"""What closed valves let through: classes of seats against their standards, tightness of every kind of valve."""

from collections.abc import Callable
from typing import Any

import pytest

from plant_models.piping.seats import SEATS
from plant_models.piping.three_way_valve import ThreeWayValve
from plant_models.piping.valve import Valve
from plant_models.plant import Plant
from tests.plant_models.piping.test_valve import Rig
from twin.errors import InputError

WIDTH, KV = 50.0, 0.0125 * 50.0 * 50.0
"""The seat [mm] and its Kv [m3/h at 1 bar] that docs/physics/piping.md#seats takes for all classes."""


def leak(seat: str, bar: float, kv: float = KV) -> float:
    """Flow [L/h] through a closed valve of that seat."""
    rig = Rig(kv=kv, **Valve.size({"seat": seat}))
    rig.store.row("a").pressure = 1e5 * bar
    return 1000.0 * float(rig.run(5).flow)


@pytest.mark.parametrize(("seat", "share"), [("class_ii", 0.005), ("class_iii", 0.001), ("class_iv", 0.0001)])
def test_a_gap_passes_its_share_of_the_capacity_with_the_root_of_the_pressure(seat: str, share: float) -> None:
    assert leak(seat, 1.0, 2500.0) == pytest.approx(2500e3 * share, rel=0.01)
    assert leak(seat, 4.0, 2500.0) == pytest.approx(2.0 * 2500e3 * share, rel=0.01)


def test_what_weeps_is_what_the_standards_allow(validation: Any) -> None:
    """Class V: 1.8e-7 L/h per kPa and mm. Rate x: so many mm3/s per mm at 1.1 x 16 bar, in proportion at 1 bar."""
    names = ["class_v", *(f"rate_{letter}" for letter in "bcdefg")]
    rates = [factor * WIDTH * 3600e-6 / 17.6 for factor in (0.01, 0.03, 0.1, 0.3, 1.0, 2.0)]
    got = [leak(seat, 1.0) for seat in names]
    validation(
        f"closed seats of {WIDTH:g} mm at 1 bar: class V, rates B to G", "IEC 60534-4:2006, EN 12266-1:2012",
        expected=[1.8e-7 * 100.0 * WIDTH, *rates], got=got, tolerance="12 %", unit="L/h",
    )  # fmt: skip
    assert leak("class_v", 3.0) == pytest.approx(3.0 * got[0], rel=1e-3)
    gas = 0.45e-3 * 60.0 * (1.81e-5 / 1.0e-3) / ((4.46**2 - 1.01**2) / (2.0 * 1.01))
    assert leak("class_vi", 1.0) == pytest.approx(gas, rel=0.25)
    assert leak("rate_a", 6.0) < 1e-5


def test_seats_are_named_in_one_place_for_both_kinds_of_valve() -> None:
    for model in (Valve, ThreeWayValve):
        assert model.size({"seat": "rate_a"}) == {"leakage": 0.0}
        assert model.size({"seat": "class_iv"}) == {"leakage": 1e-4}
        with pytest.raises(InputError, match="no seat 'class_ix'; did you mean 'class_ii'"):
            model.size({"seat": "class_ix"})
    classes = [SEATS[f"class_{number}"] for number in ("ii", "iii", "iv", "v", "vi")]
    assert classes == sorted(classes, reverse=True)


CONSUMERS = {
    "overflow": "{model: OverflowValve, set_drop: 9 bar, kv: 25 m3/h, leakage: 0}",
    "valve": "{model: Valve, kv: 25 m3/h, leakage: 0}",
    "fan_coil": "{model: FanCoil, zone: room, leak: 0}",
    "floor": "{model: RadiantFloor, zone: room, area: 50 m2, leak: 0}",
    "radiator": "{model: Radiator, zone: room, leak: 0, head: commanded, valve_cmd: 0}",
    "air": "{model: AirHandlingUnit, zone: room, leak: 0}",
}
OFF = {"fan_coil": "mode_cmd", "floor": "enable_cmd", "air": "enable_cmd"}


@pytest.mark.parametrize("name", CONSUMERS)
def test_a_valve_without_leakage_is_tight(plant_of: Callable[..., Plant], name: str) -> None:
    """Two hours with a pump's head over the closed valve: less passes than carries heat; it opens and shuts again."""
    plant = plant_of(
        f"""
  pump:    {{model: Pump, catalogue: circulation_18m3h, drive: dol}}
  pipe:    {{model: Pipe, dn_mm: 50 mm, length_m: 20 m}}
  room:    {{model: Zone}}
  user:    {CONSUMERS[name]}
  holding: {{model: PressureHolding, volume: 80 L, loop_volume: 1 m3, loop: (a)}}
""",
        "  loop: (a) > pump > (b) > pipe > (a)\n  branch: (b) > user > (a)",
        temp=20.0,
    )
    write, read = plant.store.write, plant.store.read
    write("pump.enable_cmd", 1.0)
    if name in OFF:
        write(f"user.{OFF[name]}", 0.0)
    plant.advance(7200)
    assert plant.store.read("b.pressure") - plant.store.read("a.pressure") > 2e4
    assert abs(read("user/passage.flow")) < 1e-9
    assert plant.balance()["failures"] == 0.0
    if name in ("valve", "radiator"):
        command = {"valve": "position_cmd", "radiator": "valve_cmd"}[name]
        write(f"user.{command}", 1.0)
        plant.advance(200)
        assert read("user/passage.flow") > 0.01
        write(f"user.{command}", 0.0)
        plant.advance(200)
        assert abs(read("user/passage.flow")) < 1e-9
        assert plant.balance()["failures"] == 0.0
