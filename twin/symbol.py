"""How a kind of component is drawn in a schematic; declared on its Model, drawn by hil.schematic."""

from dataclasses import dataclass, field

SOURCE, ROOMS = "source", "rooms"
"""The ends of a schematic: heat comes from the ground, the air or a tower, and goes to the rooms."""


@dataclass(frozen=True)
class Symbol:
    """The symbol of a kind and where it stands.

    drawing: the name of a drawing of the schematic's own, or SVG elements about (0, 0), 20 to either side, with water
             running from left to right; "" for a box with the name of the kind
    end:     SOURCE or ROOMS for what stands at that end, "" for all between
    narrow:  takes little room in a line
    turns:   points the way that the water flows
    stub:    hangs on a junction by a line of its own
    name_at: how far below the middle its name stands
    meets:   its ways meet inside: those in chains are drawn about one point, and those between named junctions too
    letters: a letter in the corner for every side of a component of several, by the name of the passage
    """

    drawing: str = ""
    end: str = ""
    narrow: bool = False
    turns: bool = False
    stub: bool = False
    name_at: int = 33
    meets: bool = False
    letters: dict[str, str] = field(default_factory=dict)
