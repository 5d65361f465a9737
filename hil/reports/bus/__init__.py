"""What controllers did on the bus, in result and report."""
