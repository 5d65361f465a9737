"""A plant on the bus in real time, with a line that says how it is doing."""

import asyncio
import contextlib
import gc
from datetime import UTC, datetime

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bus.transport import Transport
from hil.mqtt.settings import MqttSettings
from hil.runs.console import attach
from hil.runs.options import check_speed
from hil.runs.ports import modbus_server, mqtt_transport, started
from hil.runs.real_time_class import preferred
from plant_models.building.zone import Zone
from plant_models.plant import build
from twin.clock import Realtime

STATUS_S = 1.0


class Serving:
    """A plant served until it is told to stop; plant time runs `speed` times as fast as real time."""

    def __init__(
        self, plant: str, start: datetime, speed: float, host: str, port: int | None, bench: str | None = None
    ) -> None:
        """Build the plant and its bench; bench: a file instead of the plant's own."""
        self.clock = Realtime(check_speed(speed))
        self.plant = build(plant, start)
        self.bench = Bench(self.plant, read_bench(bench or plant, port), start)
        self.start, self.host = start, host
        self.bench.store.row("rig").speed = speed
        self.server = modbus_server(self.bench, host)

    async def run(
        self, stop: asyncio.Event, mqtt: MqttSettings | None, duration_s: float | None, live: bool, typed: bool = False
    ) -> None:
        """Serve until `stop` is set or so many seconds have passed.

        live: keep one status line up to date; typed: take lines from the terminal instead (hil.runs.console)
        """
        transports: list[Transport] = [self.server]
        if mqtt is not None:
            transports.append(mqtt_transport(self.bench, mqtt, self.start.replace(tzinfo=UTC)))

        def publish() -> None:
            for transport in transports:
                transport.publish()

        self.plant.prepare()
        self.bench.refresh()
        self.bench.every(max(1000, self.bench.schedule.tick_ms), publish)
        async with started(transports):
            ports = ", ".join(map(str, self.server.ports))
            print(f"{self.plant.name} answers on {self.host}, Modbus TCP port {ports}; Ctrl-C ends it", flush=True)
            if mqtt is not None:
                print(
                    f"MQTT: broker at {mqtt.host}, port {mqtt.port}, topics geotwin/{self.plant.name}/...", flush=True
                )
            if typed:
                attach(self.bench, self.status, stop)
            gc.freeze()
            with preferred() as rank:
                if live:
                    print(f"scheduling: {rank}", flush=True)
                await self._until(stop, duration_s, live)

    async def _until(self, stop: asyncio.Event, duration_s: float | None, live: bool) -> None:
        """Tick and report until `stop` is set or the time is over."""
        ticking = asyncio.create_task(self._tick())
        stopping = asyncio.create_task(stop.wait())
        status = asyncio.create_task(self._report(live))
        await asyncio.wait({ticking, stopping}, timeout=duration_s, return_when=asyncio.FIRST_COMPLETED)
        for task in (ticking, stopping, status):
            task.cancel()
        for task in (ticking, stopping, status):
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _tick(self) -> None:
        schedule = self.bench.schedule
        while (due := schedule.next_ms()) is not None:
            await self.clock.wait(due)
            schedule.run_instant()

    async def _report(self, live: bool) -> None:
        if not live:
            return
        while True:
            print("\r\x1b[K" + self.status(), end="", flush=True)
            await asyncio.sleep(STATUS_S)

    def status(self) -> str:
        """Plant time, a few temperatures, who is connected, and how late the ticks are."""
        schedule, store = self.bench.schedule, self.bench.store
        at = datetime.fromtimestamp(self.start.replace(tzinfo=UTC).timestamp() + schedule.now_s, UTC)
        parts = [
            f"{at:%a %d %b %H:%M:%S}",
            f"x{self.clock.speed:g}",
            f"outdoor {store.read('weather.outdoor_temp'):.1f} degC",
        ]
        if Zone.table in store.tables:
            parts.append(f"rooms {float(store.tables[Zone.table].temp.mean()):.1f} degC")
        parts.append(f"connections {sum(count.accepted for count in self.server.counts)}")
        parts.append(f"lag p99 {self.clock.lag.percentile(0.99):.1f} ms")
        return " | ".join(parts)
