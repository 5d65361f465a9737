"""The factors of the savings report, read from `factors.yaml` or a file of the user's: each with unit and source."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from pydantic import Field

from twin.errors import InputError
from twin.units import quantity
from twin.yaml_lines import FileModel, Map, load, read, validate

SHIPPED = resources.files("hil") / "books" / "factors.yaml"
POLLUTANTS = {"co2": "CO2", "nox": "NOx", "so2": "SO2", "pm25": "PM2.5"}
_LIMITS = {"chiller": (1.0, 20.0), "coal_boiler": (0.1, 1.2), "gas_boiler": (0.1, 1.2), "heating_pumps": (0.0, 1.0)}


class Factor(FileModel):
    """One factor as the file gives it: a quantity with its unit, and where it comes from."""

    value: str
    source: str = Field(min_length=1)


class Carrier(FileModel):
    """Electricity or a fuel: what one kWh of it costs, needs and emits."""

    price: Factor
    primary: Factor
    co2: Factor
    nox: Factor
    so2: Factor
    pm25: Factor


class Yardstick(FileModel):
    """What the plant is compared with."""

    coal_boiler: Factor
    gas_boiler: Factor
    chiller: Factor
    heating_pumps: Factor


class Water(FileModel):
    """How water is metered and taxed."""

    meter_class: Factor
    tax_rate: Factor
    tax_base: Literal["difference", "withdrawn"] = "difference"


class FactorsFile(FileModel):
    """The whole file."""

    factors: str = Field(min_length=1, description="what the factors hold for")
    currency: str = Field("CNY", pattern=r"^[A-Z]{3}$")
    electricity: Carrier
    coal: Carrier
    gas: Carrier
    yardstick: Yardstick
    water: Water


@dataclass(frozen=True)
class Listed:
    """A factor as the report shows it."""

    name: str
    value: float
    unit: str
    source: str


class Factors:
    """All factors as numbers: `factors["coal.co2"]` in kg/kWh, prices in the currency per kWh or m3."""

    def __init__(self, file: FactorsFile, tree: Map) -> None:
        self.name, self.currency, self.tax_base = file.factors, file.currency, file.water.tax_base
        self.listed = [self._listed(group, name, tree) for group, name in _names(file)]
        self._values = {listed.name: listed.value for listed in self.listed}

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def _listed(self, group: str, name: str, tree: Map) -> Listed:
        given = tree[group][name]
        where = getattr(given["value"], "where", tree.where)
        unit, text = "1", str(given["value"])
        if name in POLLUTANTS:
            unit = "kg/kWh"
        elif name in ("price", "tax_rate"):
            per = "kWh" if name == "price" else "m3"
            amount, _, rest = text.partition(f"{self.currency}/")
            if rest.strip() != per:
                raise InputError(f"{where}: {group}.{name}: {text!r} is not such as '0.80 {self.currency}/{per}'")
            value = quantity(amount, "1", f"{where}: {group}.{name}")
            return self._within(Listed(f"{group}.{name}", value, f"{self.currency}/{per}", given["source"]), where)
        value = quantity(text, unit, f"{where}: {group}.{name}")
        return self._within(Listed(f"{group}.{name}", value, unit, given["source"]), where)

    @staticmethod
    def _within(listed: Listed, where: str) -> Listed:
        low, high = _LIMITS.get(listed.name.partition(".")[2], (0.0, 1e6))
        if not low <= listed.value <= high:
            raise InputError(f"{where}: {listed.name}: {listed.value:g} is outside {low:g} .. {high:g}")
        return listed


def _names(file: FactorsFile) -> Iterator[tuple[str, str]]:
    for group, part in file:
        if isinstance(part, FileModel):
            yield from ((group, name) for name, factor in part if isinstance(factor, Factor))


def read_factors(path: str | None = None) -> Factors:
    """The factors that ship, or those of a file; InputError says what is wrong and where."""
    if path is None:
        return _shipped()
    tree = read(Path(path))
    return Factors(validate(FactorsFile, tree), tree)


@cache
def _shipped() -> Factors:
    tree = load(SHIPPED.read_text(encoding="utf-8"), "factors.yaml")
    return Factors(validate(FactorsFile, tree), tree)
