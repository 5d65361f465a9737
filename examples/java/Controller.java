import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A winter controller for the plant room of the example `office`, in plain Java.
 *
 * <p>Usage: java Controller HOST PORT [SPEED]
 * SPEED: plant seconds in one second of this program's clock; 1 if not given
 */
public final class Controller {
    // Unit ids and addresses of `geotwin map office --format csv`
    static final int UNIT_HP_1 = 21, UNIT_HP_2 = 22, UNIT_V1 = 31, UNIT_PANEL = 91;
    static final int UNIT_SOURCE_METER = 41, UNIT_LOAD_METER = 42;
    static final int UNIT_WELL_PUMP_1 = 1, UNIT_WELL_PUMP_2 = 2, UNIT_WELL_PUMP_3 = 3, UNIT_WELL_PUMP_4 = 4;
    static final int UNIT_SOURCE_PUMP_1 = 11, UNIT_SOURCE_PUMP_2 = 12, UNIT_LOAD_PUMP_1 = 13, UNIT_LOAD_PUMP_2 = 14;
    static final int PANEL_SEASON_SELECTOR = 0, PANEL_EMERGENCY_STOP = 0, PANEL_LIFE_SIGN = 1, HEAT_METER_FLOW = 2;
    static final int VALVE_ACTUATOR_OPEN_CMD = 0, VALVE_ACTUATOR_OPEN_PROOF = 0, VALVE_ACTUATOR_CLOSED_PROOF = 1;
    static final int HEAT_PUMP_ENABLE_CMD = 0;
    static final int CIRCULATION_PUMP_ENABLE_CMD = 0; // well pumps are commanded like circulation pumps

    static final int[] DUTY = {
        UNIT_WELL_PUMP_1, UNIT_WELL_PUMP_2, UNIT_WELL_PUMP_3, UNIT_WELL_PUMP_4, UNIT_SOURCE_PUMP_1, UNIT_LOAD_PUMP_1
    };
    static final int[] STANDBY = {UNIT_SOURCE_PUMP_2, UNIT_LOAD_PUMP_2};
    static final int WINTER = 1, HEATING = 0, SETPOINT = 450, FULL = 1000; // leaving water of 45.0 degC, pumps at 100.0 %
    static final double LEAST_FLOW = 48; // m3/h in either loop, below which no unit may run
    static final double REPEAT = 15; // s, then all orders are given again
    static final double PROVE_FLOW = 30, OVERRUN = 120; // s: flow before a start; pumps behind the units

    static double givenAt = -REPEAT, wantedAt = -OVERRUN, lowAt; // s on our own clock, from its start
    static boolean arrived, pumps, units;
    static int lifeSign;
    static Modbus bus;

    static void scan(double now) throws IOException {
        boolean repeat = now - givenAt >= REPEAT, hadPumps = pumps, hadUnits = units;
        if (repeat || !arrived) { // V1, V3, V5, V7 open, the others closed
            arrived = true;
            for (int v = 0; v < 8; v++) {
                int proof = v % 2 == 0 ? VALVE_ACTUATOR_OPEN_PROOF : VALVE_ACTUATOR_CLOSED_PROOF;
                arrived = arrived && bus.bit(UNIT_V1 + v, proof);
            }
        }
        boolean stopped = bus.bit(UNIT_PANEL, PANEL_EMERGENCY_STOP);
        boolean wanted = bus.word(UNIT_PANEL, PANEL_SEASON_SELECTOR) == WINTER && !stopped;
        double flow = Math.min(bus.real(UNIT_SOURCE_METER, HEAT_METER_FLOW), bus.real(UNIT_LOAD_METER, HEAT_METER_FLOW));
        wantedAt = wanted ? now : wantedAt;
        lowAt = flow < LEAST_FLOW ? now : lowAt;
        pumps = arrived && now - wantedAt < OVERRUN;
        units = wanted && pumps && now - lowAt >= PROVE_FLOW;
        boolean changed = pumps != hadPumps || units != hadUnits;
        if (changed) {
            System.out.printf("%.0f s: pumps %b, units %b, flow %.1f m3/h%n", now, pumps, units, flow);
        }
        if (changed || repeat) {
            givenAt = now;
            order();
        }
    }

    static void order() throws IOException {
        for (int unit : new int[] {UNIT_HP_1, UNIT_HP_2}) { // units first: they must stop soonest
            bus.writeWords(unit, HEAT_PUMP_ENABLE_CMD, units ? 1 : 0, HEATING, SETPOINT);
        }
        for (int v = 0; v < 8; v++) {
            bus.writeCoil(UNIT_V1 + v, VALVE_ACTUATOR_OPEN_CMD, v % 2 == 0);
        }
        for (int pump : DUTY) {
            bus.writeWords(pump, CIRCULATION_PUMP_ENABLE_CMD, pumps ? 1 : 0, FULL);
        }
        for (int pump : STANDBY) {
            bus.writeWords(pump, CIRCULATION_PUMP_ENABLE_CMD, 0, FULL);
        }
        bus.writeWords(UNIT_PANEL, PANEL_LIFE_SIGN, ++lifeSign);
    }

    /** One scan; at the start, and where the line was lost, it connects first. */
    static void beat(String host, int port, double now, boolean last) {
        try {
            bus = bus == null ? new Modbus(host, port) : bus;
            if (last) {
                units = false;
                order();
            } else {
                scan(now);
            }
        } catch (IOException error) {
            System.out.println("no connection: " + error.getMessage());
            if (bus != null) {
                bus.close();
            }
            bus = null;
        }
    }

    public static void main(String[] words) {
        if (words.length < 2) {
            System.err.println("usage: java Controller HOST PORT [SPEED]");
            System.exit(2);
        }
        int port = Integer.parseInt(words[1]);
        double speed = words.length > 2 ? Double.parseDouble(words[2]) : 1;
        long began = System.nanoTime();
        var scans = Executors.newSingleThreadScheduledExecutor();
        Runnable scan = () -> beat(words[0], port, (System.nanoTime() - began) / 1e9 * speed, false);
        scans.scheduleAtFixedRate(scan, 0, (long) (1e9 / speed), TimeUnit.NANOSECONDS);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> { // SIGTERM or Ctrl-C
            scans.execute(() -> beat(words[0], port, 0, true));
            scans.shutdown();
            try {
                scans.awaitTermination(5, TimeUnit.SECONDS);
            } catch (InterruptedException error) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(0);
        }));
    }
}
