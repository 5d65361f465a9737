"""Valves and pumps that begin where a scenario says, their commands with them (docs/scenario-language.md#start)."""

from typing import Any

from twin.errors import InputError


def begin_valve(row: Any, open_close: bool, given: dict[str, float]) -> None:
    """Begin at a position, and with the commands that hold it there unless they are given too."""
    position = given.get("position", given.get("start_position", row.position))
    if "position" in given and "start_position" in given and given["position"] != given["start_position"]:
        raise InputError("position and start_position are one start; give one of them")
    row.position = row.start_position = position
    if "position_cmd" not in given:
        row.position_cmd = position
    if open_close and "open_cmd" not in given:
        row.open_cmd = 1.0 if position > 0.5 else 0.0


def begin_pump(row: Any, least: float, given: dict[str, float]) -> None:
    """Begin at a speed as if it had run so for hours, and with the commands that keep it, unless they are given too.

    least: the least speed [1] at which it runs; 1 direct on line
    """
    runs = given.get("running", float(given.get("speed", 0.0) > 0.0)) > 0.5
    speed = float(given.get("speed", max(given.get("speed_cmd", 1.0), least))) if runs else 0.0
    if runs and not least <= speed <= 1.0:
        raise InputError(f"a running pump begins at a speed of {least:g} .. 1, not at {speed:g}")
    if not runs and given.get("speed", 0.0) > 0.0:
        raise InputError(f"speed {given['speed']:g} and running 0 contradict each other")
    row.speed = speed
    row.energised = row.turning = row.running = float(runs)
    row.bearing_temp = 20.0 + 25.0 * speed
    if "enable_cmd" not in given:
        row.enable_cmd = float(runs)
    if "speed_cmd" not in given:
        row.speed_cmd = speed
