"""`geotwin pcap`: what went over Modbus TCP in a run or through a proxy, as a capture for Wireshark."""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from hil.bus.exchanges import Exchange
from hil.runs.bus_record import recording
from hil.traffic.pcap import write_pcap
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
    pcap.add_argument(
        "folder", type=Path, metavar="RUN", help="folder of a run or a proxy, such as runs/office/cold_snap"
    )
    pcap.add_argument("-o", "--output", type=Path, metavar="FILE", help=f"the capture; {PCAP_FILE} in the folder")
    pcap.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Write the capture; 0."""
    folder: Path = options.folder
    traffic, file = recording(folder), options.output or folder / PCAP_FILE
    ports = {int(one["port"]) for one in traffic.meta["units"]}
    with written_whole(file) as out:
        count = write_pcap(_noting(traffic.exchanges(), ports), out)
    print(f"{file}: {count} packets, Modbus/TCP on port {', '.join(map(str, sorted(ports)))}")
    return 0


def _noting(exchanges: Iterable[Exchange], ports: set[int]) -> Iterator[Exchange]:
    """The exchanges as they are; the ports of their servers go into the set."""
    for one in exchanges:
        port = one.server.rpartition(":")[2]
        ports |= {int(port)} if port.isdecimal() else set()
        yield one
