"""The timeline as plain actions with their times, values and conditions."""

from dataclasses import replace

import pytest

from scenarios import read
from scenarios.expressions.live import LiveCondition
from scenarios.timeline.actions import EndFault, FailPoint, FailSensor, FailWire, Ramp, SetPoint, Start
from twin.errors import InputError

HEAD = """
scenario: probe
title: probe
why: probe
plant: office
clock: {start: "2026-01-15T04:00:00+01:00", duration: 6 h}
expect:
  - {id: c, always: supply.temp > 0 degC}
timeline:
"""


class NoReply:
    """A fault kind of a bench: one share between 0 and 1."""

    def parse(self, given, point_unit, where):
        if set(given) - {"share"} or point_unit != "1":
            raise InputError(f"{where}: no such parameter")
        return {"share": float(given.get("share", 1.0))}


def actions(plant, *lines):
    text = HEAD + "".join(f"  - {{{line}}}\n" for line in lines)
    return read(text, "probe.yaml").actions(plant, {"modbus.no_reply": NoReply()})


def test_set_and_ramp_in_the_unit_of_the_point(plant):
    assert actions(
        plant,
        "at: 90 s, set: loop.pressure, to: 0.3 MPa",
        "at: 1 min, set: hp_1.state, to: off",
        'at: 0 s, id: cold, ramp: weather.outdoor_temp, from: 28.4 degF, to: "-16 degC", over: 90 min',
        "at: cold.end + 1 min, set: valve.position, to: 50 %",
        'at: 0 s, set: "zone_*.temp", to: 21 degC',
    ) == [
        SetPoint("action_1", Start(at_s=90), "loop.pressure", 3e5),
        SetPoint("action_2", Start(at_s=60), "hp_1.state", 0),
        Ramp("cold", Start(at_s=0), "weather.outdoor_temp", pytest.approx(-2), -16, 5400),
        SetPoint("action_4", Start(at_s=5460), "valve.position", 0.5),
        SetPoint("action_5", Start(at_s=0), "zone_1.temp", 21),
        SetPoint("action_5", Start(at_s=0), "zone_2.temp", 21),
        SetPoint("action_5", Start(at_s=0), "zone_10.temp", 21),
    ]


def test_a_line_that_is_repeated(plant):
    down = FailPoint("down", Start(at_s=3600), "hp_1.stopped", 1.0)
    assert actions(
        plant,
        "at: 1 h, fault: hp_1.stopped, to: 1, for: 5 min, every: 2 h, times: 2, id: down",
        "at: down.end, set: valve.position, to: 1, every: 1 min, times: 3",
    ) == [
        down,
        EndFault("down", Start(at_s=3900)),
        replace(down, start=Start(at_s=10800)),
        EndFault("down", Start(at_s=11100)),
        *(SetPoint("action_2", Start(at_s=at_s), "valve.position", 1.0) for at_s in (3900, 3960, 4020)),
    ]


def test_what_follows_an_event_is_repeated_after_it(plant):
    found = actions(
        plant,
        "when: hp_1.running, set: valve.position, to: 1, id: on",
        "at: on + 1 min, fault: hp_1.stopped, to: 1, for: 5 s, every: 1 h, times: 2, id: down",
    )[1:]
    assert [one.start for one in found] == [
        Start(after="on", offset_s=60),
        Start(after="down", offset_s=5),
        Start(after="on", offset_s=3660),
        Start(after="down", offset_s=3605),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("at: 1 h, set: valve.position, to: 1, every: 1 h", "`every` and `times` go together"),
        ("at: 1 h, set: valve.position, to: 1, times: 3", "`every` and `times` go together"),
        ("at: 1 h, set: valve.position, to: 1, every: 1 h, times: 1", "greater than or equal to 2"),
        ("at: 1 h, set: valve.position, to: 1, every: 0 s, times: 2", "`every` is not longer than what it repeats"),
        ("at: 1 h, fault: hp_1.stopped, to: 1, for: 1 h, every: 1 h, times: 2", "`every` is not longer"),
        ("at: 1 h, ramp: valve.position, to: 1, over: 2 h, every: 1 h, times: 2", "`every` is not longer"),
        ("at: 1 h, fault: hp_1.stopped, to: 1, every: 1 h, times: 2", "a fault that is repeated needs `for`"),
        ("when: hp_1.running, set: valve.position, to: 1, every: 1 h, times: 2", "`when` fires once"),
        ("at: 1 h, set: valve.position, to: 1, every: 2 h, times: 4", "its last time is at 25200 s, after the end"),
    ],
)
def test_what_cannot_be_repeated(plant, line, message):
    with pytest.raises(InputError, match=message) as caught:
        actions(plant, line)
    assert "probe.yaml:10:" in str(caught.value)


def test_the_shapes_of_a_ramp():
    linear = Ramp("r", Start(at_s=0), "x.y", None, 10.0, 100.0)
    smooth = Ramp("r", Start(at_s=0), "x.y", None, 10.0, 100.0, "smoothstep")
    assert [linear.value(2.0, at) for at in (-1, 0, 25, 50, 100, 101)] == [2, 2, 4, 6, 10, 10]
    assert [smooth.value(2.0, at) for at in (0, 25, 50, 75, 100)] == [2, 2 + 8 * 0.15625, 6, 2 + 8 * 0.84375, 10]
    assert Ramp("r", Start(at_s=0), "x.y", None, 10.0, 0.0).value(2.0, 0.0) == 10


def test_faults_of_all_three_kinds(plant):
    assert actions(
        plant,
        "at: 2 h, fault: hp_1.stopped, to: 0.3, over: 10 min, for: 1 h, id: down",
        "at: down + 5 min, fault: sensor.offset, target: supply.temp, offset: 1.5 K, over: 1 min",
        "at: down.end, fault: modbus.no_reply, target: meter_3, share: 0.5, for: 20 s, id: silent",
        "at: 4 h, clear: down",
    ) == [
        FailPoint("down", Start(at_s=7200), "hp_1.stopped", 0.3, 600),
        EndFault("down", Start(at_s=10800)),
        FailSensor("action_2", Start(at_s=7500), "offset", "supply.temp", {"offset": 1.5}, 60),
        FailWire("silent", Start(at_s=10800), "modbus.no_reply", "meter_3", {"share": 0.5}),
        EndFault("silent", Start(at_s=10820)),
        EndFault("down", Start(at_s=14400)),
    ]


def test_what_hangs_on_a_condition_is_resolved_in_the_run(plant):
    found = actions(
        plant,
        "when: supply.temp < 30 degC, fault: hp_1.stopped, to: 1, for: 1 h, id: down",
        "at: down.end + 5 min, set: valve.position, to: 1",
        "when: {held: hp_1.alarm_flow, for: 10 s}, clear: down",
    )
    first, end, later, cleared = (action.start for action in found)
    assert end == Start(after="down", offset_s=3600)
    assert later == Start(after="down", ending=True, offset_s=300)
    assert (cleared.hold_s, cleared.at_s) == (10, None)
    now = {"supply.temp": 31.0}
    cold = LiveCondition(first.when, now.__getitem__, first.hold_s)
    assert not cold(0.0)
    now["supply.temp"] = 29.0
    assert cold(1.0)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["at: 1 h, set: valve.position, to: 1, id: a", "at: a.end, set: valve.position, to: 0"], "'a' never ends"),
        (["at: 1 h, set: valve.position, to: 1, id: a", "at: 2 h, clear: a"], "no fault with the id 'a'"),
        (["at: b, set: valve.position, to: 1, id: a", "at: a, set: valve.position, to: 0, id: b"], "is a circle"),
        (["at: 1 h, set: valve.position, to: 1, id: a"] * 2, "the id 'a' is given twice"),
        (["at: 1 h, set: valve.position, to: supply.temp"], "cannot be set to 'supply.temp'"),
        (["at: 1 h, set: supply.temp, to: 20 K"], "K does not fit degC"),
        (["at: 1 h, set: hp_9.running, to: 1"], "did you mean 'hp_"),
        (["at: 1 h, set: pump_*.speed, to: 1"], "no point matches 'pump_\\*.speed'"),
        (["at: 1 h, fault: sensor.stuck"], "'sensor.stuck' needs a target"),
        (["at: 1 h, fault: modbus.no_reply, target: m, sharp: 1"], "no such parameter"),
        (["at: 1 h, fault: hp_1.stopped, to: 1, shape: linear"], "no key 'shape'"),
        (["at: 1 h, ramp: supply.temp, to: 20 degC"], "the key 'over' is missing"),
    ],
)
def test_mistakes_in_a_timeline(plant, lines, message):
    with pytest.raises(InputError, match=message):
        actions(plant, *lines)
