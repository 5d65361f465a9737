"""The reference programs, one for each kind of plant."""
