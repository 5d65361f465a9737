"""Symbols of a schematic after ISO 14617 and ISO 10628: drawn about (0, 0), water through them from left to right.

A kind of component names one of these drawings, or brings its own (twin.symbol).
"""

from twin.points import Model
from twin.symbol import Symbol

ZIGZAG = '<path d="M-22 0h8l5 -9 9 18 9 -18 5 9h8" fill="none"/>'
BOX = '<rect x="-20" y="-18" width="40" height="36" rx="2"/>'
GROUND = '<path d="M-22 -14h44M-18 -14l-5 6M-8 -14l-5 6M12 -14l-5 6M22 -14l-5 6" fill="none"/>'
BOWTIE = '<path d="M-16 -10L16 10V-10L-16 10Z"/>'
HOUSE = '<path d="M-18 18V-4L0 -20 18 -4V18Z"/>'
DRAWINGS: dict[str, str] = {
    "pump": '<circle r="18"/><path d="M-9 -15.6L18 0 -9 15.6" fill="none"/>',
    "valve": f'{BOWTIE}<path d="M0 0V-15" fill="none"/><rect x="-6" y="-24" width="12" height="9"/>',
    "overflow_valve": f'{BOWTIE}<path d="M0 0V-12m-5 0h10m-10 -4h10m-10 -4h10" fill="none"/>',
    "check_valve": '<path d="M-14 -10V10L14 -10V10" fill="none"/><circle cx="-14" cy="-10" r="2.5" class="ink"/>',
    "pipe": '<path d="M-14 -4H14M-14 4H14" fill="none"/>',
    "exchanger": f"{BOX}{ZIGZAG}",
    "layered_tank": '<path d="M-15 -14a15 8 0 0 1 30 0V14a15 8 0 0 1 -30 0Z"/>'
    '<path d="M-15 -5H15M-15 5H15" fill="none" stroke-dasharray="3 3"/>',
    "well": '<rect x="-9" y="-14" width="18" height="36"/><path d="M-9 4h18" stroke-width="3"/>'
    f'<path d="M-9 9h18m-18 4h18m-18 4h18" fill="none" stroke-dasharray="3 2"/>{GROUND}',
    "borehole": f'<path d="M-6 -22V14a6 6 0 0 0 12 0V-22" fill="none"/>{GROUND}',
    "vessel": '<circle r="16"/><path d="M-16 2q8 -8 16 0t16 0" fill="none"/>',
    "coil_with_fan": f'{BOX}{ZIGZAG}<circle cx="12" cy="-11" r="4.5"/>',
    "house": HOUSE,
    "floor": f'{BOX}<path d="M-16 -10H14v7H-14v7H14v7H-16" fill="none"/>',
    "air_handler": f'{BOX}<path d="M-20 18L20 -18" fill="none"/><circle cx="-9" cy="-8" r="5"/>',
    "air_coil": f'{BOX}{ZIGZAG}<path d="M-8 -24q4 -5 8 0t8 0" fill="none"/>',
    "tower": '<path d="M-14 -20H14L20 18H-20Z"/><path d="M-12 -8q4 6 8 0t8 0 8 0M-9 -8l-3 20M0 -8v20M9 -8l3 20" '
    'fill="none" stroke-dasharray="2 3"/>',
    "boiler": f'{BOX}<path d="M0 13c-9 -4 -6 -12 0 -22 6 10 9 18 0 22Z" fill="none"/>',
    "pool": '<path d="M-22 -10V14H22V-10M-22 -4q5.5 -6 11 0t11 0 11 0 11 0" fill="none"/>',
    "tap": '<path d="M-16 0H8q8 0 8 8v3M-4 0v-9m-7 0h14M16 15v5" fill="none"/>',
    "heat_meter": '<circle r="13"/><text y="4.5" text-anchor="middle" class="sign">Q</text>',
    "thermometer": '<circle r="13"/><text y="4.5" text-anchor="middle" class="sign">T</text>',
    "water_meter": '<circle r="13"/><text y="4.5" text-anchor="middle" class="sign">V</text>',
}


def symbol(model: type[Model], passage: str, heading: int, count: int) -> str:
    """The symbol of a kind, pointing as the water flows; like components behind each other, with their number."""
    declared = model.symbol or Symbol()
    shape = _drawing(declared.drawing, model.__name__)
    turned = f'<g transform="scale(-1 1)">{shape}</g>' if heading < 0 and declared.turns else shape
    behind = f'<g transform="translate(4 -4)" opacity=".4">{turned}</g>' if count > 1 else ""
    times = f'<text x="26" y="-17" class="times">&#215;{count}</text>' if count > 1 else ""
    letter = declared.letters.get(passage, "")
    side = f'<text x="-17" y="-7" class="side">{letter}</text>' if letter else ""
    return f"{behind}{turned}{times}{side}"


def _drawing(drawing: str, name: str) -> str:
    """A drawing of ours, the one that the kind brings, or a box with the name of the kind."""
    if drawing.startswith("<"):
        return drawing
    if drawing:
        return DRAWINGS[drawing]
    return f'{BOX}<text y="4" text-anchor="middle" class="sign">{name[:6]}</text>'
