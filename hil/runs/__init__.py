"""Runs: one scenario, or a plant served, on the clock that was asked for."""
