"""The protocols by which a bench is reached, each a room of its own that sees `hil.bus` only."""
