"""The scenario language: what is to happen, what must hold, and judging a recording."""

from scenarios.criteria.verdict import Outcome, worst
from scenarios.recording import Directory, MemoryRecording, Recording
from scenarios.scenario import Scenario, judge, load, read
from twin.event import Event

__all__ = [
    "Directory",
    "Event",
    "MemoryRecording",
    "Outcome",
    "Recording",
    "Scenario",
    "judge",
    "load",
    "read",
    "worst",
]
