"""A controller as others write them: it has never heard of the rig. HOST PORT COUNT PAUSE [LIBRARY-FREE MODBUS]."""

import socket
import struct
import sys
import time

host, port, count, pause = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
line, asked = socket.create_connection((host, port)), 0


def ask(function, address, value):
    """One request to the well pump; the answer without its header."""
    global asked  # noqa: PLW0603
    asked += 1
    line.sendall(struct.pack(">HHHBBHH", asked & 0xFFFF, 0, 6, 1, function, address, value))
    return line.recv(300)[7:].hex()


print("begun", flush=True)
ask(6, 0, 1)
for number in range(count):
    ask(6, 1, 500 + number % 100)
    print(number, ask(4, 0, 5), time.strftime("%H:%M:%S"), flush=True)
    time.sleep(pause)
print("that was all", flush=True)
sys.exit(4)
