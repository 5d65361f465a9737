"""Random numbers of programs come from the seed of the run."""

import sys

import pytest

from tests.hil.virtual_time.held import play

PROGRAM = "import os, random, secrets; print(os.urandom(40).hex(), random.random(), secrets.token_hex(5), hash('a'))"


def drawn(folder, seed, program=PROGRAM):
    return play([sys.executable, "-c", program], folder, seed=seed).lines


def test_the_same_for_the_same_seed_and_other_for_another(tmp_path):
    first, again, other = (drawn(tmp_path / name, seed) for name, seed in (("a", 7), ("b", 7), ("c", 8)))
    assert first == again
    assert len(first[0].split()) == 4
    assert first[0].split()[0] != other[0].split()[0]
    assert first[0].split()[1] != other[0].split()[1]


CHILD = "os.fork() and os.wait() or (print(os.urandom(9).hex(), flush=True), os._exit(0))"


@pytest.mark.parametrize("child", [CHILD, "0"])
def test_children_draw_their_own(child, tmp_path):
    program = f"import os; print(os.urandom(9).hex(), flush=True); {child}; print(os.urandom(9).hex())"
    lines = drawn(tmp_path / "a", 1, program)
    assert len(set(lines)) == len(lines) == (2 if child == "0" else 3)
    assert drawn(tmp_path / "b", 1, program) == lines
