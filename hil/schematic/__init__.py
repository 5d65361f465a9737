"""The schematic of a plant, drawn from its file."""
