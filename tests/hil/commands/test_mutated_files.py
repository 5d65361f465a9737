"""Files damaged at random: each is taken, or refused in one line with its place; nothing else ever happens.

Bytes are flipped, lines lost and doubled, numbers blown up, signs strewn in. The damage is a function of the kind of
file and of its number, so every run makes the same; GEOTWIN_EXAMPLES (`make nightly`) makes so many times more.
"""

import os
import random
import re
import resource
import shutil
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from hil.books.factors import SHIPPED
from hil.bus.maps.device_file import read_device
from hil.commands.check import checked
from plant_models.catalogue import FOLDER as CATALOGUES
from plant_models.catalogue import read_catalogue
from plant_models.heat_pump.performance_map import MAPS, read_map
from plant_models.plant import build
from plant_models.weather.epw import read_epw, read_epw_year
from plant_models.weather.weather import weather
from twin.errors import InputError
from twin.journal import Replay
from twin.recorded import EVENTS_FILE, RECORDING_FILE, STREAM_FILE, fingerprint, open_recording, recover
from twin.recorder import Column, Recorder, Source

CLINIC = Path(__file__).parents[1] / "data" / "clinic"
START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
EXAMPLES = 200 * int(os.environ.get("GEOTWIN_EXAMPLES", "1"))
LONGEST_S, MOST_GROWTH_KB = 60, 500_000
"""Wall time of one file, far beyond any that is read at all; growth of the process over all files of a kind."""

HEADS, WITH_REST = {"epw": 4000}, 0.2
"""Bytes that are damaged of a year of weather, which takes a fifth of a second to read, and how often it is whole."""

NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
WORD = re.compile(rb"[A-Za-z_]\w+")
NUMBERS = (
    b"0", b"-1", b"1e-320", b"1e308", b"-1e308", b"1e400", b"nan", b"inf", b"99999", b"2147483648", b"1e21",
    b"9" * 30, b"9" * 5000, b"0.1.2", b"0x10", b"1_000", "\u0663".encode(), "\u00b2".encode(), b"1,5",
    b"[1-8000000000]",
)  # fmt: skip
SIGNS = (
    b"\0", b"\x1b[31m", b"\t", b"[", b"]", b"{", b"}", b"[" * 500, b"- " * 200, b":", b",", b";", b"'", b'"', b"#",
    b"&a ", b"*a", b"!t ", b"|\n", b">", b"---\n", b"\n", b"\r", b"\xff", b"\xc3", "\u202e".encode(),
    "\U0001f600".encode(), b"=1", b"[1-3]", b"a" * 3000, b'"\\e"', b"()", b"not ", b"*", b".",
)  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The file with one to three damages."""
    for _ in range(chance.randint(1, 3)):
        data = chance.choice(DAMAGES)(data, chance)
    return data


def damaged(whole: bytes, kind: str, number: int) -> bytes:
    """The file of a kind with the damage of a number; a long one at its head, and mostly without its rest."""
    chance = random.Random(f"{kind} {number}")
    head = HEADS.get(kind, len(whole))
    rest = whole[head:] if chance.random() < WITH_REST else b""
    return mutated(whole[:head], chance) + rest


def flipped(data: bytes, chance: random.Random) -> bytes:
    """One byte is another."""
    at = chance.randrange(len(data) or 1)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def cut(data: bytes, chance: random.Random) -> bytes:
    """A piece is missing."""
    at = chance.randrange(len(data) or 1)
    return data[:at] + data[at + chance.randint(1, 40) :]


def truncated(data: bytes, chance: random.Random) -> bytes:
    """The end is missing."""
    return data[: chance.randrange(len(data) or 1)]


def line_moved(data: bytes, chance: random.Random) -> bytes:
    """A line is lost, doubled, or stands elsewhere."""
    lines = data.split(b"\n")
    line = chance.choice(lines)
    if chance.random() < 0.6:
        lines.remove(line)
    if chance.random() < 0.6:
        lines.insert(chance.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def other_number(data: bytes, chance: random.Random) -> bytes:
    """A number is one that nobody expects."""
    return replaced(data, NUMBER, chance.choice(NUMBERS), chance)


def other_word(data: bytes, chance: random.Random) -> bytes:
    """A word is another one of the file."""
    words = WORD.findall(data) or [b"word"]
    return replaced(data, WORD, chance.choice(words), chance)


def strewn(data: bytes, chance: random.Random) -> bytes:
    """A sign stands where none belongs."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(SIGNS) + data[at:]


def replaced(data: bytes, pattern: re.Pattern[bytes], new: bytes, chance: random.Random) -> bytes:
    """One of the places that fit the pattern, replaced."""
    found = list(pattern.finditer(data))
    if not found:
        return data
    match = chance.choice(found)
    return data[: match.start()] + new + data[match.end() :]


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flipped, cut, truncated, line_moved, other_number, other_number, other_word, strewn, strewn,
)  # fmt: skip


def recording(folder: Path) -> None:
    """A small recording, and the streams that it is made of."""
    values = np.zeros(3)
    columns = [
        Column("hp_1.energy", "J", 0, "float64"), Column("hp_1.temp", "degC", 1),
        Column("hp_1.mode", "1", 2, "float32", {0: "off", 1: "heat"}),
    ]  # fmt: skip
    meta = {"scenario": "toy", "seed": 7, "versions": {"geotwin": "0.1.0"}}
    with Recorder(folder, [Source(values, columns)], 5000, meta, block_rows=16) as recorder:
        for row in range(100):
            values[:] = row, row / 3.0, row % 2
            recorder.record(row * 5000)
            if row % 10 == 0:
                recorder.event(row * 5000, f"e{row}", "set", True, "pump_1.speed_cmd = 0.5")
        recorder.flush()
        for name in (STREAM_FILE, EVENTS_FILE):
            shutil.copyfile(folder / name, folder / f"kept.{name}")


def epw_bytes() -> bytes:
    """A whole year of an EPW file."""
    days = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    lines = ["LOCATION,Beijing,BEI,CHN,CSWD,545110,39.80,116.47,8.0,31.3", "DATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31"]
    for month, many in enumerate(days, 1):
        for day in range(1, many + 1):
            lines += [
                f"2001,{month},{day},{hour},60,?,{hour / 2.0},-5,60,101000,0,0,300,0,0,0,0,0,0,0,180,2.5"
                for hour in range(1, 25)
            ]
    return "\n".join(lines).encode()


def journal_bytes(path: str) -> bytes:
    """A journal of twenty writes."""
    head = '{"geotwin_journal": 1, "scenario": "mine", "seed": 7}\n'
    write = '{{"t_ms": {}, "path": "{}", "value": {!r}, "source": "modbus:5020/1"}}\n'
    return (head + "".join(write.format(1000 * t, path, t / 20.0) for t in range(20))).encode()


def signals(file: Path) -> None:
    """All that a recording holds."""
    found = open_recording(file)
    for path in found.paths():
        found.signal(path)
        found.values(path)
    fingerprint(file)


def recovered(folder: Path) -> None:
    """A recording made of streams as a killed run leaves them."""
    run = folder / "killed"
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir()
    for name in (STREAM_FILE, EVENTS_FILE):
        shutil.copyfile(folder / "run" / f"kept.{name}", run / name)
    signals(recover(run))


def check(name: str) -> Callable[[Path], object]:
    """What `geotwin check` says of a file of the clinic, in whose folder it stands."""

    def run(folder: Path) -> None:
        found = checked(name)
        if found.wrong:
            raise SeveralError(found.wrong)

    return run


class SeveralError(InputError):
    """All that is wrong in a file."""

    def __init__(self, wrong: list[InputError]) -> None:
        super().__init__("several")
        self.wrong = wrong

    @property
    def parts(self) -> tuple[InputError, ...]:
        return tuple(self.wrong)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("mutated")
    shutil.copytree(CLINIC, found, dirs_exist_ok=True)
    (found / "factors.yaml").write_bytes(SHIPPED.read_bytes())
    shutil.copyfile(
        Path(__file__).parents[3] / "hil/controllers/configurations/landscape_pool.yaml", found / "configuration.yaml"
    )
    shutil.copyfile(CATALOGUES / "pumps.csv", found / "my_pumps.csv")
    shutil.copyfile(MAPS / "screw_r134a.csv", found / "map.csv")
    (found / "year.epw").write_bytes(epw_bytes())
    (found / "journal.jsonl").write_bytes(journal_bytes("mixer.position_cmd"))
    recording(found / "run")
    return found


def _replay(folder: Path) -> None:
    Replay(folder / "journal.jsonl", STORES.setdefault("clinic", build("plant.yaml", START, 3600.0).store))


STORES: dict[str, object] = {}
KINDS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "plant": ("plant.yaml", check("plant.yaml")),
    "bench": ("bench.yaml", check("bench.yaml")),
    "scenario": ("scenario.yaml", check("scenario.yaml")),
    "device": ("drive.yaml", check("drive.yaml")),
    "device csv": ("meter.csv", lambda folder: read_device(folder / "meter.csv")),
    "configuration": ("configuration.yaml", check("configuration.yaml")),
    "factors": ("factors.yaml", check("factors.yaml")),
    "weather csv": ("winter.csv", lambda folder: weather(str(folder / "winter.csv"), START, 6 * 3600.0)),
    "epw": ("year.epw", lambda folder: read_epw(read_epw_year(folder / "year.epw"), START, 86400.0)),
    "catalogue": ("my_pumps.csv", lambda folder: read_catalogue(folder / "my_pumps.csv")),
    "performance map": ("map.csv", lambda folder: read_map(folder / "map.csv")),
    "journal": ("journal.jsonl", _replay),
    "recording": (f"run/{RECORDING_FILE}", lambda folder: signals(folder / "run" / RECORDING_FILE)),
    "stream": (f"run/kept.{STREAM_FILE}", recovered),
    "events": (f"run/kept.{EVENTS_FILE}", recovered),
}


@pytest.fixture
def alarm() -> Iterator[None]:
    """Ends a file that hangs the reader, with the traceback of where it hangs."""

    def ring(*_: object) -> None:
        raise TimeoutError("the reader hangs")

    before = signal.signal(signal.SIGALRM, ring)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_taken_or_refused_in_a_line_with_its_place(kind, folder, monkeypatch, alarm):
    monkeypatch.chdir(folder)
    name, take = KINDS[kind]
    file = folder / name
    whole = file.read_bytes()
    take(folder)
    names = re.compile(
        "|".join(re.escape(path.name) for path in [*folder.rglob("*.*"), Path(STREAM_FILE), Path(EVENTS_FILE)])
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused = 0
    try:
        for number in range(EXAMPLES):
            data = damaged(whole, kind, number)
            file.write_bytes(data)
            signal.alarm(LONGEST_S)
            try:
                take(folder)
            except InputError as error:
                refused += 1
                for part in error.parts:
                    assert "\n" not in str(part), (number, str(part))
                    assert len(str(part)) < 2000, (number, str(part))
                    assert names.search(str(part)), (number, str(part))
            except Exception as error:
                error.add_note(f"{kind} {number}: {data[:3000]!r}")
                raise
            finally:
                signal.alarm(0)
    finally:
        file.write_bytes(whole)
    assert refused > EXAMPLES // 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_GROWTH_KB
