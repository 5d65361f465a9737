"""Noise as a function of a seed and a counter: the same bits in any order of calls, in compiled and in plain Python.

Integers stay below 2**63 after masking, and a product needs its low 32 bits only, so wrapping machine integers and
unbounded Python integers agree. No logarithm and no cosine: the bits do not depend on the machine's libm.
"""

import hashlib

from twin.kernel import kernel


def seed_of(*names: object) -> int:
    """A seed of 63 bits from what the noise belongs to, such as the seed of the run and the name of a fault."""
    text = "\x1f".join(str(name) for name in names)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


@kernel
def mix(word: int) -> int:
    """Scramble 32 bits: a permutation in which every bit in changes every bit out with probability one half.

    Source: C. Wellons 2018, hash-prospector, `triple32` (bias 0.0208).
    """
    word = word ^ (word >> 17)
    word = (word * 0xED5AD4BB) & 0xFFFFFFFF
    word = word ^ (word >> 11)
    word = (word * 0xAC4C1B51) & 0xFFFFFFFF
    word = word ^ (word >> 15)
    word = (word * 0x31848BAB) & 0xFFFFFFFF
    return word ^ (word >> 14)


@kernel
def random_key(seed: int, counter: int) -> int:
    """32 random bits for a seed and a counter (both integers of up to 63 bits, not negative)."""
    word = mix((seed & 0xFFFFFFFF) ^ 0x9E3779B9)
    word = mix(word ^ (seed >> 32))
    word = mix(word ^ (counter & 0xFFFFFFFF))
    return mix(word ^ (counter >> 32) ^ 0x85EBCA6B)


@kernel
def uniform(seed: int, counter: int) -> float:
    """A number of the even distribution over 0 <= u < 1, in steps of 2**-32."""
    return random_key(seed, counter) / 4294967296.0


@kernel
def gaussian(seed: int, counter: int) -> float:
    """A number of the normal distribution, mean 0 and variance 1 to 1e-9: twelve 16-bit numbers, summed.

    Never beyond 6; excess kurtosis -0.1.
    """
    key = random_key(seed, counter)
    total = 0
    for draw in range(6):
        word = mix((key + draw * 0x9E3779B9) & 0xFFFFFFFF)
        total += (word & 0xFFFF) + (word >> 16)
    return (total - 393210) / 65536.0
