#!/bin/sh
# A winter controller for the plant room of the example `office`: mbpoll for each request, sleep and date for time.
#
# Usage: controller.sh HOST PORT [SPEED]
# SPEED: plant seconds in one second of this script's clock, a whole number; 1 if not given
set -u

# Unit ids and addresses of `geotwin map office --format csv`
UNIT_HP_1=21 UNIT_HP_2=22 UNIT_SOURCE_METER=41 UNIT_LOAD_METER=42 UNIT_PANEL=91
UNIT_WELL_PUMP_1=1 UNIT_WELL_PUMP_2=2 UNIT_WELL_PUMP_3=3 UNIT_WELL_PUMP_4=4
UNIT_SOURCE_PUMP_1=11 UNIT_SOURCE_PUMP_2=12 UNIT_LOAD_PUMP_1=13 UNIT_LOAD_PUMP_2=14
WELL_PUMPS="$UNIT_WELL_PUMP_1 $UNIT_WELL_PUMP_2 $UNIT_WELL_PUMP_3 $UNIT_WELL_PUMP_4"
DUTY="$WELL_PUMPS $UNIT_SOURCE_PUMP_1 $UNIT_LOAD_PUMP_1" STANDBY="$UNIT_SOURCE_PUMP_2 $UNIT_LOAD_PUMP_2"
UNIT_V1=31 UNIT_V2=32 UNIT_V3=33 UNIT_V4=34 UNIT_V5=35 UNIT_V6=36 UNIT_V7=37 UNIT_V8=38
WINTER_VALVES=$UNIT_V1,$UNIT_V3,$UNIT_V5,$UNIT_V7 SUMMER_VALVES=$UNIT_V2,$UNIT_V4,$UNIT_V6,$UNIT_V8
PANEL_SEASON_SELECTOR=0 PANEL_EMERGENCY_STOP=0 PANEL_LIFE_SIGN=1 HEAT_METER_FLOW=2 HEAT_PUMP_ENABLE_CMD=0
VALVE_ACTUATOR_OPEN_CMD=0 VALVE_ACTUATOR_OPEN_PROOF=0 VALVE_ACTUATOR_CLOSED_PROOF=1
CIRCULATION_PUMP_ENABLE_CMD=0 # well pumps are commanded like circulation pumps

WINTER=1 HEATING=0 SETPOINT=450 FULL=1000 # leaving water of 45.0 degC, pumps at 100.0 %
LEAST_FLOW=48                             # m3/h in either loop, below which no unit may run
SCAN=10 PROVE_FLOW=30 OVERRUN=120         # s: between scans; flow before a start; pumps behind the units

[ $# -ge 2 ] || { echo "usage: controller.sh HOST PORT [SPEED]" >&2; exit 2; }
host=$1 port=$2 speed=${3:-1}

now() { echo $(($(date +%s%3N) * speed / 1000)); }
# ask TYPE UNITS ADDRESS: what each unit has there, without decimals; TYPE: 1 bit, 3 word, 3:float low word first
ask() {
    mbpoll -q -1 -0 -p "$port" -t "$1" -a "$2" -r "$3" "$host" | sed -n 's/^\[[0-9]*\]:[^0-9-]*\(-*[0-9]*\).*/\1/p'
}
# give TYPE UNIT ADDRESS VALUE...: TYPE: 0 bit, 4 word
give() {
    type=$1 unit=$2 address=$3
    shift 3
    mbpoll -q -0 -p "$port" -t "$type" -a "$unit" -r "$address" "$host" "$@" >/dev/null
}

# order PUMPS UNITS: all orders, each 0 or 1; the units first, as they must stop soonest
order() {
    for unit in $UNIT_HP_1 $UNIT_HP_2; do give 4 $unit $HEAT_PUMP_ENABLE_CMD "$2" $HEATING $SETPOINT; done
    for valve in $UNIT_V1 $UNIT_V3 $UNIT_V5 $UNIT_V7; do give 0 $valve $VALVE_ACTUATOR_OPEN_CMD 1; done
    for valve in $UNIT_V2 $UNIT_V4 $UNIT_V6 $UNIT_V8; do give 0 $valve $VALVE_ACTUATOR_OPEN_CMD 0; done
    for pump in $DUTY; do give 4 $pump $CIRCULATION_PUMP_ENABLE_CMD "$1" $FULL; done
    for pump in $STANDBY; do give 4 $pump $CIRCULATION_PUMP_ENABLE_CMD 0 $FULL; done
    life_sign=$(((life_sign + 1) % 65536))
    give 4 $UNIT_PANEL $PANEL_LIFE_SIGN $life_sign
}

scan() {
    # 1 selector, 1 button, 4 valves open, 4 closed, 2 flows; fewer where the line is lost
    set -- $(ask 3 $UNIT_PANEL $PANEL_SEASON_SELECTOR) $(ask 1 $UNIT_PANEL $PANEL_EMERGENCY_STOP) \
        $(ask 1 $WINTER_VALVES $VALVE_ACTUATOR_OPEN_PROOF) $(ask 1 $SUMMER_VALVES $VALVE_ACTUATOR_CLOSED_PROOF) \
        $(ask 3:float $UNIT_SOURCE_METER,$UNIT_LOAD_METER $HEAT_METER_FLOW)
    [ $# = 12 ] || { echo "no connection"; return; }
    selector=$1 stopped=$2 time=$(now)
    shift 2
    arrived=$(($1 && $2 && $3 && $4 && $5 && $6 && $7 && $8))
    shift 8
    wanted=$((selector == WINTER && !stopped))
    [ $wanted = 0 ] || wanted_at=$time
    [ "$1" -ge $LEAST_FLOW ] && [ "$2" -ge $LEAST_FLOW ] || low_at=$time
    pumps=$((arrived && time - wanted_at < OVERRUN))
    units=$((wanted && pumps && time - low_at >= PROVE_FLOW))
    [ "$pumps $units" = "$last" ] || echo "$(date +%T): pumps $pumps, units $units"
    last="$pumps $units"
    order $pumps $units
}

life_sign=0 low_at=$(now) last='' pumps=0 wanted_at=$(($(now) - OVERRUN))
pause=$(awk "BEGIN {print $SCAN / $speed}")
trap 'kill $!; order $pumps 0; exit 0' TERM INT
while :; do
    scan
    sleep "$pause" &
    wait $! # a signal ends this, and not a sleep in the foreground
done
