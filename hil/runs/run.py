"""Runs one scenario on a bench, records it, judges the recording and writes the result files."""

import math
import time
import uuid
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench, read_line_keys
from hil.bench.bus_link import BusLink
from hil.bench.heartbeat import Heartbeat
from hil.bench.interruptions import Interrupted
from hil.bench.participant import Controller
from hil.bench.performer import Performer
from hil.bench.watchdogs import Watchdogs
from hil.books.factors import read_factors
from hil.bus.transport import Transport
from hil.bus.wire_fault_kinds import WIRE_FAULTS
from hil.controllers.registry import controller
from hil.reports.result import RunResult
from hil.runs import bus_record, recording_size
from hil.runs.attendance import absent
from hil.runs.beginning import begin, check_asked, header_of
from hil.runs.judging import judged, result_of
from hil.runs.limits import Watch
from hil.runs.options import HOLD, NONE, RunOptions
from hil.runs.passing import Progress, pass_time, served
from hil.runs.ports import opened
from hil.runs.started.choice import at_free_ports, started
from hil.runs.started.held import EPOCH_NS
from hil.runs.states.course import Course
from hil.traffic.file import TrafficFile
from plant_models.assembly.plant_file import read_plant
from plant_models.plant import Plant
from plant_models.weather.weather import weather_path
from scenarios import Outcome, Scenario
from scenarios.expressions.live import LiveCondition
from scenarios.kept import kept
from scenarios.limits import with_limits
from scenarios.vary import Variation
from twin.clock import Clock, Free, Realtime
from twin.errors import InputError, RigError
from twin.files import write_whole
from twin.journal import JOURNAL_FILE, Journal, Replay
from twin.recorded import RECORDING_FILE, RecordedRun, open_recording
from twin.recorder import Recorder
from twin.schedule import EVENTS

T = TypeVar("T")


class Run:
    """One scenario on its bench, from the files to the verdict."""

    def __init__(self, scenario: Scenario, options: RunOptions) -> None:
        """Build everything and check the scenario against the plant; InputError before anything is run or written."""
        self.options = options = at_free_ports(options, scenario)
        self.variation = scenario.vary.nominal() if options.seed is None else scenario.vary.drawn(options.seed)
        scenario = scenario.varied(self.variation)
        clock = scenario.clock
        self.seed = clock.seed if options.seed is None else options.seed
        self.end_ms, self.scan_ms = round(clock.duration * 1000), round(clock.scan * 1000)
        self.factors = read_factors(options.factors)
        text = read_plant(scenario.plant)
        self.name = f"{text.file.plant}/{scenario.scenario}"
        other = weather_path(scenario.weather, getattr(scenario.weather, "source", "")) if scenario.weather else ""
        self.plant = Plant(text, clock.start, clock.duration, other, clock.tick)
        shown = clock.model_copy(update={"start": self.plant.instant})
        self.scenario = scenario.model_copy(update={"clock": shown})
        modbus = options.lines.get("modbus")
        units = read_bench(options.bench or scenario.plant, modbus.port if modbus else None)
        self.keys = read_line_keys(options.bench or scenario.plant, units)
        self.bench = Bench(self.plant, units, self.plant.start, self.seed)
        self.asked = scenario.check(self.bench.directory, WIRE_FAULTS)
        self.actions = scenario.actions(self.bench.directory, WIRE_FAULTS)
        check_asked(self.bench, scenario, self.actions)
        begin(self.bench, scenario)
        self.limits = with_limits(scenario.limits, options.limits)
        self.sources = self.bench.sources(self.asked)
        row = recording_size.row_bytes(self.sources)
        self.period_ms = recording_size.period_ms(options.period_s, clock.duration, row)
        self.size = recording_size.size(self.period_ms, clock.duration, row)
        self.identity = uuid.uuid4().hex
        self.started = started(options, self.bench.bus, self.actions, self.seed, scenario.controller_may_end)
        self.heartbeat: Heartbeat | None = None
        self.watch: Watch | None = None
        self.clock: Clock = Realtime(options.speed) if options.clock == "realtime" else Free()
        self.notes, self.absent = list[str](), list[str]()
        self.begun: Callable[[list[Transport]], object] = lambda _: None
        self.traffic: TrafficFile | None = None
        self.folder = Path()
        self.facts: dict[str, str] = {"weather file": "; ".join(self.plant.notes)} if self.plant.notes else {}
        self.stopped = False
        self._vary()
        self.controller, self.until_s = self._attach_controller()
        self.course = Course(self)

    def _vary(self) -> None:
        """What is varied beside the times: the weather, and the noise of instruments."""
        drawn = self.variation
        if self.options.seed is None and drawn == Variation():
            return
        self.facts["variation"] = drawn.sentence()
        self.bench.store.row("weather").temp_variation = drawn.weather_k
        if drawn.instruments_k > 0.0:
            self.bench.blur(drawn.instruments_k)

    def _attach_controller(self) -> tuple[Controller | None, float]:
        """The controller in the process, and from when on it leaves everything as it is [s]."""
        options, rig = self.options, self.bench.store.row("rig")
        options.tamper.attach(self.bench, self.scenario.warm_up, self.end_ms / 1000.0)
        rig.scan = self.scan_ms / 1000.0
        rig.speed = options.speed if options.clock == "realtime" else 1.0 if options.held else 0.0
        if options.outside:
            self.bench.bus.away.wired = True
            self.heartbeat = Heartbeat(self.bench, self.scan_ms)
            self.bench.every(self.scan_ms, self.heartbeat.look)
        elif options.controller != NONE and options.replay is None:
            holds = options.controller == HOLD
            name = "reference" if holds else options.controller
            link = options.tamper.link(BusLink(self.bench.bus))
            made = options.tamper.controller(
                lambda: Interrupted(lambda: controller(name, link, self.scenario.plant), self.bench.bus.wire)
            )
            until_s = self.scenario.warm_up if holds else math.inf
            self.bench.control(made, self.scan_ms, until_s)
            return made, until_s
        return None, math.inf

    def end(self, why: str) -> None:
        """End the run at the next instant; what is recorded until then is judged, and the run is an error."""
        if not self.stopped:
            self.notes.append(f"the run was ended by {why} after {self.bench.schedule.now_s:.0f} s of plant time")
        self.stopped = True

    def complete(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work, `play` among it, on the loop on which this run's time is."""
        return self.started.complete(work)

    async def play(self, folder: Path, progress: Progress) -> RunResult:
        """Run to the end, keep everything in the folder, and judge; what breaks gives the verdict `error`."""
        started_at, began = datetime.now(UTC), time.perf_counter()
        header, asked = header_of(self), self.options.replay
        replay = Replay(asked, self.bench.store, self.bench.bus.free) if asked is not None else None
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in kept(self.scenario).items():
            write_whole(folder / name, text)
        journal = Journal(folder / JOURNAL_FILE, header)
        self.bench.keep_journal(journal)
        epoch_ns = round(self.plant.instant.timestamp()) * EPOCH_NS - EPOCH_NS if self.options.held else None
        self.traffic = bus_record.begin(folder, self.identity, self.bench.bus.units, self.options.lines, epoch_ns)
        if replay is not None:
            self.bench.replay(replay)
        with Recorder(folder, self.sources, self.period_ms, header | {"journal": JOURNAL_FILE}) as recorder:
            try:
                performer = Performer(self.bench, self.actions, recorder.event, self.period_ms)
                self.started.note = recorder.event
                self.bench.record(self.period_ms, recorder.record)
                self._watch_stop()
                self.course.ready(folder, performer, recorder, journal)
                await self._advance(progress)
            except (RigError, InputError) as error:
                self.notes.append(str(error))
            finally:
                self.started.note = lambda *_: None
                journal.close()
                self.notes += bus_record.end(self.traffic)
        if replay is not None:
            self._tell_of(replay)
        wall_s = time.perf_counter() - began
        return self._judged(folder, wall_s, started_at)

    def _tell_of(self, replay: Replay) -> None:
        """How much of a journal the plant took; one of which it took nothing has replayed nothing."""
        self.facts["replayed"] = f"{replay.given} of {replay.count} writes of {self.options.replay}"
        if not replay.given:
            self.notes.append(f"nothing was replayed: {self.facts['replayed']} come within this run")

    def _watch_stop(self) -> None:
        term = self.scenario.stop_condition(self.bench.directory)
        if term is None:
            return
        condition = LiveCondition(term, self.bench.read)
        self.course.ends(condition)

        def look() -> None:
            self.stopped = self.stopped or condition(self.bench.schedule.now_s)

        self.bench.schedule.every(self.period_ms, EVENTS, look, name="stop")

    async def _advance(self, progress: Progress) -> None:
        self.plant.prepare()
        async with opened(served(self), self.options.lines, self.options.clock != "free") as transports:
            self.begun(transports)
            if transports:
                Watchdogs(self.bench)
                self.bench.watch_lines()
            await pass_time(self, transports, progress)
            self.facts |= self.started.facts()
            self.notes += self.started.complaints()
            await self.started.finish()
            if self.options.outside:
                self.absent = absent(transports, self.options.waits_s)

    def _outcomes(self, recording: RecordedRun) -> list[Outcome]:
        """The judgement; none on a controller that was not there, which is said first."""
        if not len(recording.time_s):
            return []
        if not self.absent:
            return judged(self.scenario, recording)
        self.notes = [*self.absent, *self.notes]
        return [criterion.unjudged(self.absent[0]) for criterion in self.scenario.expect]

    def _judged(self, folder: Path, wall_s: float, started_at: datetime) -> RunResult:
        recording = open_recording(folder / RECORDING_FILE)
        if recording.meta.get("run") != self.identity:
            raise RigError(f"{folder}: the recording there is not of this run; nothing can be judged")
        outcomes = self._outcomes(recording)
        self.notes += self.heartbeat.complaints() if self.heartbeat and self.options.audited else []
        self.notes += self.watch.complaints(self.plant.instant) if self.watch else []
        return result_of(self, folder, recording, outcomes, wall_s, started_at.isoformat(timespec="seconds"))
