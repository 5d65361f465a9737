"""The savings report of a run: what the plant delivered and used, beside a boiler and a chiller on the same load.

Seasonal figures by the formulas of docs/plants/documents.md#s7, with useful energy from the plant's own meters and the
electricity of units and pumps: COPsys = Qh / N, EERsys = Qc / N, COPsys(h+c) = (Qh + Qc) / N; SPF counts all
consumers, fans too, and fuel.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hil.books.factors import POLLUTANTS, Factors, Listed
from plant_models.building.zone import Zone
from plant_models.households.household import Household
from plant_models.piping.meters import ElectricityMeter, HeatMeter
from twin.points import Model
from twin.store import Store

KWH = 3.6e6
AT_HOUSEHOLDS = "at the households' meters"
LEAST = 1.0
"""Below this useful energy [kWh] there is nothing to compare."""
DOCUMENTS = {"primary": "31.6 %", "final": "70.8 %", "nox": "> 90 %", "so2": "> 90 %", "pm25": "> 90 %"}
"""What the documents claim for replacements in North China, against coal (docs/plants/documents.md#s11)."""


@dataclass(frozen=True)
class System:
    """What one way of heating and cooling takes for the load of the run.

    final: electricity and fuel together [kWh]; primary [kWh]; cost [currency]; co2, nox, so2, pm25 [kg]
    """

    electricity: float
    fuel: float
    final: float
    primary: float
    cost: float
    co2: float
    nox: float
    so2: float
    pm25: float


@dataclass(frozen=True)
class Savings:
    """The whole report; energies in kWh.

    terminals: electricity of fans in the rooms, part of `electricity`
    measured:  how the useful energy was found
    ratios:    COPsys, EERsys, COPsys(h+c), SPF, as far as they mean something for this run
    systems:   plant, coal, gas
    """

    heat: float
    cold: float
    electricity: float
    terminals: float
    fuel: Mapping[str, float]
    measured: str
    ratios: Mapping[str, float]
    systems: Mapping[str, System]
    currency: str
    factors: tuple[Listed, ...]
    factors_name: str

    @property
    def households(self) -> bool:
        """Whether room units behind households' meters delivered it."""
        return self.measured == AT_HOUSEHOLDS

    def saved(self, than: str) -> dict[str, float]:
        """The share saved against one of the other systems, by quantity; left out where that one takes nothing."""
        plant, other = self.systems["plant"], self.systems[than]
        names = ("final", "primary", "cost", *POLLUTANTS)
        pairs = {name: (getattr(plant, name), getattr(other, name)) for name in names}
        return {name: 1.0 - mine / theirs for name, (mine, theirs) in pairs.items() if theirs > 0.0}


def savings(store: Store, factors: Factors, water_tax: float = 0.0) -> Savings | None:
    """The report of a plant after a run; None where it delivered nothing. water_tax: part of the plant's cost."""
    heat, cold, measured = useful_energy(store)
    if heat + cold < LEAST:
        return None
    electricity, terminals = electricity_used(store)
    fuel = fuel_used(store)
    n = electricity - terminals
    ratios = {}
    if n > 0.0 and not fuel:
        small = 0.01 * (heat + cold)
        ratios = {"COPsys": heat / n} if heat > small else {}
        ratios |= {"EERsys": cold / n} if cold > small else {}
        ratios = {"COPsys(h+c)": (heat + cold) / n} if len(ratios) == 2 else ratios
    if electricity > 0.0:
        ratios["SPF"] = (heat + cold) / (electricity + sum(fuel.values()))
    pumps = heat * factors["yardstick.heating_pumps"] + cold / factors["yardstick.chiller"] + terminals
    systems = {"plant": _system(electricity, fuel, factors, water_tax)}
    for carrier in ("coal", "gas"):
        systems[carrier] = _system(pumps, {carrier: heat / factors[f"yardstick.{carrier}_boiler"]}, factors)
    return Savings(
        heat, cold, electricity, terminals, fuel, measured, ratios, systems,
        factors.currency, tuple(factors.listed), factors.name,
    )  # fmt: skip


def _system(electricity: float, fuel: Mapping[str, float], factors: Factors, tax: float = 0.0) -> System:
    carriers = {"electricity": electricity, **fuel}

    def total(name: str) -> float:
        return sum(energy * factors[f"{carrier}.{name}"] for carrier, energy in carriers.items())

    return System(
        electricity, sum(fuel.values()), sum(carriers.values()), total("primary"), total("price") + tax,
        total("co2"), total("nox"), total("so2"), total("pm25"),
    )  # fmt: skip


def useful_energy(store: Store) -> tuple[float, float, str]:
    """Heat and cold delivered [kWh], and where they were measured: at heat meters, households or in the rooms."""
    meters = [store.row(name) for name, model, _ in store.components() if model is HeatMeter]
    meters = [meter for meter in meters if meter.useful > 0.0]
    if meters:
        heat, cold = (float(sum(m[name] for m in meters)) for name in ("energy_heating", "energy_cooling"))
        return heat / KWH, cold / KWH, "at the plant's heat meters"
    if Household.table in store.tables:
        houses = store.tables[Household.table]
        sums = [float(houses[name].sum()) / KWH for name in ("energy_heating", "energy_cooling")]
        return sums[0], sums[1], AT_HOUSEHOLDS
    if Zone.table not in store.tables:
        return 0.0, 0.0, "nowhere"
    given = store.tables[Zone.table]["heat_from_emitter"]
    return float(given[given > 0.0].sum()) / KWH, float(-given[given < 0.0].sum()) / KWH, "as heat given to the rooms"


def electricity_used(store: Store) -> tuple[float, float]:
    """Electricity of all meters [kWh], and of those that count nothing but terminals."""
    if ElectricityMeter.table not in store.tables:
        return 0.0, 0.0
    energy = store.tables[ElectricityMeter.table]["energy"] / KWH
    plant_room = {
        int(row) for model in _metered(store) if not model.in_rooms for row in store.tables[model.table]["meter"]
    }
    served = {int(row) for model in _metered(store) for row in store.tables[model.table]["meter"]}
    return float(energy.sum()), float(sum(energy[row] for row in served - plant_room if row >= 0))


def _metered(store: Store) -> list[type[Model]]:
    return [m for m in store.models.values() if "meter" in m.links and m.links["meter"].table == ElectricityMeter.table]


def fuel_used(store: Store) -> dict[str, float]:
    """Coal and gas burnt by the plant's own boilers [kWh]; electric ones are on the electricity meters."""
    used = {"coal": 0.0, "gas": 0.0}
    for name, model, _ in store.components():
        if "fuel_energy" in model.points:
            row = store.row(name)
            carrier = model.points["fuel"].values.get(round(row.fuel), "") if "fuel" in model.points else "gas"
            if carrier in used:
                used[carrier] += float(row.fuel_energy) / KWH
    return {carrier: energy for carrier, energy in used.items() if energy > 0.0}
