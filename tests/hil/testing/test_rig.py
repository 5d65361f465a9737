"""The rig in a test's hands."""

import pytest

from hil.bus.refusal import RefusedRequest
from hil.testing.rig import Rig
from twin.errors import InputError


@pytest.fixture(scope="module")
def still() -> Rig:
    """The office without a controller."""
    return Rig(controller="none")


def test_what_is_written_takes_effect_as_over_the_bus(still):
    still.write("source_pump_1.enable_cmd", 1.0)
    still.write("source_pump_1.speed_cmd", 80.0)
    assert still.read("source_pump_1.speed_cmd") == 0.0
    still.run("2 s")
    assert still.read("source_pump_1.speed_cmd") == pytest.approx(0.8)
    assert still.read("bus.source_pump_1.speed_cmd") == pytest.approx(80.0)
    with pytest.raises(RefusedRequest):
        still.write("hp_1.leaving_temp_sp", 500.0)


def test_waiting_tells_how_long_it_took_and_what_was_seen(still):
    began = still.now_s
    assert still.run_until("weather.outdoor_temp < 60 degC", within="1 min") == 0.0
    with pytest.raises(AssertionError, match=r"not within 5 s of plant time: hp_1.running .*; .*hp_1.running is 0"):
        still.run_until("hp_1.running and hp_2.running", within="5 s")
    assert still.now_s == began + 5.0
    assert still.run_until("not hp_1.running", within="1 min", hold="10 s") == 10.0


def test_what_is_set_is_checked(still):
    still.set("hp_1.leaving_temp_sp", "40 degC")
    assert still.read("hp_1.leaving_temp_sp") == 40.0
    with pytest.raises(InputError, match="it follows from the plant"):
        still.set("hp_1.running", 1)
    with pytest.raises(InputError, match="did you mean"):
        still.read("hp_1.leaving_tmp")
    with pytest.raises(InputError, match="degC"):
        still.set("hp_1.leaving_temp_sp", "40 kW")
