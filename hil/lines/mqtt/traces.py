"""What a bench leaves at a broker, found and cleared, and whether another rig is there under its name. All blocks."""

import json
import logging
import secrets
from collections.abc import Callable, Iterable

from hil.lines.mqtt.client import Received, Visit
from hil.lines.mqtt.payloads import Topics
from hil.lines.mqtt.settings import MqttSettings
from twin.errors import RigError

ANSWER_WITHIN = 3.0  # [s] a rig whose plant keeps it busy needs a while
HERE, ASK = "here", "ask"
"""Words on the topic `presence`, each with the identity of who says it: a rig answers the second with the first."""

_log = logging.getLogger(__name__)


def arrive(settings: MqttSettings, topics: Topics, prefix: str, kept: Callable[[str], bool]) -> int:
    """Clear what a bench of before has left, before a rig begins; returns how many topics that were.

    kept: whether a topic is one that this bench has too
    Raises RigError where another rig is online under the same name, or the broker cannot be reached.
    """
    with Visit(settings) as visit:
        return len(_cleared(visit, found(visit, topics, prefix), kept))


def clear(settings: MqttSettings, topics: Topics, prefix: str, only_look: bool = False) -> list[str]:
    """Clear everything that left the bench; returns the topics. RigError where a rig is online under this name."""
    with Visit(settings) as visit:
        left = found(visit, topics, prefix)
        return sorted(left) if only_look else _cleared(visit, left, lambda _: False)


def found(visit: Visit, topics: Topics, prefix: str) -> list[str]:
    """The retained topics of a plant, its discovery included. RigError where a rig is online under its name."""
    presence, asked = topics.of_plant("presence"), f"{ASK} {secrets.token_hex(8)}"
    complete = visit.gather([f"{topics.top}/#", f"{prefix}/+/+/+/config"], presence, asked)
    if not complete:
        _log.warning("the MQTT broker at %s does not show what is at %s/#", visit.settings, topics.top)
    availability = topics.of_plant("availability")
    online = Received(availability, b"online", True) in visit.received

    def answered() -> bool:
        return any(one.topic == presence and one.payload.startswith(HERE.encode()) for one in visit.received)

    if online and visit.wait(answered, ANSWER_WITHIN):
        raise RigError(
            f"another rig is online as {topics.top} at the MQTT broker {visit.settings}; two of one name take each "
            "other's connection and topics: end it, or give this one another `root` in its bench file (mqtt:)"
        )
    retained = [one for one in visit.received if one.retained and one.payload]
    return [one.topic for one in retained if one.topic.startswith(topics.top + "/") or _announces(one, availability)]


def _announces(message: Received, availability: str) -> bool:
    """Whether it is a discovery config of the plant with this topic of availability."""
    try:
        config = json.loads(message.payload)
    except (ValueError, RecursionError):
        return False
    return isinstance(config, dict) and config.get("availability_topic") == availability


def _cleared(visit: Visit, left: Iterable[str], kept: Callable[[str], bool]) -> list[str]:
    gone = sorted(topic for topic in left if not kept(topic))
    for topic in gone:
        visit.publish(topic, "", retain=True)
    visit.sent()
    return gone
