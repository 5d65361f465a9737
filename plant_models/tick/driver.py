"""The driver: one compiled function that advances any plant by n ticks, and the order in which kernels run in a tick.

`run` is written once for all plants; a kind that a plant does not have is an empty table and costs nothing. Compiled
code is entered through plant_models.tick.entrance.
"""

from typing import Any

from plant_models.building import air_handler, fan_coil, hot_water, pool, radiant_floor, radiator, zone
from plant_models.equipment import boiler, cooling_tower, decoupler, plate_exchanger
from plant_models.ground import borehole, borehole_exchange, well
from plant_models.heat_pump import air_coil, water_water_unit
from plant_models.households import household
from plant_models.piping import (
    check_valve,
    holding,
    meters,
    overflow_valve,
    pipe,
    pump,
    temperature_sensor,
    three_way_valve,
    valve,
)
from plant_models.tick import liquid, standing, thermal
from plant_models.tick.balance import audit
from plant_models.tick.kinds import Tables
from plant_models.tick.steps import Step, phase
from plant_models.water import cavities, hydraulics, ice
from plant_models.weather import weather
from twin.kernel import kernel

ACTUATE: tuple[Step, ...] = (
    Step(weather.advance_weather, "weather series dt"),
    Step(water_water_unit.actuate, "waterwaterunit passage network dt"),
    Step(air_coil.actuate, "aircoil waterwaterunit weather passage junction network dt"),
    Step(pump.actuate, "pump passage network dt"),
    Step(valve.actuate, "valve passage network dt"),
    Step(three_way_valve.actuate, "threewayvalve passage network dt"),
    Step(overflow_valve.actuate, "overflowvalve passage junction network dt"),
    Step(check_valve.actuate, "checkvalve passage network"),
    Step(pipe.actuate, "pipe passage network"),
    Step(plate_exchanger.actuate, "plateexchanger passage network"),
    Step(fan_coil.actuate, "fancoil zone passage network dt"),
    Step(well.interlock, "singlewell pump dt"),
    Step(well.actuate, "singlewell passage junction network dt"),
    Step(household.advance, "household roomunit zone weather passage network dt"),
    Step(boiler.actuate, "boiler dt"),
    Step(cooling_tower.actuate, "coolingtower passage network dt"),
    Step(hot_water.actuate, "hotwaterdraw passage weather network"),
    Step(air_handler.actuate, "airhandlingunit passage network dt"),
    Step(radiant_floor.actuate, "radiantfloor zone passage network dt"),
    Step(radiator.actuate, "radiator zone passage network dt"),
    Step(holding.actuate, "pressureholding passage junction network dt"),
    Step(borehole.actuate, "boreholefield passage pipe network balance dt"),
)
"""Drives, strokes, thermostats and protections move, from what was sensed in the last tick."""
ICING = (
    "pipe", "pump", "layeredtank", "boiler", "coolingtower", "fancoil", "airhandlingunit", "radiantfloor", "household",
    "radiator",
)  # fmt: skip
"""The kinds that show the ice in their passage."""
FLOW: tuple[Step, ...] = (
    Step(hydraulics.solve, "junction passage network net dt"),
    Step(cavities.hold, "junction passage network"),
    Step(thermal.arrange, "passage junction order dt"),
)
"""Solve the network where something has moved."""
EXCHANGE: tuple[Step, ...] = (
    Step(pump.exchange, "pump passage dt"),
    Step(plate_exchanger.exchange, "plateexchanger passage dt"),
    Step(well.exchange, "singlewell passage junction"),
    Step(borehole_exchange.exchange, "boreholefield passage pipe"),
    Step(water_water_unit.exchange, "waterwaterunit passage performancemap dt"),
    Step(air_coil.exchange, "aircoil weather passage dt"),
    Step(fan_coil.exchange, "fancoil zone passage dt"),
    Step(boiler.exchange, "boiler passage dt"),
    Step(cooling_tower.exchange, "coolingtower passage weather dt"),
    Step(decoupler.exchange, "decoupler passage dt"),
    Step(pool.exchange, "pool passage zone weather dt"),
    Step(air_handler.exchange, "airhandlingunit zone passage weather dt"),
    Step(radiant_floor.exchange, "radiantfloor zone passage dt"),
    Step(radiator.exchange, "radiator zone passage dt"),
    Step(thermal.advance, "passage junction pipe layeredtank balance order dt"),
    Step(liquid.limit, "passage junction pipe layeredtank network dt"),
    Step(standing.read, "passage junction pipe layeredtank order dt"),
    Step(zone.advance, "zone weather dt"),
)
"""Heat into all passages, from the temperatures of the last tick, then the water carries it on."""
SENSE: tuple[Step, ...] = (
    Step(pump.sense, "pump passage junction dt"),
    Step(valve.sense, "valve passage junction"),
    Step(three_way_valve.sense, "threewayvalve passage"),
    Step(overflow_valve.sense, "overflowvalve passage junction"),
    Step(check_valve.sense, "checkvalve passage"),
    Step(well.sense, "singlewell passage junction fieldwatermeter dt"),
    Step(water_water_unit.sense, "waterwaterunit passage"),
    Step(air_coil.sense, "aircoil passage"),
    Step(fan_coil.sense, "fancoil passage"),
    Step(boiler.sense, "boiler passage"),
    Step(cooling_tower.sense, "coolingtower passage junction network weather"),
    Step(decoupler.sense, "decoupler passage"),
    Step(pool.sense, "pool passage junction network"),
    Step(hot_water.sense, "hotwaterdraw passage dt"),
    Step(air_handler.sense, "airhandlingunit zone passage"),
    Step(radiant_floor.sense, "radiantfloor passage"),
    Step(radiator.sense, "radiator passage"),
    Step(holding.sense, "pressureholding passage junction dt"),
    Step(borehole.sense, "boreholefield passage pipe dt"),
    Step(plate_exchanger.sense, "plateexchanger passage junction"),
    Step(pipe.sense, "pipe passage dt"),
    Step(temperature_sensor.read, "temperaturesensor passage layeredtank dt"),
    *(Step(ice.show, f"{kind} passage network") for kind in ICING),
    Step(meters.read_heat, "heatmeter passage junction dt"),
    Step(meters.read_water, "watermeter passage dt"),
    Step(meters.read_field, "fieldwatermeter dt"),
    Step(meters.clear, "electricitymeter"),
    Step(meters.count, "pump electricitymeter"),
    Step(meters.count, "valve electricitymeter"),
    Step(meters.count, "threewayvalve electricitymeter"),
    Step(meters.count, "waterwaterunit electricitymeter"),
    Step(meters.count, "aircoil electricitymeter"),
    Step(meters.count, "fancoil electricitymeter"),
    Step(meters.count, "household electricitymeter"),
    Step(meters.count, "pressureholding electricitymeter"),
    Step(meters.count, "boiler electricitymeter"),
    Step(meters.count, "coolingtower electricitymeter"),
    Step(meters.count, "airhandlingunit electricitymeter"),
    Step(meters.integrate, "electricitymeter dt"),
)
"""What instruments, proofs and meters show at the end of the tick."""
PHASES = {"actuate": ACTUATE, "flow": FLOW, "exchange": EXCHANGE, "sense": SENSE}
"""The steps of a tick, phase by phase."""
AUDIT_PERIOD = 60.0
"""Time between two audits of the energy account [s]."""

actuate = phase("actuate", ACTUATE, Tables._fields)
solve_anew = phase("solve_anew", FLOW, Tables._fields)
exchange = phase("exchange", EXCHANGE, Tables._fields)
sense = phase("sense", SENSE, Tables._fields)


@kernel
def flow(t: Any, dt: float) -> None:
    """Solve the network where something has moved; pressures near their floor are looked at in every tick."""
    if t.network[0].moved > 0.0:
        solve_anew(t, dt)
    elif t.network[0].suspects > 0.0:
        cavities.hold(t.junction, t.passage, t.network)


@kernel
def run(t: Any, ticks: int, dt: float) -> None:
    """Advance the plant by so many ticks of dt [s]."""
    for _ in range(ticks):
        actuate(t, dt)
        flow(t, dt)
        exchange(t, dt)
        sense(t, dt)
        audit(t.passage, t.pipe, t.layeredtank, t.balance, dt, AUDIT_PERIOD)
