"""Controllers of the examples hold a winter morning of the office, lose their line and find it again by themselves.

All of them at the same time, each with a rig of its own: they mostly wait.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

MQTT = ("--controller", "mqtt", "--mqtt", "embedded")
GIVEN_UP = {"line-found", "commanded", "units-back"}


def modbus(port: int) -> tuple[str, str]:
    return "--controller", f"modbus:127.0.0.1:{port}"


def ending(program: str) -> str:
    """The program, which ends where it says that its line is gone."""
    return f"sh -c '{program} {{host}} {{port}} | sed /no.connection/q'"


def reconnects(run: Any) -> int:
    """How often the controller came back to a Modbus port."""
    [seen] = run.bus
    return int(seen["reconnects"])


def test_the_line_is_lost_and_found(
    controller: Path, installed: Callable[[str], Path], morning: Callable[..., Any], ports: Callable[[], int]
) -> None:
    on_mqtt = f"node {installed('mqtt_node') / 'controller.js'}"
    node_red = f"{installed('node_red') / 'start.sh'} {{host}} {{port}} -D httpAdminRoot=false -D uiPort=0"
    runs: dict[str, tuple[Any, ...]] = {
        "firmware": (f"{controller} {{host}} {{port}}", *modbus(ports())),
        "node-red": (node_red, *modbus(ports())),
        "on mqtt": (f"{on_mqtt} {{host}} {{port}}", *MQTT),
        "firmware that gives up": (ending(str(controller)), *modbus(ports())),
        "mqtt that gives up": (ending(on_mqtt), *MQTT),
    }
    with ThreadPoolExecutor(len(runs)) as pool:
        begun = {name: pool.submit(morning, *words) for name, words in runs.items()}
    found = {name: run.result() for name, run in begun.items()}
    for name in ("firmware", "node-red", "on mqtt"):
        assert (found[name].code, found[name].failed) == (0, set()), (name, found[name].said)
    assert reconnects(found["firmware"]) >= 2
    assert reconnects(found["node-red"]) >= 2
    assert found["on mqtt"].said.count("connected to the broker") >= 3, found["on mqtt"].said
    for name in ("firmware that gives up", "mqtt that gives up"):
        assert found[name].code == 1, (name, found[name].said)
        assert found[name].failed >= GIVEN_UP, (name, found[name].said)
