"""Runs that are saved at an instant and go on from there, bit for bit."""
