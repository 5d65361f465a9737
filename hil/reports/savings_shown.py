"""The savings report and the water account in words: tables for the report, lines for the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from hil.books.factors import POLLUTANTS
from hil.books.savings import DOCUMENTS, Savings
from hil.books.water_fields import WaterField
from hil.plain_text import one_line
from hil.reports.result import RunResult
from hil.reports.shown import digits

LABEL = "5.25"
"""Annual performance factor that the room units are labelled with (docs/plants/documents.md#s5)."""
SYSTEMS = {"plant": "this plant", "coal": "coal boiler + chiller", "gas": "gas boiler + chiller"}


@dataclass(frozen=True)
class SavingsTables:
    """What the report shows, row by row, as text."""

    load: list[tuple[str, str]]
    amounts: list[tuple[str, ...]]
    factors: list[tuple[str, str, str]]
    factors_name: str
    documents: bool


def savings_tables(found: Savings) -> SavingsTables:
    """The tables of the report."""
    load = [
        (f"Heat delivered, {found.measured}", f"{digits(found.heat)} kWh"),
        (f"Cold delivered, {found.measured}", f"{digits(found.cold)} kWh"),
        ("Electricity, all meters", f"{digits(found.electricity)} kWh"),
        ("of it fans in the rooms", f"{digits(found.terminals)} kWh"),
        *((f"Fuel: {carrier}", f"{digits(energy)} kWh") for carrier, energy in found.fuel.items()),
        *((name, f"{ratio:.2f}") for name, ratio in found.ratios.items()),
        *((("Label of the room units, for a year (ACOP, S5)", LABEL),) if found.households else ()),
    ]
    factors = [
        (one_line(f.name), f"{f.value:.4g} {f.unit}".removesuffix(" 1"), one_line(f.source)) for f in found.factors
    ]
    heating = found.heat > found.cold
    return SavingsTables(load, _amounts(found, heating), factors, one_line(found.factors_name), heating)


def _amounts(found: Savings, heating: bool) -> list[tuple[str, ...]]:
    """One row for each quantity: plant, coal, saved, gas, saved, and what the documents claim."""
    names = {"electricity": "Electricity", "fuel": "Fuel", "final": "Final energy", "primary": "Primary energy"}
    units = dict.fromkeys(names, "kWh") | {"cost": found.currency} | dict.fromkeys(POLLUTANTS, "kg")
    names |= {"cost": "Cost of energy and water tax", **POLLUTANTS}
    rows: list[tuple[str, ...]] = []
    for name, title in names.items():
        plant, coal, gas = (getattr(found.systems[system], name) for system in SYSTEMS)
        against = [found.saved(system).get(name) for system in ("coal", "gas")]
        shares = ["" if name in ("electricity", "fuel") or s is None else _share(s) for s in against]
        claim = DOCUMENTS.get(name, "") if heating else ""
        rows.append((f"{title}, {units[name]}", digits(plant), digits(coal), shares[0], digits(gas), shares[1], claim))
    return rows


def _share(saved: float) -> str:
    """`34 %` saved, or `7.4 times as much` where it takes a multiple."""
    return f"{100.0 * saved:.0f} %" if saved > -1.0 else f"{digits(1.0 - saved)} times as much"


def water_table(fields: Sequence[WaterField]) -> list[tuple[str, ...]]:
    """One row for each well field: wells, true and metered volumes, difference, tolerance, tax."""
    rows: list[tuple[str, ...]] = []
    for f in fields:
        difference = "-" if f.difference_metered is None else _volume(f.difference_metered)
        closes = {None: "no meters", True: "full reinjection within the meters' class", False: "more than the class"}
        rows.append(
            (f.wells, f"{_volume(f.withdrawn)} / {_metered(f.withdrawn_metered)}",
             f"{_volume(f.reinjected)} / {_metered(f.reinjected_metered)}", difference, f"± {_volume(f.tolerance)}",
             closes[f.closes], f"{_volume(f.taxed)} ({f.base})", digits(f.tax))
        )  # fmt: skip
    return rows


def _volume(volume: float) -> str:
    return f"{round(volume, 2) + 0.0:.2f}" if abs(volume) < 100.0 else f"{volume:.1f}"


def _metered(volume: float | None) -> str:
    return "-" if volume is None else _volume(volume)


def savings_lines(result: RunResult) -> list[str]:
    """Two or three lines for the terminal."""
    lines, found = [], result.savings
    if found is not None:
        ratios = ", ".join(f"{name} {ratio:.2f}" for name, ratio in found.ratios.items())
        kinds = (("heat", found.heat), ("cold", found.cold))
        load = " and ".join(f"{digits(energy)} kWh {kind}" for kind, energy in kinds if energy >= 1.0)
        used = [
            f"{digits(found.electricity)} kWh electricity",
            *(f"{digits(e)} kWh {c}" for c, e in found.fuel.items()),
        ]
        ratios += f" (label of the room units, for a year: {LABEL})" if found.households else ""
        lines.append(f"delivered: {load} for {', '.join(used)}" + (f"; {ratios}" if ratios else ""))
        for system in ("coal", "gas"):
            saved = found.saved(system)
            told = [f"{_NAMES[name]} {_share(saved[name])}" for name in _NAMES if name in saved]
            lines.append(f"saved against {SYSTEMS[system]}: {', '.join(told)}")
    for field in result.fields:
        back = f"reinjected {_volume(field.reinjected)} m3"
        if field.difference_metered is not None:
            back += f", difference by the meters {_volume(field.difference_metered)} m3 (± {_volume(field.tolerance)})"
        lines.append(f"water of {field.wells}: withdrawn {_volume(field.withdrawn)} m3, {back}")
    return lines


_NAMES = {"primary": "primary energy", "cost": "cost", **POLLUTANTS}
