"""The embedded broker: amqtt in a process of its own, so that its 0.3-1 ms per message never delay a tick of the plant.

Run by `hil.lines.mqtt.broker` as `python -m hil.lines.mqtt.embedded_broker PORT`; ends on a termination signal.
"""

import asyncio
import contextlib
import logging
import signal
import sys
from typing import Any

from amqtt.broker import Broker
from amqtt.errors import BrokerError
from amqtt.session import Session

STOP_TIMEOUT = 3.0  # [s] for the sessions to be closed in good order


class _Sessions(dict[str, tuple[Session, Any]]):
    """The sessions by client, of which a clean one is none to go on with, even if its end is still being dealt with."""

    def __contains__(self, client_id: object) -> bool:
        return super().__contains__(client_id) and not self[str(client_id)][0].clean_session


class MendedBroker(Broker):  # type: ignore[misc]
    """amqtt 0.12.1 with two faults mended that a controller would stumble over (docs/fieldbus.md#brokers)."""

    def __init__(self, config: dict[str, Any]) -> None:
        """With sessions that end: amqtt goes on with a clean one, and so with its lack of a retained will."""
        super().__init__(config)
        self._sessions = _Sessions()

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        """Only to a client that has this subscription: amqtt asks for those of all clients when one connects."""
        subscribers = self._subscriptions.get(subscription[0], [])
        if any(subscriber.client_id == session.client_id for subscriber, _ in subscribers):
            await super()._publish_retained_messages_for_subscription(subscription, session)


async def serve(port: int) -> None:
    """Serve on 127.0.0.1 until a termination signal comes. Says `running` on standard error once it listens."""
    config = {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)
    broker = MendedBroker(config)
    try:
        await broker.start()
    except BrokerError as error:
        sys.exit(str(error))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    print("amqtt running", file=sys.stderr, flush=True)
    await stop.wait()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(broker.shutdown(), STOP_TIMEOUT)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
