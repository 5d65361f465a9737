"""Mistakes of the pool program: what the pool needs, its circuit and well, its thermometers and alarms."""

import math
from typing import Any

from hil.controllers.faulty.mistake import Believed, Mistakes, never
from hil.controllers.faulty.panel import go_on_at_off

POOL = Mistakes()
POOL.numbers("late_heating", "Ground water comes at 2.5 degC only.", "PK-1.1", "REQ-POL-013", heat_on=2.5)
POOL.numbers(
    "needless_heating", "The pool is heated like one for swimmers.", "PK-1.1", "REQ-POL-003", heat_on=9.0, heat_off=11.0
)
POOL.numbers(
    "short_heating", "The well stops as soon as the pool is above 4 degC.", "PK-1.1", "REQ-POL-014", heat_off=4.1
)
POOL.numbers(
    "late_cooling", "Ground water comes at 24.5 degC only.", "PK-1.1", "REQ-POL-015", cool_on=24.5, cool_off=23.0
)
POOL.numbers(
    "short_cooling", "The well stops as soon as the pool is below 20 degC.", "PK-1.1", "REQ-POL-016", cool_off=19.9
)
POOL.numbers(
    "frost_ignored", "Water stands in the pipes while it freezes.", "PK-2.1", "REQ-POL-004", freezing_outdoor=-99.0
)
POOL.numbers("always_moving", "The circuit runs in any weather.", "PK-2.1", "REQ-POL-017", freezing_outdoor=99.0)
POOL.numbers("slow_circuit", "The circuit runs at 60 %.", "PK-2.1", "REQ-POL-020", circuit_speed=60.0)
POOL.numbers(
    "broken_wire_believed", "An outdoor reading of 100 degC is believed.", "PK-2.3", "REQ-SNS-004", "REQ-SNS-005",
    outdoor_range=(-1e9, 1e9),
)  # fmt: skip
POOL.numbers(
    "cold_not_told", "A pool that is about to freeze is not told.", "PK-3.1", "REQ-LMP-012", coldest_pool=-99.0
)
POOL.numbers("warmth_not_told", "A pool that turns green is not told.", "PK-3.1", "REQ-LMP-012", warmest_pool=99.0)
POOL.numbers("no_comparison", "Thermometers may differ.", "PK-3.2", "REQ-POL-007", differing=99.0)
POOL.numbers(
    "hasty_comparison", "Thermometers that differ by 0.05 K are told.", "PK-3.2", "REQ-ALM-003", differing=0.02
)
POOL.numbers("no_retry", "Pumps are not tried again.", "PU-1.8", "REQ-FLW-003", most_retries=0)
POOL.numbers("endless_retry", "Pumps are tried again for ever.", "PU-1.8", "REQ-FLW-004", most_retries=1000)


@POOL.mistake("PU-1.7", "REQ-POL-012")
def no_standby(program: Any) -> None:
    """The standby pump is never started."""
    program.circuit.change_over = never


@POOL.mistake("PU-1.3", "REQ-LMP-005")
def blind_to_flow(program: Any) -> None:
    """A pump with a run proof is believed to deliver."""
    program.circuit._least = -math.inf


@POOL.mistake("PK-1.2", "REQ-POL-001", "REQ-POL-013")
def thermometer_believed(program: Any) -> None:
    """The thermometer of the pool alone decides; the water that comes back is not looked at."""
    extremes = program._extremes

    def alone(time_s: float) -> tuple[float, float]:
        extremes(time_s)
        found = [float(program._view[place]) for place in program._pools]
        return min(found), max(found)

    program._extremes = alone


@POOL.mistake("PK-2.1", "REQ-OFF-001")
def off_ignored(program: Any) -> None:
    """With the selector at off the pool is kept all the same."""
    go_on_at_off(program)


@POOL.mistake("PK-2.2", "REQ-POL-018")
def well_without_circuit(program: Any) -> None:
    """The well runs against a circuit that stands."""
    look = program.look

    def looked(time_s: float) -> None:
        look(time_s)
        if program.need and program.panel.selected and not program.panel.stopped:
            program.wells.check(time_s, 1.0, cold=True)

    program.look = looked


@POOL.mistake("PK-3.1", "REQ-LMP-013")
def level_ignored(program: Any) -> None:
    """A low level is not told."""
    look, view = program.look, program._view

    def looked(time_s: float) -> None:
        program._view = Believed(view, program._levels[0], 0.0)
        look(time_s)
        program._view = view

    program.look = looked


@POOL.mistake("PK-3.2", "REQ-ACK-004")
def comparison_forgets(program: Any) -> None:
    """Thermometers that have differed are forgotten as soon as they agree."""
    extremes = program._extremes

    def now(time_s: float) -> tuple[float, float]:
        program._misread = False
        found: tuple[float, float] = extremes(time_s)
        return found

    program._extremes = now


@POOL.mistake("PK-4.2", "REQ-ACK-002")
def comparison_not_acknowledged(program: Any) -> None:
    """An acknowledgement does not take up the comparison of thermometers anew."""
    reset = program.reset

    def acknowledged(time_s: float) -> None:
        misread = program._misread
        reset(time_s)
        program._misread = misread

    program.reset = acknowledged


@POOL.mistake("PK-2.3", "REQ-SNS-004")
def sensor_fault_silent(program: Any) -> None:
    """A broken outdoor sensor raises no alarm."""
    show = program.lamps.show
    program.lamps.show = lambda lit, _nameless=False: show(lit)
