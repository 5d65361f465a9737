"""Taps that draw hot water by a daily profile. Source: physics.md 1.11."""

from twin.points import Model, link


class HotWaterDraw(Model):
    """Taps that draw hot water by a daily profile. Source: physics.md 1.11."""

    passage = link("passage")
