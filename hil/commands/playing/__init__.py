"""Scenarios run for a command: one with its progress, several at a time."""
