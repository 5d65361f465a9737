"""The operator's panel: switches, lamps, alarms."""
