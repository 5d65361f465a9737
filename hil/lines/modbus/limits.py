"""What the server takes at most: how many clients at once, and for how long one that says nothing.

The one place for these numbers; why they are what they are: docs/fieldbus.md#limits-of-the-server.
"""

import os
import resource

MOST_CONNECTIONS = 2000
"""Clients of all ports of a bench together, where the system has descriptors for so many."""
KEPT_FREE = 64
"""Descriptors that are left to files, brokers and reports."""
IDLE_S = 7200.0
"""A client that has sent nothing for so long is gone: the time after which TCP itself would ask [s]."""
ACCEPT_AGAIN_S = 1.0
"""Pause in taking clients in when the system has no descriptor left [s]."""
CALM_S = 10.0
"""A trouble is over when it has not come back for so long [s]."""


def most_connections() -> int:
    """How many clients the descriptors of this process allow, now that the ports are open."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    free = max(0, allowed - len(os.listdir("/proc/self/fd")))
    return max(1, min(MOST_CONNECTIONS, free - min(KEPT_FREE, free // 2)))


class Places:
    """The places of all ports together; `most` is set when the server starts."""

    def __init__(self, most: int | None = None) -> None:
        """most: None for what the descriptors allow."""
        self.most = most
        self.taken = 0

    def take(self) -> bool:
        """Take a place, or say that there is none."""
        if self.most is not None and self.taken >= self.most:
            return False
        self.taken += 1
        return True

    def give_back(self) -> None:
        """A client is gone."""
        self.taken -= 1
