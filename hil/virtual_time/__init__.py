"""Programs on the plant's clock: unmodified, by system calls that are answered from plant time."""
