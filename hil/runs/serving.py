"""A plant on the bus in real time, with a line that says how it is doing."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench, read_line_keys
from hil.bench.watchdogs import Watchdogs
from hil.bus.exchanges import Keep
from hil.bus.transport import Served, Transport
from hil.runs.options import check_speed
from hil.runs.pacing import pace, publish_period, publish_to, punctual
from hil.runs.ports import opened
from hil.runs.versions import versions
from plant_models.assembly.plant_file import read_plant
from plant_models.building.zone import Zone
from plant_models.plant import YEAR_S, Plant
from plant_models.weather.weather import reach
from twin.clock import Realtime
from twin.journal import Journal

STATUS_S = 1.0


class Serving:
    """A plant served until it is told to stop; plant time runs `speed` times as fast as real time.

    keep: takes what goes over the lines; nobody by default
    """

    def __init__(
        self,
        plant: str,
        start: datetime,
        speed: float,
        port: int | None,
        bench: str | None = None,
        journal: Path | None = None,
    ) -> None:
        """Build the plant and its bench.

        start: a moment with its offset, or local standard time of the plant's site without one
        port: the first port of its units; bench: a file instead of the plant's own
        journal: a file that keeps every write from outside
        """
        self.clock = Realtime(check_speed(speed))
        text = read_plant(plant)
        self.reach_s = reach(text.weather(), start, text.site())
        self.plant = Plant(text, start, self.reach_s if 0.0 < self.reach_s < YEAR_S else YEAR_S)
        units = read_bench(bench or plant, port)
        self._keys = read_line_keys(bench or plant, units)
        self.bench = Bench(self.plant, units, self.plant.start)
        self.bench.store.row("rig").speed = speed
        self.bench.bus.away.wired = True
        self.transports: list[Transport] = []
        self.keep: Keep | None = None
        self._journal = Journal(journal, {"plant": self.plant.name, "versions": versions()}) if journal else None
        if self._journal is not None:
            self.bench.keep_journal(self._journal)

    async def run(
        self,
        stop: asyncio.Event,
        lines: Mapping[str, Any],
        duration_s: float | None,
        live: bool,
        opened_all: Callable[[], None] = lambda: None,
    ) -> None:
        """Serve until `stop` is set or so many seconds have passed.

        lines: what is wished of each line, by its name (hil.runs.ports)
        live: keep one status line up to date; opened_all: called once all lines are open
        """
        bench = self.bench
        self.plant.prepare()
        bench.refresh()
        now = lambda: bench.schedule.now_ms  # noqa: E731
        served = Served(
            bench.bus, self.plant.name, now, self.plant.instant, None, self._keys, self.clock.speed, self.keep
        )
        try:
            async with opened(served, lines) as self.transports:
                Watchdogs(bench)
                publish_to(bench, self.transports, publish_period(bench, self.clock, 0))
                for number, transport in enumerate(self.transports):
                    print(f"{self.plant.name} {transport.where()}{'' if number else '; Ctrl-C ends it'}", flush=True)
                if self.reach_s < YEAR_S:
                    end = self.plant.start + timedelta(seconds=self.reach_s)
                    print(f"the weather file ends at {end}; the plant is served until then", flush=True)
                    left_s = self.reach_s / self.clock.speed
                    duration_s = left_s if duration_s is None else min(left_s, duration_s)
                opened_all()
                with punctual(self.clock) as rank:
                    if live:
                        print(f"scheduling: {rank}", flush=True)
                    await self._until(stop, duration_s, live)
        finally:
            if self._journal is not None:
                self._journal.close()

    async def _until(self, stop: asyncio.Event, duration_s: float | None, live: bool) -> None:
        """Tick and report until `stop` is set or the time is over."""
        ticking = asyncio.create_task(pace(self.bench, self.clock))
        stopping = asyncio.create_task(stop.wait())
        status = asyncio.create_task(self._report(live))
        await asyncio.wait({ticking, stopping}, timeout=duration_s, return_when=asyncio.FIRST_COMPLETED)
        for task in (ticking, stopping, status):
            task.cancel()
        for task in (ticking, stopping, status):
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _report(self, live: bool) -> None:
        if not live:
            return
        while True:
            print("\r\x1b[K" + self.status(), end="", flush=True)
            await asyncio.sleep(STATUS_S)

    def status(self) -> str:
        """Plant time, a few temperatures, who is connected, and how late the ticks are."""
        schedule, store = self.bench.schedule, self.bench.store
        at = self.plant.start + timedelta(seconds=schedule.now_s)
        parts = [
            f"{at:%a %d %b %H:%M:%S}",
            f"x{self.clock.speed:g}",
            f"outdoor {store.read('weather.outdoor_temp'):.1f} degC",
        ]
        if Zone.table in store.tables:
            parts.append(f"rooms {float(store.tables[Zone.table].temp.mean()):.1f} degC")
        parts += [said for transport in self.transports if (said := transport.status())]
        parts.append(f"lag p99 {self.clock.lag.percentile(0.99):.1f} ms")
        return " | ".join(parts)
