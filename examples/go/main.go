// A winter controller for the plant room of the example `office`, in Go's standard library.
//
// Usage: controller HOST PORT [SPEED]
// SPEED: plant seconds in one second of this program's clock; 1 if not given
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

const ( // unit ids and addresses of `geotwin map office --format csv`
	UNIT_HP_1, UNIT_HP_2, UNIT_V1, UNIT_SOURCE_METER, UNIT_LOAD_METER, UNIT_PANEL   = 21, 22, 31, 41, 42, 91
	UNIT_WELL_PUMP_1, UNIT_WELL_PUMP_2, UNIT_WELL_PUMP_3, UNIT_WELL_PUMP_4          = 1, 2, 3, 4
	UNIT_SOURCE_PUMP_1, UNIT_SOURCE_PUMP_2, UNIT_LOAD_PUMP_1, UNIT_LOAD_PUMP_2      = 11, 12, 13, 14
	PANEL_SEASON_SELECTOR, PANEL_EMERGENCY_STOP, PANEL_LIFE_SIGN, HEAT_METER_FLOW   = 0, 0, 1, 2
	VALVE_ACTUATOR_OPEN_CMD, VALVE_ACTUATOR_OPEN_PROOF, VALVE_ACTUATOR_CLOSED_PROOF = 0, 0, 1
	HEAT_PUMP_ENABLE_CMD, CIRCULATION_PUMP_ENABLE_CMD                               = 0, 0 // well pumps are commanded like circulation pumps

	WINTER, HEATING, SETPOINT, FULL = 1, 0, 450, 1000   // leaving water of 45.0 degC, pumps at 100.0 %
	LEAST_FLOW                      = 48.0              // m3/h in either loop, below which no unit may run
	REPEAT, PROVE_FLOW, OVERRUN     = 15.0, 30.0, 120.0 // s: orders again; flow before a start; pumps behind the units
)

var ( // the first of each pair is on duty, the second stands by
	duty    = []byte{UNIT_WELL_PUMP_1, UNIT_WELL_PUMP_2, UNIT_WELL_PUMP_3, UNIT_WELL_PUMP_4, UNIT_SOURCE_PUMP_1, UNIT_LOAD_PUMP_1}
	standby = []byte{UNIT_SOURCE_PUMP_2, UNIT_LOAD_PUMP_2}
)

type controller struct {
	speed                    float64
	began                    time.Time
	givenAt, wantedAt, lowAt float64 // s on our own clock: last orders, heat wanted, flow too low
	arrived, units, pumps    bool
	lifeSign                 uint16
}

func (c *controller) scan(b *bus) {
	now := time.Since(c.began).Seconds() * c.speed
	repeat := now-c.givenAt >= REPEAT
	if repeat || !c.arrived { // V1, V3, V5, V7 open, the others closed
		c.arrived = true
		for v := byte(0); v < 8; v++ {
			c.arrived = c.arrived && b.bit(UNIT_V1+v, [2]uint16{VALVE_ACTUATOR_OPEN_PROOF, VALVE_ACTUATOR_CLOSED_PROOF}[v%2])
		}
	}
	wanted := b.word(UNIT_PANEL, PANEL_SEASON_SELECTOR) == WINTER && !b.bit(UNIT_PANEL, PANEL_EMERGENCY_STOP)
	flow := min(b.float(UNIT_SOURCE_METER, HEAT_METER_FLOW), b.float(UNIT_LOAD_METER, HEAT_METER_FLOW))
	if b.err != nil {
		return
	}
	if wanted {
		c.wantedAt = now
	}
	if flow < LEAST_FLOW {
		c.lowAt = now
	}
	pumps := c.arrived && now-c.wantedAt < OVERRUN
	units := wanted && pumps && now-c.lowAt >= PROVE_FLOW
	changed := pumps != c.pumps || units != c.units
	if changed {
		fmt.Printf("%.0f s: pumps %t, units %t, flow %.1f m3/h\n", now, pumps, units, flow)
	}
	if repeat || changed {
		c.givenAt, c.pumps, c.units = now, pumps, units
		c.order(b, pumps, units)
	}
}

func (c *controller) order(b *bus, pumps, units bool) {
	number := map[bool]uint16{true: 1}
	for _, unit := range []byte{UNIT_HP_1, UNIT_HP_2} { // units first: they must stop soonest
		b.writeWords(unit, HEAT_PUMP_ENABLE_CMD, number[units], HEATING, SETPOINT)
	}
	for v := byte(0); v < 8; v++ {
		b.writeCoil(UNIT_V1+v, VALVE_ACTUATOR_OPEN_CMD, v%2 == 0)
	}
	for _, pump := range duty {
		b.writeWords(pump, CIRCULATION_PUMP_ENABLE_CMD, number[pumps], FULL)
	}
	for _, pump := range standby {
		b.writeWords(pump, CIRCULATION_PUMP_ENABLE_CMD, 0, FULL)
	}
	c.lifeSign++
	b.writeWords(UNIT_PANEL, PANEL_LIFE_SIGN, c.lifeSign)
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: controller HOST PORT [SPEED]")
		os.Exit(2)
	}
	c := controller{speed: 1, began: time.Now(), givenAt: -REPEAT, wantedAt: -OVERRUN}
	if len(os.Args) > 3 {
		c.speed, _ = strconv.ParseFloat(os.Args[3], 64)
	}
	told, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	scans := time.NewTicker(time.Duration(float64(time.Second) / c.speed))
	b := &bus{err: net.ErrClosed}
	for told.Err() == nil {
		if b.err != nil { // at the start, and where the line was lost
			conn, err := net.DialTimeout("tcp", net.JoinHostPort(os.Args[1], os.Args[2]), time.Second)
			b = &bus{conn, err}
		}
		c.scan(b)
		if b.err != nil {
			fmt.Println("no connection:", b.err)
			if b.Conn != nil {
				b.Close()
			}
		}
		select {
		case <-scans.C:
		case <-told.Done():
		}
	}
	c.order(b, c.pumps, false) // the pumps run on: the water must not stand in a warm unit
}
