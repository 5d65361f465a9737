"""A new kind of component is its file, its line in MODELS and its lines in the phases; the rest follows from these."""

import json
import os
import subprocess
import sys

import pytest

SOURCE = '''"""Sun on a collector."""

from typing import Any, ClassVar

from plant_models.water.network import STIRRED
from twin.kernel import Rows, kernel
from twin.points import Model, link, parameter, sensor, state
from twin.symbol import SOURCE, Symbol


class SolarCollector(Model):
    """A collector that gives half of the sun on it to the water."""

    passage = link("passage")
    symbol = Symbol('<path d="M-20 10L20 -10" class="sun"/>', end=SOURCE)
    into_water = "collectors"
    energies: ClassVar = {"heat of the sun in collectors": "energy"}
    area = parameter("m2", 100.0)
    heat = sensor("W")
    energy = state("J")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Water inside."""
        tables["passage"][row.passage].kind, tables["passage"][row.passage].mass = STIRRED, 50.0


@kernel
def exchange(collectors: Rows, passages: Rows, weather: Rows, dt: float) -> None:
    """Half of the sun."""
    for i in range(len(collectors)):
        collectors[i].heat = 0.5 * collectors[i].area * weather[0].global_irradiance
        collectors[i].energy += collectors[i].heat * dt
        passages[collectors[i].passage].heat = collectors[i].heat
'''
PLANT = """plant: sunny
title: sunny
source: test
components:
  pump: {model: Pump}
  collector: {model: SolarCollector, area: 20 m2}
  pipe: {model: Pipe, length_m: 20 m}
  holding: {model: PressureHolding, loop: (suction)}
water:
  loop: (suction) > pump > collector > pipe > (suction)
"""
PROGRAM = """
import json
from datetime import datetime
from hil.books.accounts import energy_account
from hil.schematic.drawing import schematic
from plant_models.assembly.plant_file import read_plant
from plant_models.plant import Plant
text = read_plant("sunny.yaml")
plant = Plant(text, datetime(2026, 6, 15, 12), 86400.0)
for command in ("pump.enable_cmd", "pump.speed_cmd"):
    plant.store.write(command, 1.0)
plant.advance(600)
print(json.dumps({
    "tables": len(plant._tables.solarcollector), "order": plant.order(), "account": energy_account(plant.store),
    "drawn": schematic(text), "balance": plant.balance(), "temp": plant.store.read("collector/passage.leaving_temp"),
}))
"""
LINES = {
    "plant_models/tick/kinds.py": {
        "MODELS: ": "from plant_models.equipment.solar_collector import SolarCollector\n\nMODELS: ",
        "    HeatMeter, WaterMeter,": "    SolarCollector, HeatMeter, WaterMeter,",
    },
    "plant_models/tick/driver.py": {
        "ACTUATE: ": "from plant_models.equipment import solar_collector\n\nACTUATE: ",
        "    Step(boiler.exchange,": '    Step(solar_collector.exchange, "solarcollector passage weather dt"),\n'
        "    Step(boiler.exchange,",
    },
}
"""What is written in each file before what stands there."""


@pytest.fixture(scope="module")
def found(tmp_path_factory, copy_packages):
    """What a program says of a plant with the new kind, once compiled and once as plain Python."""
    tree = copy_packages(tmp_path_factory.mktemp("tree"), "library")
    (tree / "plant_models/equipment/solar_collector.py").write_text(SOURCE)
    for name, changes in LINES.items():
        text = (tree / name).read_text()
        for before, after in changes.items():
            assert text.count(before) == 1, f"{name}: {before}"
            text = text.replace(before, after)
        (tree / name).write_text(text)
    (tree / "sunny.yaml").write_text(PLANT)

    def run(plain: str) -> dict:
        env = {**os.environ, "NUMBA_DISABLE_JIT": plain, "PYTHONPATH": str(tree), "XDG_CACHE_HOME": str(tree / "cache")}
        env.pop("NUMBA_CACHE_DIR", None)
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], cwd=tree, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run("0"), run("1")


def test_tables_and_the_order_of_a_tick_have_it(found):
    for one in found:
        assert one["tables"] == 1
        order = one["order"]
        at = order.index("exchange: solar_collector.exchange")
        assert order.index("exchange: pump.exchange") < at < order.index("exchange: thermal.advance")


def test_the_account_has_its_lines_and_closes(found):
    for one in found:
        account = one["account"]
        sun = account["heat of the sun in collectors"]
        assert 0.1 < sun < 20.0 * 1.2 * 0.5 / 6.0
        assert account["into the water: collectors"] == pytest.approx(sun)
        water = {line: value for line, value in account.items() if line.startswith("into the water: ")}
        assert sum(water.values()) == pytest.approx(2.0 * water["into the water: all together"])
        assert one["balance"]["energy_residual"] < 1e-6
        assert one["temp"] > 15.0


def test_the_schematic_draws_it(found):
    for one in found:
        assert 'd="M-20 10L20 -10" class="sun"' in one["drawn"]
        assert ">collector<" in one["drawn"]


def test_compiled_and_plain_agree(found):
    assert found[0] == found[1]
