"""Programs in C, built once for all tests; and nothing of a program is left after a test."""

import subprocess

import pytest

from tests.hil.virtual_time.held import HERE, descriptors, processes

TRACKER = "from multiprocessing.resource"
"""A process that Python starts for others and keeps to its own end."""


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Builds a program of this folder by its name; returns its file."""
    folder, done = tmp_path_factory.mktemp("built"), {}

    def build(name):
        if name not in done:
            words = ["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-pthread"]
            subprocess.run([*words, "-o", str(folder / name), str(HERE / f"{name}.c")], check=True)
            done[name] = folder / name
        return done[name]

    return build


@pytest.fixture(autouse=True)
def nothing_left():
    """No process and no descriptor is left after a test."""
    before, open_before = processes(), descriptors()
    yield
    left = {number: words for number, words in processes().items() if number not in before and TRACKER not in words}
    assert not left
    assert descriptors() <= open_before
