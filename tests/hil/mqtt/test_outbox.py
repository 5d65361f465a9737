"""The queue for the broker: what it keeps, what it drops, and in which order."""

import asyncio
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hil.lines.mqtt.broker import LocalBroker
from hil.lines.mqtt.outbox import Message, Outbox

TOP = "geotwin/office"


def sent(outbox: Outbox) -> list[Message]:
    """Everything that waits, in the order in which it would be sent."""
    return [outbox.take() for _ in range(len(outbox))]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans(), st.booleans())), st.integers(0, 5))
def test_the_latest_of_every_retained_topic_gets_through(steps: list[tuple[str, bool, bool]], limit: int) -> None:
    outbox = Outbox(limit)
    kept: list[Message] = []
    latest: dict[str, Message] = {}
    for count, (topic, retain, take) in enumerate(steps):
        message = Message(topic, str(count), retain)
        outbox.put(message)
        if retain:
            latest[topic] = message
        assert outbox.spare <= limit
        if take and len(outbox):
            kept.append(outbox.take())
    kept += sent(outbox)
    assert len(kept) + outbox.dropped == len(steps)
    assert set(latest.values()) <= set(kept)
    numbers = [int(message.payload) for message in kept]
    assert numbers == sorted(numbers)
    assert len(outbox) == outbox.spare == 0


def test_a_start_larger_than_the_queue_drops_nothing() -> None:
    outbox = Outbox(10)
    burst = [Message(f"topic/{number}", "1", True) for number in range(1000)]
    for message in burst:
        outbox.put(message)
    outbox.put(Message("availability", "online", True), first=True)
    assert outbox.dropped == 0
    assert sent(outbox) == [Message("availability", "online", True), *burst]


def test_beyond_the_limit_the_oldest_states_go_first_and_the_newest_stay() -> None:
    outbox = Outbox(2)
    for number in range(5):
        outbox.put(Message("a", str(number), True))
    outbox.put(Message("refused", "no", False))
    assert [message.payload for message in sent(outbox)] == ["3", "4", "no"]
    assert outbox.dropped == 3


def test_a_burst_larger_than_the_queue_arrives_whole(make_bench: Any, watch: Any) -> None:
    async def check() -> None:
        async with LocalBroker("mosquitto") as broker, make_bench(broker.settings, queue_limit=3) as bench:
            bench.tick()
            await bench.transport.link.sent()
            user = await asyncio.to_thread(watch, broker.settings, "#")
            await user.wait(lambda: len(user.messages) >= 8 + 8 + 3)
            assert bench.transport.link.dropped == 0
            assert user.on(f"{TOP}/availability")[0].text == "online"
            assert sum(message.topic.startswith("homeassistant/") for message in user.messages) == 8
            user.close()

    asyncio.run(check())


def test_a_bench_that_ends_with_much_unsent_is_offline_all_the_same(make_bench: Any, watch: Any) -> None:
    async def check() -> None:
        async with LocalBroker("mosquitto") as broker:
            async with make_bench(broker.settings) as bench:
                link = bench.transport.link
                for number in range(2000):
                    link.publish(f"{TOP}/hp_1/extra_{number}", "1", retain=True)
                await link.stop(patience=0.0)
            user = await asyncio.to_thread(watch, broker.settings, f"{TOP}/availability")
            await user.wait(lambda: user.messages)
            assert user.messages[0].text == "offline"
            user.close()

    asyncio.run(check())
