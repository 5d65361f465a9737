"""Mistakes of the sports-centre program: pumps for units, units behind valves, recovery unit, hot water and pool."""

from typing import Any

from hil.controllers.faulty.mistake import Believed, Mistakes, never

SPORTS_CENTRE = Mistakes()
SPORTS_CENTRE.numbers(
    "swimming_hall_as_others", "The swimming hall is given the set points of the other halls.", "SC-1.2",
    "REQ-ROM-003", "REQ-ROOM-004", warm_room_sp=(20.0, 24.0),
)  # fmt: skip
SPORTS_CENTRE.numbers(
    "pressure_ignored", "Pumps run at any pressure.", "SC-2.2", "REQ-LEK-002", "REQ-LMP-009", pressure_low=-1e3
)
SPORTS_CENTRE.numbers("few_wells", "One well runs, however much is drawn.", "SC-2.3", "REQ-WEL-004", wells_per_unit=0.1)
SPORTS_CENTRE.numbers("all_wells", "All wells run all the time.", "SC-2.3", "REQ-WEL-005", wells_per_unit=100.0)
SPORTS_CENTRE.numbers("cool_store", "The store is heated to 42 degC only.", "SC-4.1", "REQ-REC-010", hot_water_sp=42.0)
SPORTS_CENTRE.numbers("store_never_full", "The store is never full.", "SC-4.1", "REQ-REC-011", store_full=-10.0)
SPORTS_CENTRE.numbers("cold_pool", "The pool is held at 24 degC.", "SC-4.2", "REQ-REC-012", pool_sp=24.0)
SPORTS_CENTRE.numbers("hot_pool", "The pool is heated to 31 degC.", "SC-4.2", "REQ-REC-012", pool_sp=31.0)
SPORTS_CENTRE.numbers(
    "cold_side_ignored", "The recovery unit cools a loop that nobody needs without an end.", "SC-4.6", "REQ-REC-017",
    "REQ-REC-016", cold_stop=-99.0, cold_unload=(-99.0, -98.0),
)  # fmt: skip
SPORTS_CENTRE.numbers(
    "no_unloading", "The recovery unit is not held back before it has to stop.", "SC-4.5", "REQ-REC-013",
    cold_unload=(-99.0, -98.0),
)  # fmt: skip
SPORTS_CENTRE.numbers("lukewarm_heater", "The electric heater gives 56 degC.", "SC-4.9", "REQ-LEG-001", heater_sp=56.0)


@SPORTS_CENTRE.mistake("OP-4.1", "REQ-UTL-001", "REQ-UTL-002")
def recovery_not_locked(program: Any) -> None:
    """The utility's lock stops the units of the halls only."""
    recover, lock = program._run_recovery, program.lock

    def unlocked(time_s: float, season: int) -> None:
        locked, lock.locked = lock.locked, False
        recover(time_s, season)
        lock.locked = locked

    program._run_recovery = unlocked


@SPORTS_CENTRE.mistake("OP-4.1", "REQ-UTL-007")
def circulation_locked(program: Any) -> None:
    """The utility's lock stops filter, circulation and electric heater, too."""
    part, lock, keep = program.hot_water, program.lock, program.hot_water._keep_running

    def kept(time_s: float) -> None:
        if lock.locked:
            part.stop(time_s)
        else:
            keep(time_s)

    part._keep_running = kept


@SPORTS_CENTRE.mistake("SC-4.6", "REQ-REC-018", "REQ-REC-019")
def standing_water_believed(program: Any) -> None:
    """The recovery unit waits for warm water from the halls, and never moves it to see."""
    program.hot_water._looks = lambda _time_s: False


@SPORTS_CENTRE.mistake("SC-4.9", "REQ-LEG-001", "REQ-LEG-002")
def no_heater(program: Any) -> None:
    """Hot water is left at the 50 degC of the recovery unit."""
    _after_keeping(program, lambda part, _time_s: part._write(part._heater, 0.0))


@SPORTS_CENTRE.mistake("SC-4.9", "REQ-LEG-004")
def heater_unproven(program: Any) -> None:
    """The electric heater is released whether the circulation is proven or not."""
    _after_keeping(program, lambda part, _time_s: part._write(part._heater, 1.0))


@SPORTS_CENTRE.mistake("SC-4.9", "REQ-LEG-002", "REQ-LEG-005")
def circulation_on_demand(program: Any) -> None:
    """The circulation stops when the recovery unit does."""

    def stop(part: Any, time_s: float) -> None:
        if not part.unit.running:
            part._always[1].stop(time_s)

    _after_keeping(program, stop)


@SPORTS_CENTRE.mistake("SC-2.1", "REQ-STG-003")
def one_pump(program: Any) -> None:
    """One pump runs in each loop, for however many units."""
    for group in program.groups[:2]:
        run = group.run
        group.run = lambda time_s, count, fed, way, speed, run=run: run(time_s, min(count, 1), fed, way, speed)


@SPORTS_CENTRE.mistake("SC-2.1", "REQ-PMP-003")
def all_pumps(program: Any) -> None:
    """All pumps of a loop run as soon as one is wanted."""
    for group in program.groups[:2]:
        run = group.run
        group.run = lambda time_s, _count, fed, way, speed, run=run: run(time_s, 6, fed, way, speed)


@SPORTS_CENTRE.mistake("PU-2.2", "REQ-PMP-001")
def no_standby(program: Any) -> None:
    """A pump that has failed is not replaced."""
    for group in program.groups:
        man = group._rota.man
        group._rota.man = lambda time_s, wanted, speed, rota=group._rota, man=man: man(
            time_s, max(0, wanted - sum(pump.failed for pump in rota.pumps)), speed
        )


@SPORTS_CENTRE.mistake("PU-3.6", "REQ-HND-001")
def hand_not_seen(program: Any) -> None:
    """Nobody looks whether a pump runs that was never asked to."""
    for group in program.groups:
        group._runs_unasked = lambda _: False


@SPORTS_CENTRE.mistake("SC-3.1", "REQ-PMP-002")
def no_interlock(program: Any) -> None:
    """Winter/summer units go on without water."""
    program._flowing = lambda: True


@SPORTS_CENTRE.mistake("SC-3.2", "REQ-WEL-008")
def wells_not_asked(program: Any) -> None:
    """Units go on though no well delivers."""
    run_units, recovery = program._run_units, program._run_recovery

    def run(time_s: float, wanted: bool, season: int) -> None:
        program.wells.flowing = True
        run_units(time_s, wanted, season)

    def recover(time_s: float, season: int) -> None:
        program.wells.flowing = True
        recovery(time_s, season)

    program._run_units, program._run_recovery = run, recover


@SPORTS_CENTRE.mistake("SC-3.3", "REQ-UNT-002")
def units_before_water(program: Any) -> None:
    """A unit is let in before a pump is proven for it."""
    step = program.units.step
    program.units.step = lambda time_s, _spare, flushing: step(time_s, 99, flushing)


@SPORTS_CENTRE.mistake("UN-3.2", "REQ-VLV-003")
def valves_left_open(program: Any) -> None:
    """The valves of a unit stay open when it stands."""
    for unit in (*program.units.units, program.hot_water.unit):
        for valve in unit._valves:
            order = valve.order
            valve.order = lambda is_open, order=order: order(True) if is_open else None


@SPORTS_CENTRE.mistake("SC-4.2", "REQ-REC-014")
def filter_ignored(program: Any) -> None:
    """The pool is heated though its filter does not flow."""
    part = program.hot_water
    look, view, place = part.look, part._view, part._filter

    def looked(time_s: float) -> None:
        part._view = Believed(view, place, 1.0)
        look(time_s)
        part._view = view

    part.look = looked


@SPORTS_CENTRE.mistake("SC-4.3", "REQ-REC-001")
def recovery_for_halls_only(program: Any) -> None:
    """The recovery unit runs only while the halls want something, too."""
    recover = program._run_recovery
    program._run_recovery = lambda time_s, season: recover(
        time_s, season if any(demand.wanted for demand in program.demands) else 0
    )


@SPORTS_CENTRE.mistake("SC-4.7", "REQ-VLV-002")
def condensers_joined(program: Any) -> None:
    """The valves to the other condensers stand open with those to the hot water."""
    for valve in program.hot_water._parting:
        order = valve.order
        valve.order = lambda _is_open, order=order: order(True)


@SPORTS_CENTRE.mistake("SC-4.8", "REQ-PMP-002")
def recovery_without_water(program: Any) -> None:
    """The recovery unit goes on without water in its condenser."""
    pumps = program.hot_water.pumps
    program.hot_water.interlock = pumps.scan


@SPORTS_CENTRE.mistake("SC-4.10", "REQ-ALM-005")
def hot_water_silent(program: Any) -> None:
    """Neither a locked-out heater nor a filter that stands is told."""
    look = program.hot_water.look

    def looked(time_s: float) -> None:
        look(time_s)
        program.hot_water.alarm = False

    program.hot_water.look = looked


@SPORTS_CENTRE.mistake("SC-5.1", "REQ-STP-001")
def filter_not_stopped(program: Any) -> None:
    """The emergency stop leaves filter and circulation running."""
    for pump in program.hot_water._always:
        pump.stop = never


@SPORTS_CENTRE.mistake("SC-5.2", "REQ-ACK-005")
def heater_not_reset(program: Any) -> None:
    """An acknowledgement resets neither the electric heater nor the pumps of filter and circulation."""
    program.hot_water.push_reset = program.hot_water.unit.push_reset


@SPORTS_CENTRE.mistake("SC-5.2", "REQ-ACK-003")
def recovery_not_reset(program: Any) -> None:
    """An acknowledgement does not reset the recovery unit."""
    program.hot_water.unit.push_reset = never


def _after_keeping(program: Any, then: Any) -> None:
    part = program.hot_water
    keep = part._keep_running

    def kept(time_s: float) -> None:
        keep(time_s)
        then(part, time_s)

    part._keep_running = kept
