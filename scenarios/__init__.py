"""The scenario language: what is to happen, what must hold, and judging a recording."""
