"""Mistakes about the utility's lock."""

from typing import Any

from hil.controllers.faulty.mistake import Mistakes, never

UTILITY = Mistakes()


@UTILITY.mistake("OP-4.1", "REQ-UTL-001", "REQ-UTL-002")
def lock_ignored(program: Any) -> None:
    """The utility's lock is not looked at."""
    program.lock.look = never


@UTILITY.mistake("OP-4.1", "REQ-UTL-001")
def lock_waits(program: Any) -> None:
    """With the lock units end their least run and a quarter of an hour more."""
    _delay(program, 900.0)


@UTILITY.mistake("OP-4.1", "REQ-UTL-002")
def lock_runs_out(program: Any) -> None:
    """After an hour the lock is taken for an error of the receiver."""
    watch, lock, look = program.watch, program.lock, program.lock.look
    since, clock = [0.0], [0.0]

    def watched(time_s: float) -> Any:
        clock[0] = time_s
        return watch(time_s)

    def looked() -> None:
        look()
        if not lock.locked:
            since[0] = clock[0]
        lock.locked = lock.locked and clock[0] - since[0] < 3600.0

    program.watch, lock.look = watched, looked


@UTILITY.mistake("OP-4.1", "REQ-UTL-003")
def lock_to_be_acknowledged(program: Any) -> None:
    """The lock is treated like an emergency stop: nothing starts until somebody acknowledges."""
    lock, look = program.lock, program.lock.look

    def looked() -> None:
        look()
        program.panel.stopped = program.panel.stopped or lock.locked

    lock.look = looked


@UTILITY.mistake("OP-4.1", "REQ-UTL-004")
def lock_is_an_alarm(program: Any) -> None:
    """The lock lights the lamp of the units."""
    show = program.lamps.show
    program.lamps.show = lambda lit, nameless=False: show({**lit, "unit": lit["unit"] or program.lock.locked}, nameless)


@UTILITY.mistake("OP-4.1", "REQ-UTL-005")
def pumps_run_through_the_lock(program: Any) -> None:
    """Pumps run on for as long as the lock lasts."""
    for group in (*getattr(program, "pairs", ()), *getattr(program, "groups", ())):
        rest = group.rest
        group.rest = lambda time_s, rest=rest: None if program.lock.locked else rest(time_s)


def _delay(program: Any, by_s: float) -> None:
    watch, lock, look = program.watch, program.lock, program.lock.look
    open_at = [0.0]
    clock = [0.0]

    def watched(time_s: float) -> Any:
        clock[0] = time_s
        return watch(time_s)

    def looked() -> None:
        look()
        if not lock.locked:
            open_at[0] = clock[0]
        lock.locked = lock.locked and clock[0] - open_at[0] >= by_s

    program.watch, lock.look = watched, looked
