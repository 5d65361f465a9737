/* A winter controller for the plant room of the example `office`, on libmodbus.
 *
 * Every second of plant time it reads the panel, the valves, the meters and the units, decides, and writes all its
 * commands again, as a programmable controller does. It keeps no state that the plant cannot tell it: after a lost
 * connection, or a restart of either side, it finds its way back by itself.
 *
 * Usage: controller HOST PORT
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <modbus.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "registers.h" /* made from `geotwin map office --format csv`, see Makefile */

enum { VALVES = 8, WELLS = 4, PAIR = 2 };
enum { WINTER = 1, CHANGING = 3, HEATING = 0 };

static const int valve[VALVES] = {UNIT_V1, UNIT_V2, UNIT_V3, UNIT_V4, UNIT_V5, UNIT_V6, UNIT_V7, UNIT_V8};
static const bool open_in_winter[VALVES] = {true, false, true, false, true, false, true, false};
static const int well_pump[WELLS] = {UNIT_WELL_PUMP_1, UNIT_WELL_PUMP_2, UNIT_WELL_PUMP_3, UNIT_WELL_PUMP_4};
static const int source_pump[PAIR] = {UNIT_SOURCE_PUMP_1, UNIT_SOURCE_PUMP_2};
static const int load_pump[PAIR] = {UNIT_LOAD_PUMP_1, UNIT_LOAD_PUMP_2};
static const int unit[PAIR] = {UNIT_HP_1, UNIT_HP_2};

static const double SUPPLY_SETPOINT = 45.0; /* degC, leaving water of the units */
static const double LEAST_FLOW = 48.0;      /* m3/h in either loop, below which no unit may run */
static const uint32_t PROVE_FLOW = 30;      /* plant seconds for which the flow must be there before a start */
static const uint32_t CHANGEOVER = 180;     /* plant seconds in which all valves must have arrived */
static const uint32_t PUMP_START = 30;      /* plant seconds in which a pump must prove that it runs */
static const uint32_t MIN_OFF = 1230;       /* plant seconds from the stop of a unit to its next start: it refuses less */
static const uint32_t OVERRUN = 120;        /* plant seconds for which the pumps run on behind the units */

/* Neighbouring registers are written with one request. */
_Static_assert(WELL_PUMP_VFD_ENABLE_CMD == CIRCULATION_PUMP_ENABLE_CMD && WELL_PUMP_VFD_SPEED_CMD == CIRCULATION_PUMP_SPEED_CMD,
               "well pumps are commanded like circulation pumps");
_Static_assert(CIRCULATION_PUMP_SPEED_CMD == CIRCULATION_PUMP_ENABLE_CMD + 1, "pump commands have moved");
_Static_assert(HEAT_PUMP_LEAVING_TEMP_SP == HEAT_PUMP_ENABLE_CMD + 2, "unit commands have moved");

/* What was read in this scan. */
struct inputs {
    uint32_t plant_time;
    bool lockstep, wanted, reset, valves_ready, unit_runs, unit_alarm;
    double speed, source_flow, load_flow, supply_temp;
    struct pump { bool runs, tripped; } source_pump[PAIR], load_pump[PAIR];
};

/* What is remembered from scan to scan; all times are plant seconds. */
struct memory {
    uint32_t scan_time, valves_since, flow_since, idle_since, ran_at;
    uint16_t life_sign;
    bool units_on;
    struct pair { int duty; uint32_t since; bool failed; } source, load; /* failed: until the panel's reset */
};

static volatile sig_atomic_t stopping;

static void stop(int number)
{
    (void)number;
    stopping = 1;
}

static void pause_for(double seconds)
{
    struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

/* Access to one register of one device. All return false when the connection is gone or the device refuses. */

static bool read_bit(modbus_t *bus, int device, int address, bool *value)
{
    uint8_t bit = 0;
    if (modbus_set_slave(bus, device) != 0 || modbus_read_input_bits(bus, address, 1, &bit) != 1)
        return false;
    *value = bit != 0;
    return true;
}

static bool read_pump(modbus_t *bus, int device, struct pump *pump)
{
    return read_bit(bus, device, CIRCULATION_PUMP_RUNNING, &pump->runs) &&
           read_bit(bus, device, CIRCULATION_PUMP_ALARM_TRIP, &pump->tripped);
}

static bool read_words(modbus_t *bus, int device, int address, int count, uint16_t *words)
{
    return modbus_set_slave(bus, device) == 0 && modbus_read_input_registers(bus, address, count, words) == count;
}

static bool write_bit(modbus_t *bus, int device, int address, bool value)
{
    return modbus_set_slave(bus, device) == 0 && modbus_write_bit(bus, address, value) == 1;
}

static bool write_words(modbus_t *bus, int device, int address, int count, const uint16_t *words)
{
    return modbus_set_slave(bus, device) == 0 && modbus_write_registers(bus, address, count, words) == count;
}

static bool read_flow(modbus_t *bus, int meter, double *flow)
{
    uint16_t words[2];
    if (!read_words(bus, meter, HEAT_METER_FLOW, 2, words))
        return false;
    *flow = modbus_get_float_cdab(words); /* the heat meters send the low word first */
    return true;
}

static bool read_rig(modbus_t *bus, struct inputs *in)
{
    uint16_t words[RIG_SCAN + 1];
    if (!read_words(bus, UNIT_RIG, 0, RIG_SCAN + 1, words))
        return false;
    in->plant_time = (uint32_t)words[RIG_PLANT_TIME] << 16 | words[RIG_PLANT_TIME + 1];
    in->speed = modbus_get_float_abcd(words + RIG_SPEED);
    in->lockstep = words[RIG_LOCKSTEP] != 0;
    return true;
}

static bool read_plant(modbus_t *bus, struct inputs *in)
{
    uint16_t selector, temp;
    bool pressed, proof, on, good = true;
    good = good && read_words(bus, UNIT_PANEL, PANEL_SEASON_SELECTOR, 1, &selector);
    good = good && read_bit(bus, UNIT_PANEL, PANEL_EMERGENCY_STOP, &pressed);
    good = good && read_bit(bus, UNIT_PANEL, PANEL_ALARM_RESET, &in->reset);
    in->wanted = good && selector == WINTER && !pressed;
    in->valves_ready = true;
    for (int i = 0; i < VALVES && good; i++) {
        int arrived = open_in_winter[i] ? VALVE_ACTUATOR_OPEN_PROOF : VALVE_ACTUATOR_CLOSED_PROOF;
        good = read_bit(bus, valve[i], arrived, &proof);
        in->valves_ready = in->valves_ready && good && proof;
    }
    good = good && read_flow(bus, UNIT_SOURCE_METER, &in->source_flow);
    good = good && read_flow(bus, UNIT_LOAD_METER, &in->load_flow);
    good = good && read_words(bus, UNIT_LOAD_METER, HEAT_METER_SUPPLY_TEMP, 1, &temp);
    in->supply_temp = good ? (int16_t)temp * HEAT_METER_SUPPLY_TEMP_SCALE : 0.0;
    in->unit_runs = in->unit_alarm = false;
    for (int i = 0; i < PAIR && good; i++) {
        good = good && read_pump(bus, source_pump[i], &in->source_pump[i]);
        good = good && read_pump(bus, load_pump[i], &in->load_pump[i]);
        good = good && read_bit(bus, unit[i], HEAT_PUMP_RUNNING, &on);
        in->unit_runs = in->unit_runs || (good && on);
        good = good && read_bit(bus, unit[i], HEAT_PUMP_ALARM, &on);
        in->unit_alarm = in->unit_alarm || (good && on);
    }
    return good;
}

/* The other pump of a pair takes over when the one on duty trips, or does not prove that it runs. */
static void choose_pump(const struct pump pumps[PAIR], bool commanded, bool reset, struct pair *pair, uint32_t now)
{
    const struct pump *duty = &pumps[pair->duty], *other = &pumps[1 - pair->duty];
    bool late = commanded && !duty->runs && now - pair->since > PUMP_START;
    pair->failed = (pair->failed && !reset) || duty->tripped || late;
    if (!commanded || duty->runs)
        pair->since = now;
    if (late || (duty->tripped && !other->tripped))
        *pair = (struct pair){.duty = 1 - pair->duty, .since = now, .failed = true};
}

/* Whether the pumps run in this scan, and whether the units may. */
static bool decide(const struct inputs *in, struct memory *mem)
{
    uint32_t now = in->plant_time;
    bool pumps = in->valves_ready && (in->wanted || now - mem->idle_since < OVERRUN);
    if (in->valves_ready)
        mem->valves_since = now;
    if (in->wanted || in->unit_runs)
        mem->idle_since = now;
    if (in->source_flow < LEAST_FLOW || in->load_flow < LEAST_FLOW)
        mem->flow_since = now;
    choose_pump(in->source_pump, pumps, in->reset, &mem->source, now);
    choose_pump(in->load_pump, pumps, in->reset, &mem->load, now);
    if (in->unit_runs)
        mem->ran_at = now;
    bool rested = mem->units_on || now - mem->ran_at >= MIN_OFF;
    mem->units_on = rested && in->wanted && pumps && now - mem->flow_since >= PROVE_FLOW;
    return pumps;
}

static bool write_pump(modbus_t *bus, int device, bool on, double share)
{
    uint16_t words[2] = {on, (uint16_t)(share * 100.0 / CIRCULATION_PUMP_SPEED_CMD_SCALE + 0.5)};
    return write_words(bus, device, CIRCULATION_PUMP_ENABLE_CMD, 2, words);
}

static bool write_plant(modbus_t *bus, const struct inputs *in, struct memory *mem, bool pumps)
{
    uint32_t now = in->plant_time;
    bool late = !in->valves_ready && now - mem->valves_since > CHANGEOVER, good = true;
    uint16_t setpoint = (uint16_t)(SUPPLY_SETPOINT / HEAT_PUMP_LEAVING_TEMP_SP_SCALE + 0.5);
    uint16_t unit_words[3] = {mem->units_on, HEATING, setpoint};
    uint16_t season = in->valves_ready ? WINTER : CHANGING;
    bool failed = mem->source.failed || mem->load.failed;
    uint16_t beat[2] = {(uint16_t)(now >> 16), (uint16_t)now};
    for (int i = 0; i < PAIR && good; i++)
        good = write_words(bus, unit[i], HEAT_PUMP_ENABLE_CMD, 3, unit_words); /* units first: they must stop soonest */
    for (int i = 0; i < VALVES && good; i++)
        good = write_bit(bus, valve[i], VALVE_ACTUATOR_OPEN_CMD, open_in_winter[i]);
    for (int i = 0; i < WELLS && good; i++)
        good = write_pump(bus, well_pump[i], pumps, 1.0);
    for (int i = 0; i < PAIR && good; i++) {
        good = write_pump(bus, source_pump[i], pumps && i == mem->source.duty, 1.0);
        good = good && write_pump(bus, load_pump[i], pumps && i == mem->load.duty, 1.0);
    }
    mem->life_sign++;
    good = good && write_words(bus, UNIT_PANEL, PANEL_SEASON, 1, &season);
    good = good && write_words(bus, UNIT_PANEL, PANEL_LIFE_SIGN, 1, &mem->life_sign);
    good = good && write_bit(bus, UNIT_PANEL, PANEL_ALARM_UNIT, in->unit_alarm);
    good = good && write_bit(bus, UNIT_PANEL, PANEL_ALARM_CHANGEOVER, late);
    good = good && write_bit(bus, UNIT_PANEL, PANEL_ALARM_SOURCE_PUMP, mem->source.failed);
    good = good && write_bit(bus, UNIT_PANEL, PANEL_ALARM_LOAD_PUMP, mem->load.failed);
    good = good && write_bit(bus, UNIT_PANEL, PANEL_ALARM, in->unit_alarm || late || failed);
    good = good && write_words(bus, UNIT_RIG, RIG_HEARTBEAT, 2, beat);
    return good && (!in->lockstep || write_words(bus, UNIT_RIG, RIG_SYNC, 2, beat));
}

/* What a controller that has just been switched on knows. */
static struct memory fresh_memory(uint32_t now)
{
    return (struct memory){.valves_since = now, .flow_since = now, .idle_since = now - OVERRUN,
                           .ran_at = now - MIN_OFF, .source.since = now, .load.since = now};
}

/* One look at the plant, and a scan if its time has moved on. Returns false when the connection is of no more use. */
static bool scan(modbus_t *bus, struct memory *mem, double *wait)
{
    struct inputs in;
    bool had = mem->units_on;
    if (!read_rig(bus, &in))
        return false;
    *wait = in.speed > 0.0 ? 1.0 / in.speed : 0.001; /* unpaced: the plant waits for us */
    *wait = in.speed > 20.0 ? 0.05 : *wait;
    if (mem->life_sign != 0 && in.plant_time == mem->scan_time)
        return true;
    if (in.plant_time < mem->scan_time || mem->life_sign == 0)
        *mem = fresh_memory(in.plant_time);
    mem->scan_time = in.plant_time;
    if (!read_plant(bus, &in) || !write_plant(bus, &in, mem, decide(&in, mem)))
        return false;
    if (mem->units_on != had)
        printf("%us: units %s; source %.0f m3/h, load %.0f m3/h, supply %.1f degC\n", in.plant_time,
               mem->units_on ? "released" : "held", in.source_flow, in.load_flow, in.supply_temp);
    return true;
}

/* Work until the connection breaks or we are told to stop; then the units are switched off. */
static void work(modbus_t *bus, struct memory *mem)
{
    double wait = 1.0;
    uint16_t off = 0;
    while (!stopping && scan(bus, mem, &wait))
        pause_for(wait);
    if (!stopping)
        return;
    for (int i = 0; i < PAIR; i++)
        write_words(bus, unit[i], HEAT_PUMP_ENABLE_CMD, 1, &off);
}

int main(int count, char **words)
{
    struct sigaction action = {.sa_handler = stop};
    struct memory mem = {0};
    double back_off = 0.25;
    if (count != 3) {
        fprintf(stderr, "usage: controller HOST PORT\n");
        return 2;
    }
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (!stopping) {
        modbus_t *bus = modbus_new_tcp_pi(words[1], words[2]);
        if (bus == NULL) {
            fprintf(stderr, "cannot use %s port %s: %s\n", words[1], words[2], modbus_strerror(errno));
            return 2;
        }
        if (modbus_connect(bus) == 0) {
            printf("connected to %s port %s\n", words[1], words[2]);
            back_off = 0.25;
            work(bus, &mem);
        }
        if (!stopping) {
            printf("no connection (%s), next try in %.2f s\n", modbus_strerror(errno), back_off);
            pause_for(back_off);
            back_off = back_off < 4.0 ? back_off * 2.0 : 8.0;
        }
        modbus_close(bus);
        modbus_free(bus);
    }
    return 0;
}
