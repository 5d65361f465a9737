"""A capture (pcap) of what went over Modbus TCP in a run, which Wireshark and tshark open.

The record has what was asked and answered and when; handshakes, acknowledgements and sequence numbers are made up
around it, in a way that fits. A real capture may have cut an answer into other segments.
"""

import heapq
import ipaddress
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from hil.bus.exchanges import CLOSE, CUT, OPEN, Exchange

LINE = "modbus"
_MAGIC_NS, _RAW_IP, _SNAP = 0xA1B23C4D, 101, 65535
"""The pcap format with nanoseconds (file-format draft of the IETF, draft-ietf-opsawg-pcap); packets begin with IP."""
_FIN, _SYN, _PSH, _ACK = 0x01, 0x02, 0x08, 0x10
_WINDOW = 64_240
STEP_NS = 1000
"""Between the made-up packets of a handshake."""
_HELD_NS = 60_000_000_000
"""Packets are put in order within this time: an answer may leave so long after later requests came."""
Packet = tuple[int, int, bytes]
"""Time [ns since 1970], a number that keeps equal times in order, bytes."""


@dataclass
class _Talk:
    """A TCP connection. sent: bytes each end has sent so far, SYN included: client, server."""

    client: tuple[str, int]
    server: tuple[str, int]
    sent: list[int]
    ended: bool = False

    def packet(self, by: int, flags: int, data: bytes = b"") -> bytes:
        """An IP packet of the client (0) or the server (1), with the numbers as they are now."""
        source, target = (self.client, self.server) if by == 0 else (self.server, self.client)
        acknowledged = self.sent[1 - by] if flags & _ACK else 0
        ports = struct.pack(">HHII", source[1], target[1], self.sent[by] & 0xFFFFFFFF, acknowledged & 0xFFFFFFFF)
        segment = ports + struct.pack(">BBHHH", 5 << 4, flags, _WINDOW, 0, 0) + data
        self.sent[by] += len(data) + bool(flags & (_SYN | _FIN))
        return _ip(source[0], target[0], segment)


def _ip(source: str, target: str, segment: bytes) -> bytes:
    """An IPv4 or IPv6 packet around a TCP segment, both with their checksums."""
    ends = ipaddress.ip_address(source).packed, ipaddress.ip_address(target).packed
    pseudo = b"".join(ends) + struct.pack(">II", len(segment), 6)
    segment = segment[:16] + struct.pack(">H", _sum(pseudo + segment)) + segment[18:]
    if len(ends[0]) == 16:
        return struct.pack(">IHBB", 6 << 28, len(segment), 6, 64) + b"".join(ends) + segment
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0x4000, 64, 6, 0) + b"".join(ends)
    return head[:10] + struct.pack(">H", _sum(head)) + head[12:] + segment


def _sum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def write_pcap(exchanges: Iterable[Exchange], out: BinaryIO) -> int:
    """Write a capture; returns how many packets."""
    out.write(struct.pack("<IHHiIII", _MAGIC_NS, 2, 4, 0, 0, _SNAP, _RAW_IP))
    count = 0
    for at, data in _packets(_in_order(exchanges)):
        out.write(struct.pack("<IIII", at // 1_000_000_000, at % 1_000_000_000, len(data), len(data)) + data)
        count += 1
    return count


@dataclass(order=True, frozen=True)
class _Step:
    """Something to be written: bytes of the client (0) or server (1), or the beginning or end of a connection."""

    at: int
    number: int
    key: tuple[str, str, int]
    by: int
    data: bytes
    event: str = ""


def _in_order(exchanges: Iterable[Exchange]) -> Iterator[_Step]:
    """Requests and answers as they came and left; they are told when the answer is, which may be late."""
    waiting: list[_Step] = []
    number = 0
    for one in exchanges:
        if one.line != LINE:
            continue
        key = (one.peer, one.server, one.connection)
        steps = [(one.received, 0, one.request, one.event if one.event in (OPEN, CLOSE, CUT) else "")]
        steps += [(one.answered, 1, one.answer, "")] if one.answered else []
        for at, by, data, event in steps:
            number += 1
            heapq.heappush(waiting, _Step(at, number, key, by, data, event))
        while waiting[0].at < one.received - _HELD_NS:
            yield heapq.heappop(waiting)
    while waiting:
        yield heapq.heappop(waiting)


def _packets(steps: Iterable[_Step]) -> Iterator[tuple[int, bytes]]:
    talks: dict[tuple[str, str, int], _Talk] = {}
    for step in steps:
        talk = talks.get(step.key)
        if talk is None:
            talk = talks[step.key] = _Talk(_address(step.key[0]), _address(step.key[1]), [1000, 5000])
            for late, (by, flags) in enumerate(((0, _SYN), (1, _SYN | _ACK), (0, _ACK))):
                yield step.at - (3 - late) * STEP_NS, talk.packet(by, flags)
        if step.event in (CLOSE, CUT):
            first = int(step.event == CUT)
            for late, by in enumerate((first, 1 - first)):
                yield step.at + late * STEP_NS, talk.packet(by, _FIN | _ACK)
            yield step.at + 2 * STEP_NS, talk.packet(first, _ACK)
            del talks[step.key]
        elif step.data:
            yield step.at, talk.packet(step.by, _PSH | _ACK, step.data)


def _address(end: str) -> tuple[str, int]:
    host, _, port = end.rpartition(":")
    return host.partition("%")[0], int(port)
