"""The energy and water accounts of a run: the lines that the kinds of component declare, from their counters.

What the components give to the water, and what crosses its boundary, are lines of their own: together they are what
the water has gained.
"""

from collections import defaultdict

from plant_models.tick.balance import Balance
from plant_models.water.network import Passage
from twin.points import Model, terms
from twin.store import Store

SCALE = {"J": 3.6e6, "m3": 1.0, "kg": 1000.0}
"""What one kWh or m3 is in the unit of a counter."""
INTO_WATER = "into the water: "


def energy_account(store: Store) -> dict[str, float]:
    """Energies since the start [kWh] by name: sums over the plant, the heat of the water, then every meter."""
    sums, own = _lines(store, {model: model.energies for model in store.models.values()})
    return sums | water_gains(store) | own


def water_account(store: Store) -> dict[str, float]:
    """Volumes since the start [m3] by name."""
    sums, own = _lines(store, {model: model.volumes for model in store.models.values()})
    return sums | own


def water_gains(store: Store) -> dict[str, float]:
    """Heat that the water has got [kWh], by who gave it; the last line is the sum of all others."""
    joules: dict[str, float] = defaultdict(float)
    for name, model, row in store.components():
        if model is Passage:
            owner = store.model(name.split("/")[0])
            energy = float(store.tables[Passage.table][row].energy)
            if owner.into_water or energy != 0.0:
                joules[owner.into_water or owner.__name__] += energy
    if Balance.table in store.tables:
        booked = store.tables[Balance.table][0]
        joules["brought from outside by ground water, make-up and taps"] = float(booked.advected)
        joules["from around pipes, boreholes and tanks"] = -float(booked.lost)
        joules["all together"] = float(booked.heat + booked.advected - booked.lost)
    return {INTO_WATER + line: energy / SCALE["J"] for line, energy in joules.items()}


def _lines(store: Store, declared: dict[type[Model], dict[str, str]]) -> tuple[dict[str, float], dict[str, float]]:
    """The lines of all components of a kind together, and those of every component."""
    sums: dict[str, float] = {}
    own: dict[str, float] = {}
    for model, lines in declared.items():
        for line, counters in lines.items():
            if "{name}" not in line:
                total = sum(sign * float(store.tables[model.table][name].sum()) for name, sign in terms(counters))
                sums[line] = total / _scale(model, counters)
    for name, model, _ in store.components():
        for line, counters in declared[model].items():
            if "{name}" in line:
                total = sum(sign * float(store.row(name)[point]) for point, sign in terms(counters))
                own[line.format(name=name)] = total / _scale(model, counters)
    return sums, own


def _scale(model: type[Model], counters: str) -> float:
    return SCALE[model.points[terms(counters)[0][0]].unit]
