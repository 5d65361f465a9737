"""The bench: plant, bus and time together; it sees no protocol."""
