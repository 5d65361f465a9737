"""Wells, aquifer and boreholes."""
