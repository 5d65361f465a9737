"""The energy account of all water in a plant, and the audit that compares it with what the water holds."""

from plant_models.equipment.tank import stored_energy as tank_energy
from plant_models.piping.pipe import stored_energy as pipe_energy
from plant_models.water.network import HEAT_CAPACITY, STIRRED
from twin.kernel import Rows, kernel
from twin.points import Model, state

LEAST_THROUGHPUT = 1000.0
"""A residual is related to at least this much heat crossing [W]: at rest nothing but rounding is left."""


class Balance(Model):
    """The one row that books the energy of all water, and what the audit found."""

    heat = state("J", doc="heat given to the water by components since the start")
    advected = state("J", doc="heat brought by water crossing the boundary (ground, make-up, leaks), net")
    lost = state("J", doc="heat lost from pipes and tanks to the surroundings")
    throughput = state("J", doc="sum of the amounts of heat that crossed, without sign")
    stored = state("J", doc="heat in all water at the last audit, above 0 degC")
    booked = state("J", doc="heat + advected - lost at the last audit")
    seen = state("J", doc="throughput at the last audit")
    residual = state("1", doc="largest residual of an audit period, as a fraction of its throughput")
    drift = state("J", doc="sum of all residuals since the start")
    audits = state("1", doc="how many audits were made")
    since_audit = state("s", doc="time since the last audit")


@kernel
def stored_energy(passages: Rows, pipes: Rows, tanks: Rows) -> float:
    """Heat in all water of the network above water of 0 degC [J], with what steam holds more and ice less."""
    energy = 0.0
    for i in range(len(passages)):
        if passages[i].kind == STIRRED:
            energy += passages[i].mass * HEAT_CAPACITY * passages[i].temp
        energy += passages[i].steam - passages[i].ice
    for i in range(len(pipes)):
        energy += pipe_energy(pipes[i])
    for i in range(len(tanks)):
        energy += tank_energy(tanks[i])
    return energy


@kernel
def audit(passages: Rows, pipes: Rows, tanks: Rows, balance: Rows, dt: float, period: float) -> None:
    """Every `period` [s] compare what the water holds with what was booked; keep the worst residual and their sum."""
    b = balance[0]
    b.since_audit += dt
    if b.since_audit < period and b.audits > 0.0:
        return
    stored = stored_energy(passages, pipes, tanks)
    booked = b.heat + b.advected - b.lost
    if b.audits > 0.0:
        left = (stored - b.stored) - (booked - b.booked)
        b.drift += left
        through = b.throughput - b.seen
        b.residual = max(b.residual, abs(left) / max(through, LEAST_THROUGHPUT * b.since_audit))
    b.stored, b.booked, b.seen = stored, booked, b.throughput
    b.audits += 1.0
    b.since_audit = 0.0
