"""A wheel of the project holds every data file of the tree, and what is installed from it works without the tree."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("twin", "plant_models", "scenarios", "hil")
PARTS = (*PACKAGES, "geotwin.py")
EXPECTED = {
    "plant_models/plants/office.yaml",
    "plant_models/catalogue/pumps.csv",
    "plant_models/catalogue/maps/screw_r134a.csv",
    "scenarios/schema/scenario.schema.json",
    "hil/benches/office.yaml",
    "hil/controllers/configurations/office.yaml",
    "scenarios/library/office/cold_snap.yaml",
    "hil/devices/heat_pump.yaml",
    "hil/tables/words.yaml",
    "hil/reports/schema/result.schema.json",
    "hil/reports/templates/report.html",
}


def tracked() -> set[str]:
    """The files of the packages that git knows."""
    listed = subprocess.run(["git", "ls-files", "--", *PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True)
    return set(listed.stdout.split())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    code = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, check=True, timeout=120)
    (file,) = folder.glob("geotwin-*.whl")
    return file


def test_a_wheel_holds_all_files_of_the_packages(wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    assert tracked() <= inside, tracked() - inside
    assert inside >= EXPECTED
    others = {name for name in inside if name.split("/")[0] not in PARTS and ".dist-info/" not in name}
    assert not others


def test_it_is_used_from_the_wheel(wheel, tmp_path):
    """Plants, devices, the library and the pump catalogue are found in the package, not in the checkout."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import hil; assert hil.__file__.startswith(sys.argv[1]), hil.__file__\n"
        "from hil.bench.bench_file import read_bench, ready_devices\n"
        "from plant_models.assembly.plant_file import read_plant, ready_plants\n"
        "from scenarios.ready import ready_scenarios\n"
        "print(*ready_plants(), len(ready_devices()), len(read_bench('office')), len(ready_scenarios()))\n"
    )
    words = [sys.executable, "-c", code, str(tmp_path)]
    said = subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=120).stdout.split()
    assert "office" in said
    assert min(int(number) for number in said[-3:]) > 0
