"""An air handling unit with layered supply. Source: systems.md S13."""

from twin.points import Model, link


class AirHandlingUnit(Model):
    """An air handling unit with layered supply. Source: systems.md S13."""

    passage = link("passage")
