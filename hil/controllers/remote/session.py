"""A controller of the rig as a program of its own: it connects over Modbus TCP and lives in plant time."""

import asyncio
import math
from collections.abc import Callable

from hil.bench.bench_file import plant_of, read_bench
from hil.bench.participant import Controller
from hil.controllers.registry import controller
from hil.controllers.remote.modbus_link import ModbusLink

RIG = ("rig",)
WAIT_S = 0.5
"""Between two tries while nobody answers, and longest sleep between two looks at plant time [s]."""
LOST_S = 2.0
"""Without an answer for so long the connection counts as lost [s]."""
SHORT_S = 0.002
SYNC_RANGE = 2**32


class _Session:
    """One run of a rig: link and controller from the first scan until plant time goes back or the end."""

    def __init__(self, name: str, plant: str, link: ModbusLink, scan_s: float) -> None:
        place = link.place
        self.link, self._name, self._scan_s = link, name, scan_s
        self._time, self._speed = place("rig.plant_time_ms"), place("rig.speed")
        self._lockstep, self._sync = place("rig.lockstep"), place("rig.sync")
        self._heartbeat = place("rig.heartbeat")
        self._controller: Controller = controller(name, link, plant)
        self._last_ms = -1.0
        self._due_s = -math.inf
        self._complete = self._owed = False
        self._scans = 0

    async def step(self) -> float:
        """Look at plant time and scan when it is time to; returns how long to sleep [s of real time]."""
        link, view = self.link, self.link.view
        if not await link.poll(RIG):
            return WAIT_S
        if view[self._time] < self._last_ms:
            raise ClockWentBackError
        lockstep = view[self._lockstep] > 0.5
        if view[self._time] == self._last_ms:
            if self._owed:
                await self._answer(lockstep)
            return self._rest(lockstep)
        if not lockstep and view[self._time] / 1000.0 < self._due_s:
            return self._rest(lockstep)
        self._complete = await link.poll() or self._complete
        if not self._complete or link.age("rig") > WAIT_S:
            return WAIT_S
        self._last_ms = view[self._time]
        now = self._last_ms / 1000.0
        self._due_s = (math.floor(now / self._scan_s) + 1) * self._scan_s
        self._controller.scan(now)
        link.write(self._heartbeat, now)
        await self._answer(lockstep)
        return self._rest(lockstep)

    async def _answer(self, lockstep: bool) -> None:
        """Send the commands; in lockstep end the scan when all of them have arrived. What is owed is tried again."""
        self._owed = not await self.link.flush()
        if lockstep and not self._owed:
            self._scans = (self._scans + 1) % SYNC_RANGE
            self._owed = not await self.link.send(self._sync, float(self._scans))

    def _rest(self, lockstep: bool) -> float:
        if lockstep:
            return 0.0
        speed = self.link.view[self._speed]
        left = self._due_s - self.link.view[self._time] / 1000.0
        return min(max(0.5 * left / speed, SHORT_S), WAIT_S) if speed > 0.0 else SHORT_S


class ClockWentBackError(Exception):
    """Plant time has gone back: another run has begun on the rig."""


async def run(
    controller_name: str,
    host: str,
    port: int,
    scan_s: float = 1.0,
    bench: str = "office",
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Run a controller of the rig over Modbus TCP until cancelled; waits for the rig, reconnects, outlives its runs.

    host, port: where the first port of the bench answers; scan_s: scan period in plant time (a lockstep run sets its
    own); bench: ready plant or bench file, for the register maps; tell: called with a line when the connection changes
    Raises InputError where controller and bench do not fit.
    """
    units, plant = read_bench(bench), plant_of(bench)
    while True:
        link = ModbusLink(host, port, units)
        try:
            session = _Session(controller_name, plant, link, scan_s)
            tell(f"{controller_name}: waiting for the rig at {host}, port {port}")
            answered = False
            while True:
                await asyncio.sleep(await session.step())
                if (link.age("rig") < LOST_S) != answered:
                    answered = not answered
                    tell(f"{controller_name}: {'connected' if answered else 'the rig does not answer; trying again'}")
        except ClockWentBackError:
            pass
        finally:
            link.close()
