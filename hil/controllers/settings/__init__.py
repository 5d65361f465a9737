"""Set points, times and wiring of the reference programs, and the files that change them."""
