"""Criteria: what must hold, judged on a recording."""
