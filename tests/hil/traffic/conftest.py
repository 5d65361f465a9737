"""A rig whose traffic is kept in a file, as in a run."""

import pytest

from hil.traffic.file import Traffic, TrafficFile
from hil.traffic.registers import told
from tests.hil.modbus.line_rig import Rig, Wire


class Kept(Rig):
    """The rig of the line faults, with the record of its bus."""

    def __init__(self, folder):
        self.folder = folder
        self.waiting = []
        super().__init__(folder, keep=self.waiting.extend)
        self.file = TrafficFile(folder, {"units": told(self.bench.bus.units)})

    def traffic(self):
        """The record of all that has gone over the line, which ends with this."""
        self.close()
        self.file.keep(self.waiting)
        self.file.close()
        return Traffic(self.folder)


@pytest.fixture
def rig(tmp_path):
    return Kept(tmp_path)


@pytest.fixture
def wire(rig):
    yield Wire(rig.port)
    Wire.close_all()
