"""A field of U-tube boreholes in one passage. Source: physics.md 1.2."""

from twin.points import Model, link


class BoreholeField(Model):
    """A field of U-tube boreholes in one passage. Source: physics.md 1.2."""

    passage = link("passage")
