"""Pipes, valves, pumps, pressure holding and meters."""
