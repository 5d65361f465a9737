// A winter controller for the plant room of the example `office`, on MQTT alone.
//
// Every ten seconds of plant time it looks at the states that the devices have published, decides, and sends all its
// commands again, as a programmable controller does. While the broker or the plant is away it sends nothing; afterwards it
// begins with what the plant then says.
//
// Usage: node controller.js HOST PORT
'use strict'

const mqtt = require('mqtt')

const PLANT = 'geotwin/office'
const SCAN_S = 10 // plant seconds between two scans

const OPEN_IN_WINTER = ['v1', 'v3', 'v5', 'v7']
const CLOSED_IN_WINTER = ['v2', 'v4', 'v6', 'v8']
const WELL_PUMPS = ['well_pump_1', 'well_pump_2', 'well_pump_3', 'well_pump_4']
const SOURCE_PUMPS = ['source_pump_1', 'source_pump_2'] // duty and standby
const LOAD_PUMPS = ['load_pump_1', 'load_pump_2']
const UNITS = ['hp_1', 'hp_2']
const ROOMS = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `fan_coil_${number}`)
const DEVICES = [
  'rig', 'panel', 'weather', 'source_meter', 'load_meter', ...OPEN_IN_WINTER, ...CLOSED_IN_WINTER, ...SOURCE_PUMPS,
  ...LOAD_PUMPS, ...UNITS
]

const ROOM_SP = 21 // degC
const LEAST_FLOW = 48 // m3/h in either loop, below which no unit may run
const PROVE_FLOW_S = 30 // plant seconds for which the flow must be there before a start
const MIN_OFF_S = 1230 // plant seconds from the stop of a unit to its next start: it refuses less
const OVERRUN_S = 120 // plant seconds for which the pumps run on behind the units

let client
let online = false // whether the plant says that it is there
let state = {} // of each device, by point: what it last published
let memory = null // what is remembered from scan to scan; all times are plant seconds
let lifeSign = 0

// The leaving water that the weather asks for: 50 degC at -7.6 degC outside, 35 degC at 10 degC.
function supplySetPoint (outdoor) {
  const wanted = 50 - 0.852 * (outdoor + 7.6)
  return Math.round(10 * Math.min(50, Math.max(35, wanted))) / 10
}

// The pump of a pair that is to run: the first, unless it has tripped and the other one has not.
function duty ([first, second]) {
  return state[first].alarm_trip && !state[second].alarm_trip ? second : first
}

// What a controller that has just been switched on, or connected again, knows: units that run are left running.
function freshMemory (now) {
  const released = UNITS.some((unit) => state[unit].running)
  const flowSince = released ? now - PROVE_FLOW_S : now
  return { time: now, flowSince, idleSince: now - OVERRUN_S, ranAt: now - MIN_OFF_S, released }
}

// Whether the pumps run, and whether the units may.
function decide (now) {
  const wanted = state.panel.season_selector === 'winter' && !state.panel.emergency_stop
  const valvesReady =
    OPEN_IN_WINTER.every((valve) => state[valve].open_proof) &&
    CLOSED_IN_WINTER.every((valve) => state[valve].closed_proof)
  const running = UNITS.some((unit) => state[unit].running)
  if (wanted || running) memory.idleSince = now
  const pumps = valvesReady && (wanted || now - memory.idleSince < OVERRUN_S)
  if (!(state.source_meter.flow >= LEAST_FLOW && state.load_meter.flow >= LEAST_FLOW)) memory.flowSince = now
  if (running) memory.ranAt = now
  const rested = memory.released || now - memory.ranAt >= MIN_OFF_S
  const units = rested && wanted && pumps && now - memory.flowSince >= PROVE_FLOW_S
  if (units !== memory.released) say(`units ${units ? 'released' : 'held'} at ${now} s of plant time`)
  memory.released = units
  return { pumps, units, valvesReady }
}

function send (device, point, value) {
  client.publish(`${PLANT}/${device}/${point}/set`, String(value), { qos: 1 }) // never with the retain flag
}

function command (now, { pumps, units, valvesReady }) {
  for (const unit of UNITS) { // units first: they must stop soonest
    send(unit, 'mode_cmd', 'heating')
    send(unit, 'leaving_temp_sp', supplySetPoint(state.weather.outdoor_temp ?? -7.6)) // none: the coldest day
    send(unit, 'enable_cmd', units ? 1 : 0)
  }
  for (const valve of OPEN_IN_WINTER) send(valve, 'open_cmd', 1)
  for (const valve of CLOSED_IN_WINTER) send(valve, 'open_cmd', 0)
  const chosen = [...WELL_PUMPS, duty(SOURCE_PUMPS), duty(LOAD_PUMPS)]
  for (const pump of [...WELL_PUMPS, ...SOURCE_PUMPS, ...LOAD_PUMPS]) {
    send(pump, 'speed_cmd', 100)
    send(pump, 'enable_cmd', pumps && chosen.includes(pump) ? 1 : 0)
  }
  for (const room of ROOMS) {
    send(room, 'mode_cmd', 'heat')
    send(room, 'temp_sp', ROOM_SP)
  }
  lifeSign = (lifeSign + 1) % 65536
  send('panel', 'season', valvesReady ? 'winter' : 'changing')
  send('panel', 'alarm_unit', UNITS.some((unit) => state[unit].alarm) ? 1 : 0)
  send('panel', 'life_sign', lifeSign)
  send('rig', 'heartbeat', now)
}

// A message with the plant's time: all states of that instant have come before it.
function scan (milliseconds) {
  const now = Math.floor(milliseconds / 1000)
  if (!online || !DEVICES.every((device) => device in state)) return
  if (memory === null || now < memory.time) memory = freshMemory(now) // an earlier time: the rig was started anew
  else if (now < memory.time + SCAN_S && state.rig.lockstep !== 'on') return
  memory.time = now
  command(now, decide(now))
  if (state.rig.lockstep === 'on') client.publish(`${PLANT}/sync`, String(milliseconds), { qos: 1 })
}

// The plant or the broker is away: nothing is sent any more, and all timers begin anew afterwards.
function rest (why) {
  if (online) say(why)
  online = false
  memory = null
}

// What a message says; nothing where it cannot be read.
function read (payload) {
  try {
    return JSON.parse(payload) ?? {}
  } catch {
    return {}
  }
}

function receive (topic, payload) {
  const name = topic.slice(PLANT.length + 1)
  if (name === 'availability') {
    if (String(payload) === 'online') online = true
    else rest('the plant is offline')
  } else if (name === 'time') {
    const { ms } = read(payload)
    if (Number.isFinite(ms)) scan(ms)
  } else if (DEVICES.includes(name)) {
    const { points } = read(payload)
    if (points) state[name] = points // else what was known stays
  }
}

function say (text) {
  console.log(text)
}

function main ([host, port]) {
  if (!host || !port) {
    console.error('usage: node controller.js HOST PORT')
    process.exit(2)
  }
  client = mqtt.connect({ host, port: Number(port), reconnectPeriod: 1000, connectTimeout: 5000, resubscribe: false })
  client.on('connect', () => {
    client.stream.setNoDelay(true) // a command goes out at once, not with the next one
    say(`connected to the broker at ${host}, port ${port}`)
    client.subscribe(`${PLANT}/+`, { qos: 1 }) // the JSON of every device, the time and the availability
  })
  client.on('close', () => {
    rest('the broker is gone')
    state = {} // after the next connection the broker gives all of it again
  })
  client.on('error', (error) => say(`no connection: ${error.message}`))
  client.on('message', receive)
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => {
      if (online) for (const unit of UNITS) send(unit, 'enable_cmd', 0)
      client.end(false, () => process.exit(0))
      setTimeout(() => process.exit(0), 1000)
    })
  }
}

main(process.argv.slice(2))
