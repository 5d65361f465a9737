"""Mistakes about the operator's panel, which every program has: emergency stop, acknowledgement, lamps, signs."""

from typing import Any

from hil.controllers.faulty.mistake import Change, Mistakes, never
from hil.controllers.panel.alarms import LAMPS

PANEL = Mistakes()
LIT = (*LAMPS, "pool")
"""Lamps, in the order of the requirements about them."""


@PANEL.mistake("OP-1.1", "REQ-STP-001")
def stop_ignored(program: Any) -> None:
    """The emergency stop is not looked at."""

    def ignored(panel: Any) -> None:
        panel.pressed = panel.stopped = False

    _with_every_look(program.panel, ignored)


@PANEL.mistake("OP-1.1", "REQ-STP-002")
def starts_by_itself(program: Any) -> None:
    """After the emergency stop has been released everything starts again without an acknowledgement."""

    def released(panel: Any) -> None:
        panel.stopped = panel.pressed

    _with_every_look(program.panel, released)


@PANEL.mistake("OP-1.2", "REQ-STP-002")
def acknowledged_while_pressed(program: Any) -> None:
    """The reset button acknowledges while the emergency stop is still pressed."""
    early = [False]

    def remembered(panel: Any) -> None:
        early[0] = early[0] or (panel.pressed and panel._pushed)
        if early[0] and not panel.pressed:
            panel.stopped = early[0] = False

    _with_every_look(program.panel, remembered)


@PANEL.mistake("OP-1.3", "REQ-ACK-002")
def no_resets(program: Any) -> None:
    """An acknowledgement does not reset what has tripped."""
    program.push_resets = never


@PANEL.mistake("OP-2.1", "REQ-ACK-001")
def forgets_alarms(program: Any) -> None:
    """Alarms go out by themselves after a minute."""
    show, since = program.lamps.show, dict[str, float]()
    clock = [0.0]
    watch = program.watch

    def watched(time_s: float) -> Any:
        clock[0] = time_s
        return watch(time_s)

    def shown(lit: Any, nameless: bool = False) -> None:
        for name, on in lit.items():
            if not on:
                since.pop(name, None)
        short = {name: on and clock[0] - since.setdefault(name, clock[0]) < 60.0 for name, on in lit.items()}
        show(short, nameless)

    program.watch, program.lamps.show = watched, shown


@PANEL.mistake("OP-2.1", "REQ-LMP-001")
def no_common_alarm(program: Any) -> None:
    """The common alarm stays dark."""
    _show_common_alarm(program.lamps, 0.0)


@PANEL.mistake("OP-1.2", "REQ-ACK-002")
def no_acknowledgement(program: Any) -> None:
    """The reset button does nothing."""
    panel = program.panel
    asked = panel.acknowledged

    def acknowledged(time_s: float) -> bool:
        asked(time_s)
        return False

    panel.acknowledged = acknowledged


@PANEL.mistake("OP-2.2", "REQ-SGN-001")
def no_life_sign(program: Any) -> None:
    """The life sign stands still."""
    _mute(program.panel, program.panel._life_sign)


@PANEL.mistake("OP-2.2", "REQ-SGN-002")
def season_not_shown(program: Any) -> None:
    """The panel does not show the season."""
    _mute(program.panel, program.panel._season)


@PANEL.mistake("OP-2.1", "REQ-ALM-003")
def alarm_without_cause(program: Any) -> None:
    """The common alarm is lit without any cause."""
    _show_common_alarm(program.lamps, 1.0)


def go_on_at_off(program: Any) -> None:
    """Let a program take the selector at off for the last season (`off_ignored` of several programs)."""
    panel, last = program.panel, [1]
    kind = type(panel)

    class Stubborn(kind):  # type: ignore[misc, valid-type]
        @property
        def selected(self) -> int:
            last[0] = super().selected or last[0]
            return last[0]

    panel.__class__ = Stubborn


def keep_dark(program: Any, name: str) -> None:
    """Let a program never light the lamp of this name."""
    show = program.lamps.show
    program.lamps.show = lambda lit, nameless=False: show({**lit, name: False}, nameless)


def _with_every_look(panel: Any, change: Change) -> None:
    """Change what the panel holds whenever it has looked at its buttons."""
    asked = panel.acknowledged

    def acknowledged(time_s: float) -> bool:
        done = asked(time_s)
        change(panel)
        return bool(done)

    panel.acknowledged = acknowledged


def _show_common_alarm(lamps: Any, shown: float) -> None:
    write, common = lamps._write, lamps._all
    lamps._write = lambda place, value: write(place, shown if place == common else value)


def _mute(panel: Any, silent: int) -> None:
    write = panel._write
    panel._write = lambda place, value: None if place == silent else write(place, value)


_TOLD_BY = {
    "source_pump": ("REQ-ALM-001", "REQ-FLW-002"),
    "load_pump": ("REQ-ALM-001", "REQ-PRF-001"),
    "flow": ("REQ-ALM-002", "REQ-FLW-002", "REQ-PRF-004"),
    "changeover": ("REQ-SEQ-004", "REQ-SEQ-006", "REQ-VLV-003"),
    "pressure": ("REQ-LEK-002",),
    "leak": ("REQ-LEK-001",),
    "well": ("REQ-WEL-001", "REQ-WEL-002"),
}
"""Requirements that ask for a lamp in their own words."""


def dark(*names: str) -> Mistakes:
    """Mistakes of programs that have these lamps: one of them is never lit."""
    told = Mistakes()
    for name in names:
        told.mistake("OP-2.1", f"REQ-LMP-{LIT.index(name) + 2:03d}", *_TOLD_BY.get(name, ()))(_dark(name))
    return told


def _dark(name: str) -> Change:
    def change(program: Any) -> None:
        keep_dark(program, name)

    change.__name__ = f"dark_{name}"
    change.__doc__ = f"The lamp of the alarm `{name}` is never lit."
    return change
