"""Controllers of the examples hold a winter morning of the office, lose their line and find it again by themselves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MQTT = ("--controller", "mqtt", "--mqtt", "embedded")


def modbus(port: int) -> tuple[str, str]:
    return "--controller", f"modbus:127.0.0.1:{port}"


def reconnects(run: Any) -> int:
    """How often the controller came back to a Modbus port."""
    [seen] = run.bus
    return int(seen["reconnects"])


def test_the_firmware_in_c(controller: Path, morning: Callable[..., Any], two_ports: int) -> None:
    run = morning(f"{controller} {{host}} {{port}}", *modbus(two_ports))
    assert (run.code, run.failed) == (0, set()), run.said
    assert reconnects(run) >= 2


def test_node_red(installed: Callable[[str], Path], morning: Callable[..., Any], two_ports: int) -> None:
    start = f"{installed('node_red') / 'start.sh'} {{host}} {{port}} -D httpAdminRoot=false -D uiPort=0"
    run = morning(start, *modbus(two_ports))
    assert (run.code, run.failed) == (0, set()), run.said
    assert reconnects(run) >= 2


def test_the_controller_on_mqtt(installed: Callable[[str], Path], morning: Callable[..., Any]) -> None:
    run = morning(f"node {installed('mqtt_node') / 'controller.js'} {{host}} {{port}}", *MQTT)
    assert (run.code, run.failed) == (0, set()), run.said
    assert run.said.count("connected to the broker") >= 3, run.said


@pytest.mark.parametrize("line", ["modbus", "mqtt"])
def test_a_controller_that_gives_up_fails(
    line: str, controller: Path, installed: Callable[[str], Path], morning: Callable[..., Any], two_ports: int
) -> None:
    """The same controllers, which end where they say that their line is gone."""
    program = str(controller) if line == "modbus" else f"node {installed('mqtt_node') / 'controller.js'}"
    ending = f"sh -c '{program} {{host}} {{port}} | sed /no.connection/q'"
    run = morning(ending, *(modbus(two_ports) if line == "modbus" else MQTT), speed=120)
    assert run.code == 1, run.said
    assert run.failed >= {"line-found", "commanded", "units-back"}, run.said
