"""A direct-expansion room unit: water/air heat pump of one room. Source: physics.md 1.10."""

from twin.points import Model, link


class RoomUnit(Model):
    """A direct-expansion room unit: water/air heat pump of one room. Source: physics.md 1.10."""

    passage = link("passage")
