"""Declarations: what a Model class knows of its points."""

import math

import numpy as np
import pytest

from twin.errors import InputError, nearest, unknown
from twin.points import (
    ALARM,
    COMMAND,
    FAULT,
    PARAMETER,
    SENSOR,
    SETPOINT,
    STATE,
    STATUS,
    WRITABLE,
    Model,
    Point,
    alarm,
    command,
    fault,
    link,
    parameter,
    sensor,
    setpoint,
    state,
    status,
)


class HeatPump(Model):
    """One point of each kind, a row of numbers and two links."""

    evaporator = link("passage")
    speed_cmd = command("1", lo=0.0, hi=1.0, doc="commanded speed")
    leaving_sp = setpoint("degC", 45.0, lo=20.0, hi=65.0)
    leaving_temp = sensor("degC", 15.0, tags=("water",))
    running = status(doc="run proof")
    alarm_flow = alarm(doc="no flow")
    capacity = parameter("W", 215e3)
    layer = state("degC", 12.0, count=3)
    condenser = link("passage")
    leak = fault(doc="capacity falls")
    mode = status(values={0: "off", 1: "heat"})


def test_points_stand_in_the_order_of_their_declaration() -> None:
    assert list(HeatPump.points) == [
        "speed_cmd", "leaving_sp", "leaving_temp", "running", "alarm_flow", "capacity", "layer", "leak", "mode",
    ]  # fmt: skip
    assert list(HeatPump.links) == ["evaporator", "condenser"]
    assert HeatPump.links["evaporator"].table == "passage"
    assert HeatPump.table == "heatpump"


def test_each_declaration_has_its_kind_unit_default_and_range() -> None:
    points = HeatPump.points
    kinds = [points[name].kind for name in points]
    assert kinds == [COMMAND, SETPOINT, SENSOR, STATUS, ALARM, PARAMETER, STATE, FAULT, STATUS]
    assert WRITABLE == (COMMAND, SETPOINT)
    assert points["leaving_sp"] == Point(SETPOINT, "degC", 45.0, 20.0, 65.0)
    assert (points["alarm_flow"].unit, points["alarm_flow"].lo, points["alarm_flow"].hi) == ("1", 0.0, 1.0)
    assert (points["leak"].default, points["leak"].lo, points["leak"].hi) == (0.0, 0.0, 1.0)
    assert points["leaving_temp"].tags == ("water",)
    assert points["mode"].values == {0: "off", 1: "heat"}


def test_a_row_is_eight_bytes_a_number_links_first() -> None:
    assert HeatPump.dtype.names == (*HeatPump.links, *HeatPump.points)
    assert HeatPump.dtype.itemsize == 8 * (2 + 8 + 3)
    fields = HeatPump.dtype.fields
    assert fields is not None
    assert fields["evaporator"][0] == np.dtype(np.int64)
    assert fields["leaving_temp"][0] == np.dtype(np.float64)
    assert fields["layer"][0].shape == (3,)


@pytest.mark.parametrize("value", [20.0, 45.0, 65.0])
def test_a_value_in_range_is_given_back(value: float) -> None:
    assert HeatPump.points["leaving_sp"].check(value, "x") == value


@pytest.mark.parametrize("value", [19.999, 65.001, math.inf, -math.inf, math.nan])
def test_a_value_out_of_range_is_refused(value: float) -> None:
    with pytest.raises(InputError, match=r"hp_1.leaving_sp: .* is outside 20 .. 65 degC"):
        HeatPump.points["leaving_sp"].check(value, "hp_1.leaving_sp")


def test_a_point_without_a_range_takes_what_its_unit_may_be() -> None:
    point = HeatPump.points["leaving_temp"]
    assert point.check(-273.15, "x") == -273.15
    for value in (-1e300, math.nan, math.inf):
        with pytest.raises(InputError, match=r"outside -273.15 .. 2000 degC"):
            point.check(value, "x")


def test_an_unknown_point_names_the_nearest() -> None:
    assert HeatPump.point("leaving_temp") is HeatPump.points["leaving_temp"]
    with pytest.raises(InputError) as caught:
        HeatPump.point("leaving_tmp", "hp_1")
    assert str(caught.value) == "hp_1 (HeatPump): no point 'leaving_tmp'; did you mean 'leaving_temp'?"
    with pytest.raises(InputError, match=r"^HeatPump: no point 'zzz'; allowed: alarm_flow, capacity, "):
        HeatPump.point("zzz")


def test_errors_list_what_is_allowed_where_nothing_is_near() -> None:
    assert nearest("pump", ["pump_1", "well_1"]) == "; did you mean 'pump_1'?"
    assert nearest("zzz", ["b", "a", "b"]) == "; allowed: a, b"
    assert nearest("zzz", [f"n{k:02}" for k in range(20)]).endswith("n10, n11, and 8 more")
    assert nearest("zzz", []) == ""
    assert str(unknown("zone", "x", [], "plant.yaml:3")) == "plant.yaml:3: no zone 'x'"


class Clock:
    """Declarations beside the kernels of a clock."""

    timer = state("s")
    late = status()


class Valves(Model):
    """Declarations of another file; a Model of its own besides."""

    position = sensor("1")
    passage = link("passage")
    stuck = fault()


def test_inherited_points_come_base_by_base_then_its_own() -> None:
    class Machine(Clock, Valves):
        """Points from two files."""

        speed = sensor("1")

    assert list(Machine.points) == ["timer", "late", "position", "stuck", "speed"]
    assert list(Machine.links) == ["passage"]
    assert Machine.dtype.names == ("passage", "timer", "late", "position", "stuck", "speed")
    assert Machine.points["stuck"] is Valves.points["stuck"]
    assert Machine.table == "machine"


def test_an_order_of_its_own_goes_first_and_names_points_that_there_are() -> None:
    class Ordered(Clock, Valves):
        """Two points before all others."""

        order = ("stuck", "late")
        speed = sensor("1")

    assert list(Ordered.points) == ["stuck", "late", "timer", "position", "speed"]
    with pytest.raises(InputError, match=r"order of Wrong: no point 'lat'; did you mean 'late'\?"):
        type("Wrong", (Clock, Model), {"order": ("lat",)})


def test_nothing_is_declared_twice() -> None:
    with pytest.raises(InputError, match=r"Twice: 'late' is declared twice"):
        type("Twice", (Clock, Model), {"late": sensor("s")})
    again = type("Again", (Clock, Model), {})
    assert list(type("Same", (again, Clock), {}).points) == ["timer", "late"]


def test_a_line_of_an_account_names_points_that_there_are() -> None:
    with pytest.raises(InputError, match=r"Booked: no point 'timr'; did you mean 'timer'\?"):
        type("Booked", (Clock, Model), {"energies": {"time": "late - timr"}})
