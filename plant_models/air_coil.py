"""The outdoor coil of an air-source unit: air as source or sink, with frost. Source: systems.md S10."""

from twin.points import Model, link


class AirCoil(Model):
    """The outdoor coil of an air-source unit: air as source or sink, with frost. Source: systems.md S10."""

    passage = link("passage")
