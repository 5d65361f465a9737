"""Requests and answers of Modbus, without their transport: bytes of a request and the image of a unit give an answer.

Functions 1-6, 8, 15-17, 22, 23 and 43/14 of the Modbus Application Protocol 1.1b3, each with its limits and the
exception the standard asks for: 1 for an unknown function, 3 for a count or a length that cannot be, 2 for what is not
there.
"""

from collections.abc import Callable

from hil.bus.maps.device_map import Identity
from hil.bus.refusal import Reason, RefusedRequest
from hil.bus.unit_image import UnitImage
from hil.lines.modbus import codes as code

_ON, _OFF, _RUNNING = b"\xff\x00", b"\x00\x00", b"\xff"
_MOST_BITS, _MOST_WORDS, _MOST_BITS_WRITTEN, _MOST_WORDS_WRITTEN, _MOST_WORDS_WRITTEN_READ = 2000, 125, 1968, 123, 121


class _IllegalPduError(Exception):
    """A request that the protocol itself does not allow; code: the exception code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


_EXCEPTIONS = {reason: code.ILLEGAL_ADDRESS for reason in Reason} | {
    Reason.BAD_VALUE: code.ILLEGAL_VALUE,
    Reason.BUSY: code.DEVICE_BUSY,
}
"""Section 7 of the standard: an address, alone or with its length, that cannot be used is 2, a value 3; 6 is busy."""


def respond(image: UnitImage, request: bytes) -> bytes:
    """The answer PDU to a request PDU (at least one byte)."""
    device = image.device
    known = _USUAL if device.functions is None else device.functions
    if request[0] not in known:
        return refusal(request, code.ILLEGAL_FUNCTION)
    handler = _HANDLERS[request[0]]
    most = device.most_registers
    if most is not None and request[0] in _OF_WORDS and describe(request)[2] > most:
        return refusal(request, code.ILLEGAL_VALUE)
    try:
        return request[:1] + handler(image, request)
    except RefusedRequest as refused:
        return refusal(request, _EXCEPTIONS[refused.reason])
    except _IllegalPduError as illegal:
        return refusal(request, illegal.code)


def refusal(request: bytes, exception: int) -> bytes:
    """The exception answer to a request."""
    return bytes((request[0] | 0x80, exception))


def describe(request: bytes) -> tuple[int, int, int]:
    """Function code, address and count of a request, for people; 0 where the request has none."""
    function = request[0]
    address, count = _word(request, 1), 0
    if function in (1, 2, 3, 4, 15, 16, 23):
        count = _word(request, 3)
    elif function in (5, 6, 22):
        count = 1
    return (function, address, count) if function in _HANDLERS and function != code.ENCAPSULATED else (function, 0, 0)


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _expect(fits: bool) -> None:
    if not fits:
        raise _IllegalPduError(code.ILLEGAL_VALUE)


def _read_bits(table: str) -> Callable[[UnitImage, bytes], bytes]:
    def read(image: UnitImage, request: bytes) -> bytes:
        address, count = _word(request, 1), _word(request, 3)
        _expect(len(request) == 5 and 1 <= count <= _MOST_BITS)
        data = image.read_bits(table, address, count)
        return bytes((len(data),)) + data

    return read


def _read_words(table: str) -> Callable[[UnitImage, bytes], bytes]:
    def read(image: UnitImage, request: bytes) -> bytes:
        address, count = _word(request, 1), _word(request, 3)
        _expect(len(request) == 5 and 1 <= count <= _MOST_WORDS)
        data = image.read_words(table, address, count)
        return bytes((len(data),)) + data

    return read


def _write_coil(image: UnitImage, request: bytes) -> bytes:
    _expect(len(request) == 5 and request[3:5] in (_ON, _OFF))
    image.write_bits(_word(request, 1), 1, b"\x01" if request[3] else b"\x00")
    return request[1:]


def _write_register(image: UnitImage, request: bytes) -> bytes:
    _expect(len(request) == 5)
    image.write_words(_word(request, 1), request[3:5])
    return request[1:]


def _write_coils(image: UnitImage, request: bytes) -> bytes:
    address, count = _word(request, 1), _word(request, 3)
    size = (count + 7) // 8
    _expect(len(request) == 6 + size and request[5] == size and 1 <= count <= _MOST_BITS_WRITTEN)
    image.write_bits(address, count, request[6:])
    return request[1:5]


def _write_registers(image: UnitImage, request: bytes) -> bytes:
    address, count = _word(request, 1), _word(request, 3)
    _expect(len(request) == 6 + 2 * count and request[5] == 2 * count and 1 <= count <= _MOST_WORDS_WRITTEN)
    image.write_words(address, request[6:])
    return request[1:5]


def _mask_register(image: UnitImage, request: bytes) -> bytes:
    _expect(len(request) == 7)
    image.mask_word(_word(request, 1), _word(request, 3), _word(request, 5))
    return request[1:]


def _read_write_registers(image: UnitImage, request: bytes) -> bytes:
    """The write comes first; a range that cannot be read refuses both."""
    address, count, target, written = (_word(request, at) for at in (1, 3, 5, 7))
    _expect(len(request) == 10 + 2 * written and request[9] == 2 * written)
    _expect(1 <= count <= _MOST_WORDS and 1 <= written <= _MOST_WORDS_WRITTEN_READ)
    image.read_words("hr", address, count)
    image.write_words(target, request[10:])
    data = image.read_words("hr", address, count)
    return bytes((len(data),)) + data


def _identify(image: UnitImage, request: bytes) -> bytes:
    """Device identification: basic objects as a stream (codes 1-3) or one of them (code 4)."""
    identity = image.device.identity
    if identity is None or request[1:2] != bytes((code.DEVICE_IDENTIFICATION,)):
        raise _IllegalPduError(code.ILLEGAL_FUNCTION)
    _expect(len(request) == 4 and 1 <= request[2] <= 4)
    objects = _objects(identity)
    first = request[3]
    if request[2] == 4:
        if first >= len(objects):
            raise _IllegalPduError(code.ILLEGAL_ADDRESS)
        shown = objects[first : first + 1]
    else:
        first = first if first < len(objects) else 0  # the standard: an object beyond the last one starts anew
        shown = objects[first:]
    conformity = 0x81  # basic objects, as a stream and one by one
    body = b"".join(bytes((first + place, len(text))) + text for place, text in enumerate(shown))
    return request[1:3] + bytes((conformity, 0, 0, len(shown))) + body


def _diagnose(image: UnitImage, request: bytes) -> bytes:  # noqa: ARG001  (every handler is called alike)
    """Sub-function 0: the request comes back as it is."""
    if _word(request, 1) != 0 or len(request) < 5:
        raise _IllegalPduError(code.ILLEGAL_FUNCTION)
    return request[1:]


def _report(image: UnitImage, request: bytes) -> bytes:
    """The server's number, that it runs, and its identity as text: the layout that most servers have."""
    _expect(len(request) == 1)
    identity = image.device.identity
    text = " ".join((identity.vendor, identity.product, identity.revision)) if identity else image.device.device
    number = identity.server_id if identity else 0
    data = bytes((number,)) + _RUNNING + text.strip().encode("ascii", "replace")
    return bytes((len(data),)) + data


def _objects(identity: Identity) -> list[bytes]:
    return [text.encode("ascii") for text in (identity.vendor, identity.product, identity.revision)]


_HANDLERS: dict[int, Callable[[UnitImage, bytes], bytes]] = {
    code.READ_COILS: _read_bits("co"),
    code.READ_DISCRETE_INPUTS: _read_bits("di"),
    code.READ_HOLDING_REGISTERS: _read_words("hr"),
    code.READ_INPUT_REGISTERS: _read_words("ir"),
    code.WRITE_COIL: _write_coil,
    code.WRITE_REGISTER: _write_register,
    code.WRITE_COILS: _write_coils,
    code.WRITE_REGISTERS: _write_registers,
    code.MASK_WRITE_REGISTER: _mask_register,
    code.READ_WRITE_REGISTERS: _read_write_registers,
    code.ENCAPSULATED: _identify,
    code.DIAGNOSTICS: _diagnose,
    code.REPORT_SERVER_ID: _report,
}
_OF_WORDS = (3, 4, 16, 23)
_USUAL = frozenset(_HANDLERS) - {code.DIAGNOSTICS, code.REPORT_SERVER_ID}
"""What a device knows that does not say which functions it has; the others belong to the serial line (6.8, 6.13)."""
