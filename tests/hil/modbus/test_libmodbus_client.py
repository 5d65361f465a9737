"""libmodbus' own test client, written for libmodbus' own test server, is satisfied by a device file and faults alone.

Its source comes with the package libmodbus-dev; what it expects of its server stands in unit-test-server.c beside it.
"""

import contextlib
import re
import subprocess
from pathlib import Path

import pytest

from tests.hil.modbus.line_rig import Rig

EXAMPLES = Path("/usr/share/doc/libmodbus-dev/examples")
INPUTS = bytes((0xAC, 0xDB, 0x35))
"""The discrete inputs of the test server, the first in the lowest bit."""
DEVICE = """\
device: libmodbus_test_server
source: unit-test.h and unit-test-server.c of libmodbus 3.1.6
identity: {vendor: LMB, product: "3.16", server_id: 180}
functions: [1, 2, 3, 4, 5, 6, 15, 16, 17, 22, 23]
registers:
  - {table: co, address: 0x130, name: "coil_[0-36]", type: bool, access: rw}
  - {table: hr, address: 0x160, name: "word_[0-31]", type: uint16, access: rw}
  - {table: ir, address: 0x108, name: input, type: uint16, value: 0x000A}
""" + "".join(
    f"  - {{table: di, address: {0x1C4 + bit}, name: s_{bit}, type: bool, value: {INPUTS[bit // 8] >> bit % 8 & 1}}}\n"
    for bit in range(0x16)
)
FAULTS = (
    ("exception", {"code": "3", "function": "5", "addresses": "306"}),
    ("exception", {"code": "3", "function": "6", "addresses": "368"}),
    ("exception", {"code": "6", "function": "3", "addresses": "368", "quantity": "3"}),
    ("wrong_transaction", {"function": "3", "addresses": "369", "quantity": "1"}),
    ("delay", {"delay": "0.5 s", "function": "3", "addresses": "370", "quantity": "1"}),
    ("slow", {"gap": "5 ms", "function": "3", "addresses": "371", "quantity": "1"}),
    ("fewer", {"words": "1", "function": "3", "addresses": "352", "quantity": "2"}),
)

PATIENT = (
    ("modbus_set_byte_timeout(ctx, 0, 7000)", "modbus_set_byte_timeout(ctx, 0, 500000)"),
    ("modbus_set_response_timeout(ctx, 0, 600000)", "modbus_set_response_timeout(ctx, 0, 999000)"),
)
"""Its two time-outs that have to be long enough are longer on a machine that is busy with other tests."""


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    folder = tmp_path_factory.mktemp("libmodbus")
    (folder / "test_server.yaml").write_text(DEVICE)
    made = Rig(folder, units="  - {unit: any, name: server, device: test_server.yaml}\n")
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(tmp_path_factory, rig):
    """The program, made to connect to the rig."""
    folder = tmp_path_factory.mktemp("client")
    source = (EXAMPLES / "unit-test-client.c").read_text(encoding="utf-8")
    source = re.sub(r"\b1502\b", str(rig.port), source)
    for short, patient in PATIENT:
        assert short in source
        source = source.replace(short, patient)
    (folder / "client.c").write_text(source)
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "libmodbus"], capture_output=True, check=True, text=True
    )
    made = [
        "cc",
        "-w",
        "-I",
        str(EXAMPLES),
        str(folder / "client.c"),
        *flags.stdout.split(),
        "-o",
        str(folder / "client"),
    ]
    subprocess.run(made, check=True, capture_output=True)
    return folder / "client"


def test_every_check_of_the_client_passes(rig, client):
    with contextlib.ExitStack() as present:
        for kind, given in FAULTS:
            present.enter_context(rig.fault(kind, target="server", **given))
        done = subprocess.run([client, "tcp"], check=False, capture_output=True, text=True, timeout=60)
    assert "assertion error" not in done.stdout, done.stdout[-2000:]
    assert done.returncode == 0, done.stdout[-2000:]
    assert done.stdout.count("OK\n") > 100
    assert "ALL TESTS PASS WITH SUCCESS." in done.stdout


def test_without_the_faults_it_is_not_satisfied(rig, client):
    done = subprocess.run([client, "tcp"], check=False, capture_output=True, text=True, timeout=60)
    assert "modbus_write_bit (triggers invalid reply): \n" in done.stdout
    assert "assertion error" in done.stdout
    assert done.returncode != 0
