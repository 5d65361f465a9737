"""Pumps and the valves and pressures they need: drives, pairs, groups, rings."""
