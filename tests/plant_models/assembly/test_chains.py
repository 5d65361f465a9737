"""Water chains: what a person writes becomes the steps of a network."""

import pytest

from plant_models.assembly.chains import Water, expand, lanes, read_chain
from twin.errors import InputError


def steps(*texts):
    water = Water()
    for text in texts:
        read_chain(text, water, "plant.yaml:9:3")
    return water, [(s.component, s.passage, s.upstream, s.downstream) for s in water.steps()]


def ends(found, component):
    return next((up, down) for name, _, up, down in found if name == component)


def test_lanes_run_side_by_side_and_meet_again():
    water, found = steps("(header) > well_[1-3] > pump_[1-3] > hx.primary > (header)")
    assert [name for name, *_ in found] == ["well_1", "well_2", "well_3", "pump_1", "pump_2", "pump_3", "hx"]
    header = water.junction("header")
    for n in (1, 2, 3):
        assert ends(found, f"well_{n}")[0] == header
        assert ends(found, f"well_{n}")[1] == ends(found, f"pump_{n}")[0]
        assert ends(found, f"pump_{n}")[1] == ends(found, "hx")[0]
    assert ends(found, "hx")[1] == header
    assert found[-1][1] == "primary"


def test_a_group_is_parallel_and_its_branches_may_be_chains():
    _, found = steps("(a) > [p1 | p2 > check] > (b)")
    assert ends(found, "p1")[0] == ends(found, "p2")[0]
    assert ends(found, "p1")[1] == ends(found, "check")[1]
    assert ends(found, "p2")[1] == ends(found, "check")[0]


def test_chains_share_named_junctions():
    water, found = steps("(a) > x > (b)", "(b) > y > (a)")
    assert ends(found, "x") == tuple(reversed(ends(found, "y")))
    assert set(water.names().values()) == {"a", "b"}


def test_groups_within_groups():
    _, found = steps("(a) > [x | [y | z] > w] > (b)")
    assert ends(found, "y") == ends(found, "z")
    assert ends(found, "y")[1] == ends(found, "w")[0]
    assert ends(found, "w")[1] == ends(found, "x")[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(a) > > x", "missing before '>'"),
        ("(a) > [x | y", "not closed"),
        ("(a) > x ] > y", "was not expected"),
        ("(a) > x & y", "cannot read '& y'"),
        ("(a) >", "missing before None"),
        ("(a) > p_[3-1]", "runs backwards"),
        ("(a) > p_[1-99999]", "longer than"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, message):
    with pytest.raises(InputError, match=r"plant\.yaml:9:3") as error:
        steps(text)
    assert message in str(error.value)


def test_expand():
    assert expand("well_[9-11]") == ["well_9", "well_10", "well_11"]
    assert expand("panel") == ["panel"]


def test_of_two_ranges_the_last_runs_first():
    assert expand("room_[1-2]_[1-3]") == [f"room_{h}_{r}" for h in (1, 2) for r in (1, 2, 3)]


@pytest.mark.parametrize(
    ("value", "given"),
    [
        ("house_[1-2]", ["house_1"] * 3 + ["house_2"] * 3),
        ("zone_[1-2]_[1-3]", [f"zone_{h}_{r}" for h in (1, 2) for r in (1, 2, 3)]),
        ("one", ["one"] * 6),
        ("z_[1-6]", [f"z_{n}" for n in range(1, 7)]),
    ],
)
def test_a_value_gives_each_component_its_own(value, given):
    assert lanes(value, "room_[1-2]_[1-3]") == given


def test_a_value_that_does_not_fit_is_refused():
    with pytest.raises(InputError, match="names 3 things for 6 components"):
        lanes("house_[1-3]", "room_[1-2]_[1-3]")
