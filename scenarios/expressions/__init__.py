"""Conditions: their text, their units, their values over a recording or live."""
