"""A household on a ring: its room units behind one meter, as one passage. Source: systems.md S4, S5."""

from twin.points import Model, link


class Household(Model):
    """A household on a ring: its room units behind one meter, as one passage. Source: systems.md S4, S5."""

    passage = link("passage")
