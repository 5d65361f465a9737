"""A heated or cooled floor. Source: systems.md S13."""

from twin.points import Model, link


class RadiantFloor(Model):
    """A heated or cooled floor. Source: systems.md S13."""

    passage = link("passage")
