"""A swimming or landscape pool. Source: physics.md 1.12."""

from twin.points import Model, link


class Pool(Model):
    """A swimming or landscape pool. Source: physics.md 1.12."""

    passage = link("passage")
