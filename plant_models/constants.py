"""Physical constants that several models share, each declared once; those of water in the network stand beside it."""

ZERO_CELSIUS = 273.15
"""0 degC [K]."""
ATMOSPHERE = 101325.0
"""Pressure of the air [Pa]."""
EVAPORATION_HEAT = 2.501e6
"""Heat of evaporation of water at 0 degC [J/kg]."""
FUSION_HEAT = 3.336e5
"""Heat of fusion of ice [J/kg] (docs/physics/water.md#ice)."""
AIR_HEAT = 1006.0
"""Specific heat of dry air [J/(kg K)]."""
AIR_DENSITY = 1.2
"""Density of the air in rooms [kg/m3], at 20 degC."""
