"""The layout of `result.json`, and its JSON Schema. `python -m hil.reports.result_file` writes the stored schema anew.

Whatever differs between two equal runs (wall times, lag, the date) stands under `timing`, and under `bus` what a
controller outside did; all else is the same.
"""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from twin.errors import InputError
from twin.files import read_bytes

STORED = Path(__file__).parent / "schema" / "result.schema.json"

MOST_BYTES = 50_000_000
"""Bytes of a result that are read; one of the library has some 20,000."""

Verdict = Literal["pass", "warn", "not exercised", "inconclusive", "fail", "error"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class CriterionResult(_Part):
    """What became of one criterion; margin: room left in `unit`, below zero where violated; at_s: worst moment [s]."""

    id: str
    requirement: str
    sentence: str
    verdict: Verdict
    margin: float | None
    unit: str
    at_s: float | None


class Balance(_Part):
    """What the plant's books leave open, as a share of the throughput [1]; null where it was not kept."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, float | None]
    energy_residual: float | None
    water_residual: float | None


class Timing(_Part):
    """Plant time, wall time and lag of the run; the only part that differs between equal runs."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, float | str | None]
    simulated_s: float | None
    wall_s: float | None
    lag_p99_ms: float | None


class Accounts(_Part):
    """Energies [kWh] and volumes of water [m3] over the run, by name."""

    energy_kwh: dict[str, float | None]
    water_m3: dict[str, float | None]


class SystemAmounts(_Part):
    """What one way of heating and cooling takes for the load: energies in kWh, cost in the currency, masses in kg."""

    electricity: float | None
    fuel: float | None
    final: float | None
    primary: float | None
    cost: float | None
    co2: float | None
    nox: float | None
    so2: float | None
    pm25: float | None


class FactorUsed(_Part):
    """A factor of the savings report."""

    value: float | None
    unit: str
    source: str


class SavingsPart(_Part):
    """Useful energy, seasonal figures, and the plant beside a boiler and a chiller on the same load."""

    heat_kwh: float | None
    cold_kwh: float | None
    measured: str
    electricity_kwh: float | None
    terminals_kwh: float | None
    fuel_kwh: dict[str, float | None]
    ratios: dict[str, float | None]
    currency: str
    systems: dict[str, SystemAmounts]
    saved: dict[str, dict[str, float | None]]
    factors: dict[str, FactorUsed]


class WaterFieldPart(_Part):
    """Water of the wells that share their meters [m3]; null where there is no meter."""

    wells: str
    withdrawn: float | None
    reinjected: float | None
    withdrawn_metered: float | None
    reinjected_metered: float | None
    difference_metered: float | None
    tolerance: float | None
    closes: bool | None
    tax_base: str
    taxed: float | None
    tax: float | None


class BeyondPart(_Part):
    """A law that was used outside its range: when first, for how long in all [s], by how much at the most in `unit`."""

    path: str
    law: str
    unit: str
    first_s: float | None
    length_s: float | None
    worst: float | None
    worst_s: float | None


class Distribution(_Part):
    """How a number was spread; null where there was none."""

    median: float | None
    p99: float | None
    worst: float | None


class RefusedRequests(_Part):
    """Requests of one kind that were answered with an exception."""

    device: str
    unit: int
    function: int
    table: str
    address: int
    quantity: int
    exception: int
    count: int


class BusDevice(_Part):
    """A device as one controller used it; poll periods between two equal reads [s of real, of plant time].

    read, written: registers with the type under which they stand in the map; never_written: its commands only
    """

    device: str
    port: int
    unit: int
    requests: int
    writes: int
    unanswered: int
    exceptions: int
    writes_refused: int
    poll_period_s: Distribution
    poll_period_plant_s: Distribution
    read: list[str]
    written: list[str]
    never_read: list[str]
    never_written: list[str]


class BusController(_Part):
    """What one host did on the bus; times of answers [ms]. faults: requests met by each fault of the line."""

    host: str
    connections: int
    reconnects: int
    requests: int
    unanswered: int
    answer_ms: Distribution
    devices: list[BusDevice]
    exceptions: list[RefusedRequests]
    faults: dict[str, int]
    suspicions: list[str]


class ResultFile(_Part):
    """The outcome of one run of one scenario. dut: the device under test, as given with `--dut`."""

    scenario: str
    plant: str
    controller: str
    dut: str = ""
    clock: str
    seed: int
    verdict: Verdict
    criteria: list[CriterionResult]
    balance: Balance
    timing: Timing
    versions: dict[str, str]
    notes: list[str]
    accounts: Accounts
    savings: SavingsPart | None
    water_fields: list[WaterFieldPart]
    beyond: list[BeyondPart]
    bus: list[BusController] | None = None


def read_result(file: Path) -> ResultFile:
    """The result of a run as its file has it; InputError where it is none."""
    try:
        return ResultFile.model_validate_json(read_bytes(file, MOST_BYTES))
    except ValueError as error:
        said = " ".join(str(error).split())[:200]
        raise InputError(f"{file}: not a result of geotwin ({said})") from error


def schema_text() -> str:
    """The schema of `result.json` (draft 2020-12), as it is stored."""
    schema: dict[str, Any] = ResultFile.model_json_schema()
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    STORED.write_text(schema_text())
