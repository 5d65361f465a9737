"""What all programs do alike, on a link of two methods (docs/sequences/panel.md)."""

import pytest

from hil.controllers.panel.alarms import LAMPS
from hil.controllers.program import Program
from hil.controllers.settings.settings import WINTER, Settings


class Failed:
    """A part that remembers a failure."""

    failed = True

    def reset(self) -> None:
        self.failed = False


class Diary(Program):
    """A program that notes what it is asked for."""

    def __init__(self, link) -> None:
        super().__init__(link, Settings())
        self.notes: list[str] = []
        self.hurry, self.lit = False, {}
        self.part = Failed()
        self.resettable = (self.part,)

    def watch(self, time_s: float) -> bool:  # noqa: ARG002
        self.notes.append("watch")
        return self.hurry

    def look(self, time_s: float) -> None:
        self.notes.append("look")
        self.tell(time_s, WINTER, self.lit)

    def stop(self, time_s: float) -> None:  # noqa: ARG002
        self.notes.append("stop")

    def push_resets(self, pushed: bool) -> None:
        self.notes.append("push" if pushed else "release")

    def at(self, *times: float) -> list[str]:
        self.notes.clear()
        for time_s in times:
            self.scan(time_s)
        return self.notes


@pytest.fixture
def diary(link):
    made = Diary(link)
    assert made.at(0.0) == ["watch", "look", "release"]
    return made


def test_all_but_the_watch_has_ten_seconds(diary):
    """Clause OP-3.1."""
    assert diary.at(1.0, 9.0) == ["watch", "watch"]
    assert diary.at(10.0, 11.0, 19.0, 20.0) == ["watch", "look", "watch", "watch", "watch", "look"]
    diary.hurry = True
    assert diary.at(21.0) == ["watch", "look"]
    diary.hurry = False
    assert diary.at(30.0, 31.0) == ["watch", "watch", "look"], "ten seconds from the last look"


def test_the_emergency_stop_is_carried_out_at_every_scan(diary, link):
    """Clauses OP-1.1, OP-1.2."""
    link.set(panel__emergency_stop=1.0)
    assert diary.at(1.0, 2.0) == ["stop", "watch", "stop", "watch"]
    link.set(panel__emergency_stop=0.0)
    assert diary.at(3.0) == ["watch"]
    assert diary.panel.stopped
    link.set(panel__alarm_reset=1.0)
    diary.at(4.0)
    assert (diary.panel.stopped, diary.part.failed) == (False, False)
    diary.part.failed = True
    diary.at(5.0)
    assert diary.part.failed, "a button that is held counts once"


def test_resets_are_held_after_an_acknowledgement(diary, link):
    """Clause OP-1.3."""
    link.set(panel__alarm_reset=1.0)
    resets = [diary.at(time_s)[2:] for time_s in (15.0, 25.0, 35.0, 45.0)]
    assert resets == [["push"], ["push"], ["release"], []]


def test_lamps_are_lit_by_name(diary, link):
    """Clause OP-2.1."""
    diary.lit = {"flow": True, "leak": False}
    diary.at(10.0)
    assert [name for name in LAMPS if link[f"panel.alarm_{name}"] == 1.0] == ["flow"]
    assert link["panel.alarm"] == 1.0
    diary.lit = {"leak": False}
    diary.at(20.0)
    assert (link["panel.alarm_flow"], link["panel.alarm"]) == (0.0, 0.0)
    diary.lit = {"flwo": True}
    with pytest.raises(KeyError, match="flwo"):
        diary.at(30.0)


def test_season_and_life_sign(diary, link):
    """Clause OP-2.2."""
    signs = []
    for time_s in (50.0, 60.0, 119.0, 130.0):
        diary.at(time_s)
        signs.append(link["panel.life_sign"])
    assert signs == [0, 1, 1, 2]
    assert link["panel.season"] == WINTER
