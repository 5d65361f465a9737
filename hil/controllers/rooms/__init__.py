"""What rooms ask for, and the circuits that serve them."""
