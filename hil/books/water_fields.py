"""The water account of every well field: withdrawn and reinjected, by its meters and in truth, and what is taxed."""

from dataclasses import dataclass

from hil.books.factors import Factors
from plant_models.ground.well import SingleWell
from plant_models.piping.meters import FieldWaterMeter
from twin.store import Store


@dataclass(frozen=True)
class WaterField:
    """The wells that share their meters; volumes in m3, None where there is no meter.

    tolerance: by how much two meters of the class may differ when everything went back
    taxed:     volume that the tax counts; tax in the currency of the factors
    """

    wells: str
    withdrawn: float
    reinjected: float
    withdrawn_metered: float | None
    reinjected_metered: float | None
    tolerance: float
    base: str
    taxed: float
    tax: float

    @property
    def difference(self) -> float:
        """What did not go back, in truth [m3]."""
        return self.withdrawn - self.reinjected

    @property
    def difference_metered(self) -> float | None:
        """What did not go back, by the meters [m3]."""
        if self.withdrawn_metered is None or self.reinjected_metered is None:
            return None
        return self.withdrawn_metered - self.reinjected_metered

    @property
    def closes(self) -> bool | None:
        """Whether the meters show full reinjection, as exactly as their class lets them."""
        return None if self.difference_metered is None else abs(self.difference_metered) <= self.tolerance


def water_fields(store: Store, factors: Factors) -> list[WaterField]:
    """One account for each group of wells on the same pair of meters."""
    groups: dict[tuple[int, int], list[str]] = {}
    for name, model, _ in store.components():
        if model is SingleWell:
            row = store.row(name)
            groups.setdefault((int(row.withdrawn_meter), int(row.reinjected_meter)), []).append(name)
    return [_field(store, factors, wells, *meters) for meters, wells in groups.items()]


def _field(store: Store, factors: Factors, wells: list[str], out: int, back: int) -> WaterField:
    withdrawn, reinjected = (float(sum(store.row(w)[point] for w in wells)) for point in ("withdrawn", "reinjected"))
    metered = [float(store.tables[FieldWaterMeter.table][row].volume) if row >= 0 else None for row in (out, back)]
    seen = [true if meter is None else meter for true, meter in zip((withdrawn, reinjected), metered, strict=True)]
    tolerance = factors["water.meter_class"] * (seen[0] + seen[1])
    taxed = seen[0] if factors.tax_base == "withdrawn" else max(seen[0] - seen[1], 0.0)
    names = wells[0] if len(wells) == 1 else f"{wells[0]} to {wells[-1]}"
    return WaterField(
        names, withdrawn, reinjected, metered[0], metered[1], tolerance, factors.tax_base, taxed,
        taxed * factors["water.tax_rate"],
    )  # fmt: skip
