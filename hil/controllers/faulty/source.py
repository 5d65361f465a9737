"""Mistakes about wells, the cold source and the seasonal changeover."""

from typing import Any

from hil.controllers.faulty.mistake import Mistakes, never
from hil.controllers.faulty.panel import go_on_at_off
from hil.controllers.source.changeover import CLOSING, FAILED, OPENING, REST, UNKNOWN

SOURCE = Mistakes()
SOURCE.numbers(
    "one_well",
    "One well runs, however much is drawn.",
    "SO-1.1",
    "REQ-WEL-004",
    "REQ-ALM-003",
    "REQ-SRC-002",
    least_wells=1,
    wells_per_unit=0.1,
)
SOURCE.numbers("all_wells", "All wells run all the time.", "SO-1.1", "REQ-WEL-005", wells_per_unit=100.0)
SOURCE.numbers("clogging_unseen", "A clogged screen is not seen.", "SO-2.1", "REQ-WEL-001", index_factor=1e9)
SOURCE.numbers(
    "seal_leak_unseen",
    "Cold water from one well is not seen.",
    "SO-2.2",
    "REQ-WEL-002",
    coldest_well=-50.0,
    well_spread=1e9,
)
SOURCE.numbers("sand_unseen", "Sand in the water is not seen.", "SO-2.3", "REQ-WEL-003", most_sand=1e9)
SOURCE.numbers(
    "poor_well_runs", "A well that gives sand for long is not given up.", "SO-2.4", "REQ-WEL-006", poor_stop_s=1e9
)
SOURCE.numbers(
    "cold_source_ignored",
    "A cold source is not looked at.",
    "SO-3.1",
    "REQ-CLD-001",
    source_levels=(-99.0, -98.0, -97.0),
)
SOURCE.numbers(
    "cold_source_no_unloading", "A cold source stops the units without any unloading before.", "SO-3.1", "REQ-CLD-002",
    source_levels=(5.98, 5.99, 6.0),
)  # fmt: skip
SOURCE.numbers(
    "cold_source_hasty", "Units are let up again at once.", "SO-3.2", "REQ-CLD-003", source_up_s=0.0, source_restart=4.2
)
SOURCE.numbers(
    "no_rest",
    "At a changeover water of any temperature is exchanged.",
    "SO-4.3",
    "REQ-SEQ-007",
    rest_temps=(-99.0, 199.0),
    rest_s=0.0,
)
SOURCE.numbers("stuck_valve_unseen", "A valve may take for ever.", "SO-4.5", "REQ-SEQ-004", stroke_factor=1000.0)


@SOURCE.mistake("SO-4.5", "REQ-VLV-001", "REQ-SEQ-002")
def unproven_valves(program: Any) -> None:
    """Changeover valves are switched without waiting for their proofs."""
    program.changeover.closed = program.changeover.opened = lambda _: True


@SOURCE.mistake("SO-4.8", "REQ-SEQ-005", "REQ-VLV-004")
def valve_alarm_clears(program: Any) -> None:
    """A changeover that was broken off is begun again by itself."""
    changeover, update = program.changeover, program.changeover.update

    def again(*given: Any) -> None:
        update(*given)
        if changeover.step == FAILED:
            changeover.step = UNKNOWN

    changeover.update = again


@SOURCE.mistake("SO-4.5", "REQ-SEQ-001")
def valves_under_pumps(program: Any) -> None:
    """Valves are moved while pumps run."""
    changeover, update = program.changeover, program.changeover.update
    changeover.update = lambda time_s, selected, resting, _still, flowing: update(
        time_s, selected, resting, True, flowing
    )
    move = program._move_water

    def moving(time_s: float, wanted: bool) -> None:
        move(time_s, wanted or changeover.step in (REST, CLOSING, OPENING))

    program._move_water = moving


@SOURCE.mistake("PU-6.1", "REQ-VLV-002")
def switch_believed(program: Any) -> None:
    """An end switch is believed whatever the position says."""
    for group in program.changeover._groups.values():
        for valve in group:
            view = valve._view
            valve.is_open = lambda valve=valve, view=view: bool(view[valve._open] > 0.5)
            valve.is_closed = lambda valve=valve, view=view: bool(view[valve._closed] > 0.5)


@SOURCE.mistake("SO-4.9", "REQ-VLV-003")
def valves_unguarded(program: Any) -> None:
    """A valve that leaves its place in mid-season is not seen."""
    program.changeover._guard = never


@SOURCE.mistake("SO-1.4", "REQ-WEL-007", "REQ-LMP-004")
def well_not_replaced(program: Any) -> None:
    """A well pump that fails is neither given up nor replaced."""
    if program.wells is not None:
        program.wells._rota.fail = never


@SOURCE.mistake("PR-1.1", "REQ-OFF-001")
def off_ignored(program: Any) -> None:
    """With the selector at off the plant goes on in its last season."""
    go_on_at_off(program)
