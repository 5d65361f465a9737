"""A wet cooling tower. Source: systems.md S3, S11."""

from twin.points import Model, link


class CoolingTower(Model):
    """A wet cooling tower. Source: systems.md S3, S11."""

    passage = link("passage")
