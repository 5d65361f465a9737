// A winter controller for the plant room of the example `office`, on modbus-serial.
//
// Usage: node controller.js HOST PORT [SPEED]
// SPEED: plant seconds in one second of this program's clock; 1 if not given
'use strict'
const ModbusRTU = require('modbus-serial')

// Unit ids and addresses of `geotwin map office --format csv`
const UNIT_HP_1 = 21, UNIT_HP_2 = 22, UNIT_V1 = 31, UNIT_SOURCE_METER = 41, UNIT_LOAD_METER = 42, UNIT_PANEL = 91
const UNIT_WELL_PUMP_1 = 1, UNIT_WELL_PUMP_2 = 2, UNIT_WELL_PUMP_3 = 3, UNIT_WELL_PUMP_4 = 4
const UNIT_SOURCE_PUMP_1 = 11, UNIT_SOURCE_PUMP_2 = 12, UNIT_LOAD_PUMP_1 = 13, UNIT_LOAD_PUMP_2 = 14
const PANEL_SEASON_SELECTOR = 0, PANEL_EMERGENCY_STOP = 0, PANEL_LIFE_SIGN = 1, HEAT_METER_FLOW = 2
const VALVE_ACTUATOR_OPEN_CMD = 0, VALVE_ACTUATOR_OPEN_PROOF = 0, VALVE_ACTUATOR_CLOSED_PROOF = 1
const HEAT_PUMP_ENABLE_CMD = 0, CIRCULATION_PUMP_ENABLE_CMD = 0 // well pumps are commanded like circulation pumps

const WELL_PUMPS = [UNIT_WELL_PUMP_1, UNIT_WELL_PUMP_2, UNIT_WELL_PUMP_3, UNIT_WELL_PUMP_4]
const DUTY = [...WELL_PUMPS, UNIT_SOURCE_PUMP_1, UNIT_LOAD_PUMP_1], STANDBY = [UNIT_SOURCE_PUMP_2, UNIT_LOAD_PUMP_2]
const WINTER = 1, HEATING = 0, SETPOINT = 450, FULL = 1000 // leaving water of 45.0 degC, pumps at 100.0 %
const LEAST_FLOW = 48 // m3/h in either loop, below which no unit may run
const REPEAT = 15, PROVE_FLOW = 30, OVERRUN = 120 // s: orders again; flow before a start; pumps behind the units

const [host, port, speed = 1] = process.argv.slice(2)
if (!port) { console.error('usage: node controller.js HOST PORT [SPEED]'); process.exit(2) }
const now = () => performance.now() / 1000 * speed
const memory = { givenAt: -REPEAT, wantedAt: -OVERRUN, lowAt: now(), arrived: false, pumps: false, units: false }
let lifeSign = 0, bus, busy = false, stopping = false

const bit = async (unit, address) => { bus.setID(unit); return (await bus.readDiscreteInputs(address, 1)).data[0] }
const word = async (unit, address) => { bus.setID(unit); return (await bus.readInputRegisters(address, 1)).data[0] }
const write = (unit, address, words) => { bus.setID(unit); return bus.writeRegisters(address, words) }
async function flowOf (meter) { // the heat meters send the low word first
  bus.setID(meter)
  const { buffer } = await bus.readInputRegisters(HEAT_METER_FLOW, 2)
  return buffer.swap16().readFloatLE()
}

async function order (pumps, units) {
  for (const unit of [UNIT_HP_1, UNIT_HP_2]) { // units first: they must stop soonest
    await write(unit, HEAT_PUMP_ENABLE_CMD, [Number(units), HEATING, SETPOINT])
  }
  for (let valve = 0; valve < 8; valve++) { // V1, V3, V5, V7 open, the others closed
    bus.setID(UNIT_V1 + valve)
    await bus.writeCoil(VALVE_ACTUATOR_OPEN_CMD, valve % 2 === 0)
  }
  for (const pump of DUTY) await write(pump, CIRCULATION_PUMP_ENABLE_CMD, [Number(pumps), FULL])
  for (const pump of STANDBY) await write(pump, CIRCULATION_PUMP_ENABLE_CMD, [0, FULL])
  lifeSign = (lifeSign + 1) % 65536
  await write(UNIT_PANEL, PANEL_LIFE_SIGN, [lifeSign])
}

async function scan () {
  const time = now(), repeat = time - memory.givenAt >= REPEAT
  if (repeat || !memory.arrived) {
    memory.arrived = true
    for (let valve = 0; valve < 8; valve++) {
      memory.arrived &&= await bit(UNIT_V1 + valve, valve % 2 ? VALVE_ACTUATOR_CLOSED_PROOF : VALVE_ACTUATOR_OPEN_PROOF)
    }
  }
  const wanted = await word(UNIT_PANEL, PANEL_SEASON_SELECTOR) === WINTER && !await bit(UNIT_PANEL, PANEL_EMERGENCY_STOP)
  if (wanted) memory.wantedAt = time
  if (Math.min(await flowOf(UNIT_SOURCE_METER), await flowOf(UNIT_LOAD_METER)) < LEAST_FLOW) memory.lowAt = time
  const pumps = memory.arrived && time - memory.wantedAt < OVERRUN
  const units = wanted && pumps && time - memory.lowAt >= PROVE_FLOW
  const changed = pumps !== memory.pumps || units !== memory.units
  if (changed) console.log(`${time.toFixed(0)} s: pumps ${pumps}, units ${units}`)
  if (!repeat && !changed) return
  Object.assign(memory, { givenAt: time, pumps, units })
  await order(pumps, units)
}

async function beat () {
  if (busy) return // the scan before is not through
  busy = true
  try {
    if (!bus?.isOpen) { // at the start, and where the line was lost
      bus = new ModbusRTU()
      bus.setTimeout(1000)
      await bus.connectTCP(host, { port: Number(port) })
    }
    await (stopping ? order(memory.pumps, false) : scan())
  } catch (error) {
    console.log(`no connection: ${error.message}`)
    bus.destroy(() => {})
  }
  busy = false
  if (stopping) process.exit(0)
}
setInterval(beat, 1000 / speed)
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => { stopping = true })
