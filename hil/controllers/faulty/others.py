"""Mistakes of the other programs: sports centre, pool."""

from typing import Any

from hil.controllers.faulty.mistake import Mistakes, never

SPORTS_CENTRE, POOL = Mistakes(), Mistakes()


@SPORTS_CENTRE.mistake("SC-3", "REQ-DHW-001")
def no_heater(program: Any) -> None:
    """Hot water is left at the 50 degC of the recovery unit."""
    hot_water = program.hot_water
    keep = hot_water._keep_running

    def kept(time_s: float) -> None:
        keep(time_s)
        hot_water._write(hot_water._heater, 0.0)

    hot_water._keep_running = kept


@POOL.mistake("PL-2", "REQ-PMP-001")
def no_standby(program: Any) -> None:
    """The standby pump is never started."""
    for pair in vars(program).values():
        if hasattr(pair, "change_over"):
            pair.change_over = never
