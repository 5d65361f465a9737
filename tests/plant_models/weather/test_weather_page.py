"""What docs/weather.md shows is true: its plant and its file work together, its tables are complete."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plant_models.assembly.plant_file import SiteEntry, read_plant
from plant_models.plant import Plant
from plant_models.weather.csv_weather import ALLOWED
from plant_models.weather.design_weather import BUILT_IN
from plant_models.weather.weather import weather
from twin.errors import InputError

PAGE = (Path(__file__).parents[3] / "docs" / "weather.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```(\w+) ?\w*\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
START = datetime(2026, 1, 15, 6, 30, tzinfo=UTC)


@pytest.fixture
def plant_file(tmp_path: Path) -> Path:
    (tmp_path / "our_winter.csv").write_text(BLOCKS["csv"])
    (tmp_path / "plant.yaml").write_text(BLOCKS["yaml"])
    return tmp_path / "plant.yaml"


def test_the_plant_of_the_page_has_the_weather_of_the_page(plant_file: Path) -> None:
    """6:30 UTC is 7:30 at +01:00, half way between the records of 7:00 and 8:00."""
    plant = Plant(read_plant(str(plant_file)), START, 3600.0)
    assert plant.store.read("weather.hour") == 7.5
    assert plant.store.read("weather.outdoor_temp") == pytest.approx((-4.8 - 4.1) / 2)
    assert plant.store.read("weather.global_irradiance") == pytest.approx(7.5)
    assert plant.store.read("weather.humidity") == pytest.approx(0.815)
    assert plant.notes == ()


def test_the_refusals_of_the_page(plant_file: Path) -> None:
    wrong = [("global_irr", "global_ir"), ("0.75", "-88.2"), ("T09:00", "T09:30")]
    shown = BLOCKS["text"].splitlines()
    assert len(shown) == len(wrong)
    for (old, new), said in zip(wrong, shown, strict=True):
        path = plant_file.with_name("our_winter.csv")
        path.write_text(BLOCKS["csv"].replace(old, new))
        with pytest.raises(InputError) as refused:
            weather(str(path), datetime(2026, 1, 15, 6), 3600.0 * 3.5)  # noqa: DTZ001  (local standard time)
        assert str(refused.value).removeprefix(f"{path.parent}/") == said


def test_the_tables_of_the_page_are_complete() -> None:
    headings = set(re.findall(r"^\| `(\w+)` \| [^|]*\| ", PAGE, re.MULTILINE)) - set(BUILT_IN)
    assert headings == {"time", *ALLOWED}
    assert {name for name in re.findall(r"^\| `(beijing_\w+)` \|", PAGE, re.MULTILINE)} == set(BUILT_IN)
    assert all(f"{name}:" in BLOCKS["yaml"] for name in SiteEntry.model_fields)
