"""The devices of docs/plc-runtimes.md are on the office's bench, and its table says where OpenPLC puts them."""

import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from hil import cli

PAGE = (Path(__file__).parents[2] / "docs" / "plc-runtimes.md").read_text(encoding="utf-8")
BLOCKS = {"Discrete_Inputs": "di", "Coils": "co", "Input_Registers": "ir", "Holding_Registers": "hr"}
PLACES = {"di": "IX", "co": "QX", "ir": "IW", "hr": "QW"}


@pytest.fixture
def devices(tmp_path: Path) -> list[dict[str, str]]:
    """What the script of the page writes for OpenPLC, by device."""
    [script] = re.findall(r"^```sh\n(#!/bin/sh\n.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    plc = tmp_path / "webserver" / "core" / "openplc"
    plc.parent.mkdir(parents=True)
    plc.write_text("#!/bin/sh\necho started\n")
    plc.chmod(0o755)
    words = ["sh", "-e", "-c", script, "start_plc.sh", "10.0.0.7", "5021"]
    said = subprocess.run(
        words, cwd=tmp_path, check=True, capture_output=True, text=True, env={"OPENPLC": str(tmp_path)}
    )
    assert said.stdout == "started\n"
    found: dict[int, dict[str, str]] = defaultdict(dict)
    text = (tmp_path / "mbconfig.cfg").read_text()
    for number, key, value in re.findall(r'^device(\d+)\.(\w+) = "(.*)"$', text, re.MULTILINE):
        found[int(number)][key] = value
    assert f'Num_Devices = "{len(found)}"' in text
    return [found[number] for number in range(len(found))]


def test_the_devices_are_on_the_bench(devices: list[dict[str, str]], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["map", "office", "--format", "csv"]) == 0
    rows = [line.split(",") for line in capsys.readouterr().out.splitlines()]
    there = {(row[1], row[3], row[4]) for row in rows}
    units = {row[18].split(".")[0]: row[1] for row in rows}
    assert len(devices) == 4
    for one in devices:
        assert (one["address"], one["IP_Port"], one["protocol"]) == ("10.0.0.7", "5021", "TCP")
        assert one["slave_id"] == units[one["name"]]
        for block, table in BLOCKS.items():
            start, size = int(one.get(f"{block}_Start", 0)), int(one.get(f"{block}_Size", 0))
            assert {(one["slave_id"], table, str(start + n)) for n in range(size)} <= there, (one["name"], block)


def test_the_table_says_where_they_are(devices: list[dict[str, str]]) -> None:
    used: dict[str, int] = defaultdict(int)
    for one in devices:
        expected = set()
        for block, table in BLOCKS.items():
            for _ in range(int(one.get(f"{block}_Size", 0))):
                bit = f"{100 + used[table] // 8}.{used[table] % 8}" if table in ("di", "co") else str(100 + used[table])
                expected.add(f"%{PLACES[table]}{bit}")
                used[table] += 1
        [row] = re.findall(rf"^\| `{one['name']}` \|.*$", PAGE, re.MULTILINE)
        assert set(re.findall(r"%[IQ][XW][\d.]+", row)) == expected
