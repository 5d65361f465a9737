"""Random bytes that are the same in every run of a seed."""

import hashlib
from collections import defaultdict


class Chances:
    """Streams of bytes from a seed, one for each process of a program, in the order in which they began."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._streams: dict[tuple[str, int], _Stream] = {}
        self._begun: defaultdict[str, int] = defaultdict(int)

    def draw(self, program: str, process: int, count: int) -> bytes:
        """The next bytes of a process."""
        key = program, process
        if key not in self._streams:
            self._begun[program] += 1
            self._streams[key] = _Stream(f"{self._seed} {program} {self._begun[program]}")
        return self._streams[key].draw(count)

    def at_start(self, program: str, process: int) -> bytes:
        """The 16 bytes that a process gets when it executes a program."""
        return self.draw(program, process, 16)


class _Stream:
    def __init__(self, name: str) -> None:
        self._key = hashlib.blake2b(name.encode(), digest_size=32).digest()
        self._drawn, self._rest = 0, b""

    def draw(self, count: int) -> bytes:
        pieces, size = [self._rest], len(self._rest)
        while size < count:
            pieces.append(hashlib.blake2b(self._drawn.to_bytes(8, "little"), key=self._key).digest())
            self._drawn += 1
            size += len(pieces[-1])
        whole = b"".join(pieces)
        self._rest = whole[count:]
        return whole[:count]
