"""Expressions: their reading, their units, and that a recording and live values give the same."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import MemoryRecording
from scenarios.expressions.binding import bind_condition, bind_number
from scenarios.expressions.live import LiveCondition, compile_live
from scenarios.expressions.series import condition_series, number_series
from scenarios.expressions.text import parse
from scenarios.expressions.wildcards import bind_single, captures, fix, matches
from twin.errors import InputError


def truth(recording: MemoryRecording, text: str) -> list[bool]:
    term = bind_condition(parse(text), recording)
    return condition_series(term, recording).true.tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("supply.temp > 33 degC", [False, False, True]),
        ("supply.temp >= 33 degC", [False, True, True]),
        ("supply.temp > 91.4 degF", [False, False, True]),
        ("33 degC < supply.temp", [False, False, True]),
        ("30 degC < supply.temp <= 33 degC", [True, True, False]),
        ("supply.temp - return.temp > 3 K", [False, True, True]),
        ("supply.temp > return.temp + 3 K", [False, True, True]),
        ("loop.pressure < 0.15 MPa", [True, True, False]),
        ("loop.pressure < 1.5 bar", [True, True, False]),
        ("loop.flow > 5 l/s", [False, True, True]),
        ("valve.position > 50 %", [False, False, True]),
        ("hp_1.running and not hp_1.alarm_flow", [True, False, False]),
        ("hp_1.running implies hp_1.alarm_flow", [False, True, True]),
        ("hp_1.state == run", [False, False, True]),
        ("hp_1.state != run", [True, True, False]),
        ("hp_1.state == 1", [False, True, False]),
        ("rising(hp_1.alarm_flow)", [False, True, False]),
        ("falling(hp_1.running)", [False, False, True]),
        ("abs(rate(valve.position)) < 5 %/s", [True, True, False]),
        ("abs(rate(valve.position)) < 0.05 1/s", [True, True, False]),
        ("abs(rate(valve.position)) < 3 1/min", [True, True, False]),
        ("abs(rate(valve.position)) < 180 1 / h", [True, True, False]),
        ("max(supply.temp, return.temp) > 33 degC", [False, False, True]),
        ("mean(supply.temp, return.temp) > 31.3 degC", [False, False, True]),
        ("sum(hp_1.running, hp_1.alarm_flow) >= 2", [False, True, False]),
        ("hp_1.heat / hp_1.power > 3", [False, True, True]),
        ("-valve.position < -0.5", [False, False, True]),
        ("hp_1.power * 2 > 15 kW", [False, True, True]),
        ("mean(supply.temp, 10 s) > 32 degC", [False, False, True]),  # before 10 s it was 32, before 20 s 33
        ("(hp_1.running or hp_1.alarm_flow) and supply.temp > 32 degC", [False, True, True]),
    ],
)
def test_conditions_on_a_recording(make, text, expected):
    recording = make(
        [0, 10, 20],
        {
            "supply.temp": [32, 33, 34],
            "return.temp": [30, 29.5, 29],
            "loop.pressure": [1.0e5, 1.4e5, 1.5e5],
            "loop.flow": [17, 19, 20],
            "valve.position": [0, 0.4, 1.0],
            "hp_1.running": [1, 1, 0],
            "hp_1.alarm_flow": [0, 1, 1],
            "hp_1.state": [0, 1, 2],
            "hp_1.heat": [0, 40e3, 40e3],
            "hp_1.power": [0, 10e3, 10e3],
        },
    )
    assert truth(recording, text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("supply.temp > 33", "33 has no unit; expected a quantity in degC"),
        ("supply.temp > 33 1/s", "1/s"),
        ("supply.temp > 3 1", "expected an operator or the end"),
        ("supply.temp > 33 K", "a temperature is in degC, a difference of temperatures in K"),
        ("supply.temp - return.temp > 3 degC", "a difference of temperatures in K"),
        ("supply.temp > 33 bar", "degC"),
        ("supply.temp + return.temp > 60 degC", "use mean"),
        ("supply.tmp > 33 degC", "did you mean 'supply.temp'"),
        ("supply.temp", "number in degC, not a yes or no"),
        ("hp_1.state == runs", "did you mean 'run'"),
        ("hp_1.state > run", "'run' is not a path"),
        ("running", "'running' is not a path"),
        ("foo(hp_1.running)", "no function 'foo'"),
        ("loop.pressure > 3 parsnips", "'parsnips' is not a unit"),
        ("2 * supply.temp > 60 degC", "cannot be multiplied"),
        ("hp_1.running and", "got the end"),
        ("hp_1.running hp_2.running", "expected an operator or the end, got 'hp_2.running'"),
        ("hp_1.running & hp_2.running", "'&' is not understood"),
        ("__import__('os')", "no function '__import__'"),
        ("(" * 60 + "hp_1.running", "nested deeper"),
        ("1+" * 400, "more than 300 words"),
        ("hp_1.running " * 300, "longer than 2000"),
        ("hp_9*.running", "'.' is not understood"),
        ("hp_[7-9].running", "no point matches 'hp_[7-9].running'"),
        ("hp_[2-1].running", "runs backwards"),
        ("rising(hp_1.running, hp_2.running)", "takes one condition"),
    ],
)
def test_mistakes_are_explained(plant, text, message):
    def bind():
        expression = parse(text, "x.yaml:3:5")
        return [bind_condition(fix(expression, capture, plant), plant) for capture in captures([expression], plant)]

    with pytest.raises(InputError) as caught:
        bind()
    assert message in str(caught.value)
    assert "x.yaml:3:5" in str(caught.value)


def test_the_place_inside_the_expression_is_told(plant):
    with pytest.raises(InputError, match=r"at character 19 of"):
        bind_condition(parse("hp_1.running and (supply.tmp > 3 degC)"), plant)


@pytest.mark.parametrize(
    ("text", "margin", "unit"),
    [
        ("supply.temp > 33 degC", [-1, 1, 2], "K"),
        ("supply.temp < 33 degC", [1, -1, -2], "K"),
        ("not supply.temp < 33 degC", [-1, 1, 2], "K"),
        ("supply.temp > 33 degC and return.temp > 31 degC", [-1, -1, 1], "K"),
        ("supply.temp > 33 degC or return.temp > 31 degC", [-1, 1, 2], "K"),
        ("supply.temp > 33 degC and hp_1.running", [-1, -math.inf, 2], "K"),
        ("supply.temp > 33 degC and loop.flow > 1 m3/h", [-math.inf, math.inf, math.inf], ""),
    ],
)
def test_margins(make, text, margin, unit):
    signals = {
        "supply.temp": [32, 34, 35],
        "return.temp": [30, 30, 32],
        "hp_1.running": [1, 0, 1],
        "loop.flow": [9] * 3,
    }
    recording = make([0, 1, 2], signals)
    series = condition_series(bind_condition(parse(text), recording), recording)
    assert series.margin.tolist() == margin
    assert series.unit == unit


def test_what_is_not_known_is_neither_true_nor_false(make):
    recording = make([0, 1], {"supply.temp": [math.nan, 40], "hp_1.running": [1, 1]})
    for text, true, false in [
        ("supply.temp > 33 degC", False, False),
        ("not supply.temp > 33 degC", False, False),
        ("hp_1.running and supply.temp > 33 degC", False, False),
        ("hp_1.running or supply.temp > 33 degC", True, False),
        ("hp_2.running and supply.temp > 33 degC", False, True),
    ]:
        series = condition_series(bind_condition(parse(text), recording), recording)
        assert (bool(series.true[0]), bool(series.false[0])) == (true, false), text
    divided = number_series(bind_number(parse("hp_1.heat / hp_1.power"), recording), recording)
    assert np.isnan(divided).all()


def test_wildcards_stand_for_each_and_inside_a_function_for_all(plant):
    assert list(matches("zone_*.temp", plant.paths()).values()) == ["zone_1.temp", "zone_2.temp", "zone_10.temp"]
    assert list(matches("zone_[1-2].temp", plant.paths()).values()) == ["zone_1.temp", "zone_2.temp"]
    with pytest.raises(InputError, match=r"'zone_\[2-10\].temp': there is no 3, 4, 5, 6; there are 2, 10"):
        matches("zone_[2-10].temp", plant.paths())
    assert list(matches("zone_[1,10].temp", plant.paths()).values()) == ["zone_1.temp", "zone_10.temp"]
    expression = parse("hp_*.running implies max(zone_*.temp) < 25 degC")
    each = [fix(expression, capture, plant) for capture in captures([expression], plant)]
    assert [bind_condition(one, plant).reads() for one in each] == [
        ["hp_1.running", "zone_1.temp", "zone_2.temp", "zone_10.temp"],
        ["hp_2.running", "zone_1.temp", "zone_2.temp", "zone_10.temp"],
    ]
    with pytest.raises(InputError, match="do not stand for the same set"):
        captures([parse("hp_*.running and zone_*.temp > 20 degC")], plant)


def test_a_mean_over_time_leaves_its_wildcards_for_each(plant):
    expression = parse("mean(zone_*.temp, 10 min) > 18 degC")
    each = [fix(expression, capture, plant) for capture in captures([expression], plant)]
    assert [bind_condition(one, plant).reads() for one in each] == [["zone_1.temp"], ["zone_2.temp"], ["zone_10.temp"]]


def test_a_single_condition_gathers_its_wildcards_or_is_refused(plant):
    assert bind_single(parse("any(hp_*.running)"), plant).reads() == ["hp_1.running", "hp_2.running"]
    with pytest.raises(InputError, match=r"'hp_\*.running' stands for several; write any"):
        bind_single(parse("supply.temp > 20 degC and hp_*.running"), plant)


CONDITIONS = [
    "supply.temp > 33 degC and not hp_1.running",
    "rising(hp_1.running) or falling(supply.temp > return.temp)",
    "abs(rate(supply.temp)) < 1 K/s",
    "mean(supply.temp, 4 s) >= 32.05 degC",
    "mean(max(supply.temp, return.temp), 2.5 s) > 32.05 degC implies hp_1.running",
    "min(supply.temp, return.temp) < mean(supply.temp, return.temp) - 0.5 K",
    "hp_1.state != run and sum(hp_1.running, valve.position) > 0.9",
    "hp_1.heat / hp_1.power > 2.5",
    "any(hp_1.running, supply.temp > 35 degC)",
]
temperatures = st.one_of(st.sampled_from([30.0, 31.0, 32.0, 33.0, 34.0, 36.0, math.nan]))


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from([0.5, 1.0, 2.0, 3.0]), temperatures, temperatures, st.sampled_from([0.0, 1.0, math.nan])
        ),
        min_size=1,
        max_size=30,
    ),
    text=st.sampled_from(CONDITIONS),
)
def test_live_values_and_recordings_agree(steps, text):
    time = np.cumsum([step[0] for step in steps])
    columns = {
        "supply.temp": [step[1] for step in steps],
        "return.temp": [step[2] for step in steps],
        "hp_1.running": [step[3] for step in steps],
        "hp_1.state": [1.0 + step[3] for step in steps],
        "valve.position": [0.5] * len(steps),
        "hp_1.heat": [step[1] for step in steps],
        "hp_1.power": [step[3] for step in steps],
    }
    units = {"supply.temp": "degC", "return.temp": "degC", "hp_1.heat": "W", "hp_1.power": "W"}
    recording = MemoryRecording(time, columns, units, values={"hp_1.state": {1: "wait", 2: "run"}})
    term = bind_condition(parse(text), recording)
    series = condition_series(term, recording)
    now: dict[str, float] = {}
    live = compile_live(term, now.__getitem__)
    for index, at in enumerate(time):
        now.update({path: values[index] for path, values in columns.items()})
        value = live(float(at))
        assert (value == 1.0, value == 0.0) == (series.true[index], series.false[index]), (index, value)


def test_a_live_condition_has_to_hold(plant):
    value = {"hp_1.running": 0.0}
    live = LiveCondition(bind_condition(parse("hp_1.running"), plant), value.__getitem__, hold_s=2.0)
    answers = []
    for now, running in enumerate([0, 1, 1, 0, 1, 1, 1, 1]):
        value["hp_1.running"] = float(running)
        answers.append(live(float(now)))
    assert answers == [False, False, False, False, False, False, True, True]
