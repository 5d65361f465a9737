"""`geotwin pcap`: what went over Modbus TCP in a run, as a capture for Wireshark."""

import argparse
from pathlib import Path
from typing import Any

from hil.runs.folder import check_own
from hil.traffic.file import BUS_FILE, Traffic, recover
from hil.traffic.pcap import write_pcap
from twin.errors import InputError
from twin.files import written_whole

PCAP_FILE = "bus.pcap"


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    pcap: argparse.ArgumentParser = commands.add_parser(
        "pcap",
        help="write what went over Modbus TCP in a run as a capture for Wireshark",
        description="Writes the requests and answers of a run, with the times at which they came and left, as a pcap "
        "file that Wireshark and tshark open. Handshakes and sequence numbers are made up around them.",
        epilog="example: geotwin pcap runs/office/cold_snap, then: tshark -r runs/office/cold_snap/bus.pcap "
        "-o mbtcp.tcp.port:5020",
    )
    pcap.add_argument("folder", type=Path, metavar="RUN", help="folder of a run, such as runs/office/cold_snap")
    pcap.add_argument("-o", "--output", type=Path, metavar="FILE", help=f"the capture; {PCAP_FILE} in the folder")
    pcap.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Write the capture; 0."""
    folder: Path = options.folder
    check_own(folder)
    recover(folder)
    if not (folder / BUS_FILE).exists():
        raise InputError(f"{folder}: holds no {BUS_FILE}; only runs over a line (--controller modbus:..) keep one")
    traffic, file = Traffic(folder), options.output or folder / PCAP_FILE
    with written_whole(file) as out:
        count = write_pcap(traffic.exchanges(), out)
    ports = sorted({int(one["port"]) for one in traffic.meta["units"]})
    print(f"{file}: {count} packets, Modbus/TCP on port {', '.join(map(str, ports))}")
    return 0
