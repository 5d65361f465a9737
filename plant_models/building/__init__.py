"""Rooms and what conditions them: coils, air handlers, floors, pools, hot water, the panel."""
