"""A winter controller for the plant room of the example `office`: pymodbus in one thread, paho-mqtt in others.

Usage: controller.py HOST PORT [SPEED [BROKER]]
SPEED:  plant seconds in one second of this program's clock; 1 if not given
BROKER: HOST:PORT from which the outdoor temperature comes, and to which the orders go; without it 45 degC are supplied
"""

import contextlib
import json
import queue
import signal
import sys
import threading
import time
from functools import partial

import paho.mqtt.client as paho
from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusException

# Unit ids and addresses of `geotwin map office --format csv`
UNIT_HP_1, UNIT_HP_2, UNIT_V1, UNIT_SOURCE_METER, UNIT_LOAD_METER, UNIT_PANEL = 21, 22, 31, 41, 42, 91
UNIT_WELL_PUMP_1, UNIT_WELL_PUMP_2, UNIT_WELL_PUMP_3, UNIT_WELL_PUMP_4 = 1, 2, 3, 4
UNIT_SOURCE_PUMP_1, UNIT_SOURCE_PUMP_2, UNIT_LOAD_PUMP_1, UNIT_LOAD_PUMP_2 = 11, 12, 13, 14
PANEL_SEASON_SELECTOR, PANEL_EMERGENCY_STOP, PANEL_LIFE_SIGN, HEAT_METER_FLOW = 0, 0, 1, 2
VALVE_ACTUATOR_OPEN_CMD, VALVE_ACTUATOR_OPEN_PROOF, VALVE_ACTUATOR_CLOSED_PROOF = 0, 0, 1
HEAT_PUMP_ENABLE_CMD, CIRCULATION_PUMP_ENABLE_CMD = 0, 0  # well pumps are commanded like circulation pumps

DUTY = (UNIT_WELL_PUMP_1, UNIT_WELL_PUMP_2, UNIT_WELL_PUMP_3, UNIT_WELL_PUMP_4, UNIT_SOURCE_PUMP_1, UNIT_LOAD_PUMP_1)
STANDBY = (UNIT_SOURCE_PUMP_2, UNIT_LOAD_PUMP_2)
WINTER, HEATING, FULL = 1, 0, 1000  # pumps at 100.0 %
LEAST_FLOW = 48.0  # m3/h in either loop, below which no unit may run
REPEAT, PROVE_FLOW, OVERRUN = 15.0, 30.0, 120.0  # s: orders again; flow before a start; pumps behind the units


def good(reply):
    if reply.isError():
        raise ModbusException(str(reply))
    return reply


class Plant:
    """Scans the plant room once a second. `outdoor` brings temperatures, `done` takes away what was ordered."""

    def __init__(self, host: str, port: str, speed: float) -> None:
        self.bus = ModbusTcpClient(host, port=int(port), timeout=1, retries=0)
        self.now = lambda: time.monotonic() * speed
        self.outdoor: queue.Queue[float] = queue.Queue()
        self.done: queue.Queue[dict[str, float]] = queue.Queue()
        self.set_point, self.life_sign, self.arrived, self.last = 45.0, 0, False, (False, False)
        self.given_at, self.wanted_at, self.low_at = -REPEAT, -OVERRUN, self.now()

    def work(self, stop: threading.Event, pause: float) -> None:
        while not stop.wait(pause):
            self.attempt(self.scan)
        self.attempt(partial(self.order, pumps=self.last[0], units=False))

    def attempt(self, what) -> None:
        try:
            if self.bus.connected or self.bus.connect():
                what()
        except (ModbusException, OSError) as error:
            print(f"no connection: {error}", flush=True)
            self.bus.close()

    def bit(self, unit: int, address: int) -> bool:
        return good(self.bus.read_discrete_inputs(address, device_id=unit)).bits[0]

    def words(self, unit: int, address: int, count: int = 1) -> list[int]:
        return good(self.bus.read_input_registers(address, count=count, device_id=unit)).registers

    def flow(self, meter: int) -> float:
        words = self.words(meter, HEAT_METER_FLOW, 2)
        return self.bus.convert_from_registers(words, self.bus.DATATYPE.FLOAT32, word_order="little")

    def scan(self) -> None:
        now = self.now()
        repeat = now - self.given_at >= REPEAT
        if repeat or not self.arrived:  # V1, V3, V5, V7 open, the others closed
            proofs = (VALVE_ACTUATOR_OPEN_PROOF, VALVE_ACTUATOR_CLOSED_PROOF) * 4
            self.arrived = all(self.bit(UNIT_V1 + valve, proof) for valve, proof in enumerate(proofs))
        selector = self.words(UNIT_PANEL, PANEL_SEASON_SELECTOR)
        wanted = selector == [WINTER] and not self.bit(UNIT_PANEL, PANEL_EMERGENCY_STOP)
        if min(self.flow(UNIT_SOURCE_METER), self.flow(UNIT_LOAD_METER)) < LEAST_FLOW:
            self.low_at = now
        self.wanted_at = now if wanted else self.wanted_at
        while not self.outdoor.empty():  # 50 degC at -7.6 degC outside, 35 degC at 10 degC
            self.set_point = min(50.0, max(35.0, 50.0 - 0.852 * (self.outdoor.get() + 7.6)))
        pumps = self.arrived and now - self.wanted_at < OVERRUN
        units = wanted and pumps and now - self.low_at >= PROVE_FLOW
        if repeat or (pumps, units) != self.last:
            self.given_at, self.last = now, (pumps, units)
            self.order(pumps, units)
            self.done.put({"time": round(now), "pumps": pumps, "units": units, "set_point": round(self.set_point, 1)})

    def order(self, pumps: bool, units: bool) -> None:
        for unit in (UNIT_HP_1, UNIT_HP_2):  # units first: they must stop soonest
            self.write(unit, HEAT_PUMP_ENABLE_CMD, int(units), HEATING, round(self.set_point * 10))
        for valve in range(8):
            good(self.bus.write_coil(VALVE_ACTUATOR_OPEN_CMD, valve % 2 == 0, device_id=UNIT_V1 + valve))
        for pump in DUTY + STANDBY:
            self.write(pump, CIRCULATION_PUMP_ENABLE_CMD, int(pumps and pump in DUTY), FULL)
        self.life_sign = (self.life_sign + 1) % 65536
        self.write(UNIT_PANEL, PANEL_LIFE_SIGN, self.life_sign)

    def write(self, unit: int, address: int, *words: int) -> None:
        good(self.bus.write_registers(address, list(words), device_id=unit))


def tell(plant: Plant, stop: threading.Event, broker: str) -> None:
    client, last = paho.Client(paho.CallbackAPIVersion.VERSION2), None
    client.on_connect = lambda *_: client.subscribe("geotwin/office/weather/outdoor_temp", qos=1)
    client.on_message = lambda _client, _data, message: plant.outdoor.put(float(message.payload))
    if broker:
        host, port = broker.rsplit(":", 1)
        client.connect_async(host, int(port))
        client.loop_start()  # paho's own thread: it connects again by itself
    while not stop.is_set():
        with contextlib.suppress(queue.Empty):
            done = plant.done.get(timeout=0.5)
            if broker:
                client.publish("office/controller", json.dumps(done), qos=1, retain=True)
            if last != (done["pumps"], done["units"]):
                print(done, flush=True)
            last = (done["pumps"], done["units"])
    if broker:
        client.disconnect()
        client.loop_stop()


def main() -> None:
    if len(sys.argv) not in (3, 4, 5):
        sys.exit((__doc__ or "").split("\n")[2])
    host, port, *more = sys.argv[1:]
    speed = float(more[0]) if more else 1.0
    stop, plant = threading.Event(), Plant(host, port, speed)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threads = [
        threading.Thread(target=plant.work, args=(stop, 1 / speed), name="plant"),
        threading.Thread(target=tell, args=(plant, stop, "".join(more[1:])), name="broker"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
