"""The kernel of the twin: points, models, time, journal, recording, faults. Knows no physics and no protocol."""
