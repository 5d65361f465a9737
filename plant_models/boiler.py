"""A boiler burning gas or coal, or an electric heater. Source: systems.md S11."""

from twin.points import Model, link


class Boiler(Model):
    """A boiler burning gas or coal, or an electric heater. Source: systems.md S11."""

    passage = link("passage")
