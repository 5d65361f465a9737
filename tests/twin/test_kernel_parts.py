"""Kernels joined into their callers: only with the numba they are proven with, and with the bits of plain numba."""

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from twin.kernel import PARTS, joins_parts

ROOT = Path(__file__).parents[2]
PROGRAM = """
from tests.plant_models.heat_pump import conftest
from twin.kernel import PARTS
print(PARTS, conftest.fingerprint())
"""
"""Heat-pump units of every type over some hours: what they were, bit by bit."""


@pytest.mark.parametrize(
    ("version", "asked", "joined"),
    [
        ("0.68.1", "1", True),
        ("0.68.9", "", True),
        ("0.68.1", "0", False),
        ("0.69.0", "1", False),
        ("0.6.8", "1", False),
    ],
)
def test_only_a_proven_numba_joins_kernels(version, asked, joined):
    assert joins_parts(version, asked) is joined


def test_this_numba_is_a_proven_one():
    assert joins_parts(numba.__version__, "1")
    assert PARTS is (not numba.config.DISABLE_JIT and os.environ.get("GEOTWIN_KERNEL_PARTS") != "0")


def test_joined_or_not_units_have_the_same_bits(tmp_path):
    said = []
    for asked, cache in (("1", {}), ("0", {"NUMBA_CACHE_DIR": str(tmp_path)})):
        env = {**os.environ, "GEOTWIN_KERNEL_PARTS": asked, **cache}
        words = [sys.executable, "-c", PROGRAM]
        done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.split())
    assert [joined for joined, _ in said] == ["True", "False"]
    assert said[0][1] == said[1][1]
