"""Mistakes about the pumps of loops, duty and standby, their proofs, their pressure."""

import math
from typing import Any

from hil.controllers.faulty.mistake import Mistakes, believe, count_as, never
from hil.controllers.faulty.panel import keep_dark

PUMPS = Mistakes()


@PUMPS.mistake("PU-1.7", "REQ-PMP-001")
def no_standby(program: Any) -> None:
    """The standby pump is never started."""
    for pair in program.pairs:
        pair.change_over = never


PUMPS.numbers(
    "slow_proof", "A missing run proof is waited for two minutes.", "PU-1.2", "REQ-PMP-001", "REQ-PMP-002",
    proof_delay_s=120.0, flow_delay_s=120.0,
)  # fmt: skip
PUMPS.numbers("no_retry", "Pumps are not tried again.", "PU-1.8", "REQ-FLW-003", most_retries=0)
PUMPS.numbers("endless_retry", "Pumps are tried again for ever.", "PU-1.8", "REQ-FLW-004", most_retries=1000)
PUMPS.numbers("no_run_on", "Pumps stop with the last unit.", "UN-2.8", "REQ-OFF-002", overrun_s=0.0)
PUMPS.numbers("long_run_on", "Pumps run on for an hour.", "UN-2.8", "REQ-OFF-003", overrun_s=3600.0)
PUMPS.numbers("no_rotation", "The same pump runs all the time.", "PU-1.9", "REQ-ROT-001", rotation_s=1e9)
PUMPS.numbers(
    "no_overlap", "At a rotation the old pump stops before the new one runs.", "PU-1.9", "REQ-ROT-002", overlap_s=0.0
)
PUMPS.numbers(
    "pressure_ignored", "Pumps run at any pressure.", "PU-5.1", "REQ-LEK-002", "REQ-LEK-003", pressure_low=0.0
)
PUMPS.numbers("slow_load_pump", "The load pump runs at 85 %.", "PR-2.1", "REQ-FLW-001", load_speed=(85.0, 85.0))
PUMPS.numbers("slow_source_pump", "The source pump runs at 76 %.", "PR-2.1", "REQ-FLW-001", source_speed=(76.0, 76.0))


@PUMPS.mistake("PU-1.3", "REQ-ALM-002")
def blind_to_flow(program: Any) -> None:
    """A pump with a run proof is believed to deliver."""
    for pair in program.pairs:
        pair._least = -math.inf


@PUMPS.mistake("PU-1.6", "REQ-ALM-002")
def no_contradiction(program: Any) -> None:
    """A run proof that contradicts the flow is no alarm."""
    keep_dark(program, "flow")


@PUMPS.mistake("PU-1.6", "REQ-HND-001", "REQ-PRF-004")
def hand_not_seen(program: Any) -> None:
    """Nobody looks whether a pump runs that was never asked to."""
    for pair in program.pairs:
        pair._runs_unasked = lambda _: False


@PUMPS.mistake("PU-1.6", "REQ-HND-003")
def contradiction_stops_units(program: Any) -> None:
    """A contradiction of proof and flow stops all units, though the water flows."""
    flowing = program._flowing
    program._flowing = lambda: flowing() and not any(pair.flow_alarm for pair in program.pairs)


@PUMPS.mistake("PU-1.5", "REQ-STL-002", "REQ-STL-003")
def flow_alone(program: Any) -> None:
    """The meter alone proves a loop; run proofs and trips are not looked at while it shows flow."""
    for pair in (pair for pair in program.pairs if hasattr(pair, "_appoint")):
        for pump in pair.pumps:
            believe(pair, pump.running, 1.0)


@PUMPS.mistake("PU-1.1", "REQ-ROT-003")
def first_pump_first(program: Any) -> None:
    """The first pump is started, however long it has run."""
    for pair in program.pairs:
        for number, pump in enumerate(getattr(pair, "pumps", ())):
            count_as(pump, float(number))


@PUMPS.mistake("PR-3.1", "REQ-PMP-002")
def no_interlock(program: Any) -> None:
    """Units go on without water."""
    program._flowing = lambda: True


@PUMPS.mistake("PR-2.1", "REQ-OFF-004")
def pumps_never_rest(program: Any) -> None:
    """Pumps run whether heat is wanted or not."""
    move = program._move_water
    program._move_water = lambda time_s, wanted: move(
        time_s, wanted or program.changeover.ready(program.panel.selected)
    )


@PUMPS.mistake("PU-1.7", "REQ-ROT-004")
def both_pumps(program: Any) -> None:
    """Duty and standby run together."""
    for pair in (pair for pair in program.pairs if hasattr(pair, "_appoint")):
        pumps, start = pair.pumps, pair._appoint

        def appoint(time_s: float, pump: Any, start: Any = start, pumps: Any = pumps) -> None:
            start(time_s, pump)
            for other in pumps:
                if other is not pump:
                    other.start(time_s, 95.0)

        pair._appoint = appoint
