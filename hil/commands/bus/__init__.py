"""The commands about maps and lines."""
