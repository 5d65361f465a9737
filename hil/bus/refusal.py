"""What a device refuses, and why; a protocol says it in its own words."""

from enum import Enum


class Reason(Enum):
    """Why a register was not read or written."""

    ABSENT = "no register stands there"
    SPLIT = "part of a wide value only"
    WRITE_ONLY = "it cannot be read"
    READ_ONLY = "it cannot be written"
    BAD_VALUE = "the value is outside what it takes"
    BUSY = "it is busy: too many writes wait for the plant"


class RefusedRequest(Exception):  # noqa: N818  (an answer of the device, not an error of the rig)
    """A request that a device does not carry out."""

    def __init__(self, reason: Reason) -> None:
        """reason: what the protocol turns into its own answer."""
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        """The reason in words."""
        return self.reason.value
